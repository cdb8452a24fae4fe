// @ts-check
/** What can be chosen, and what the server is. */

import { asList, asNumber, asObject, asText } from '../../lib/json.js';
import { LANGUAGES, t } from '../../lib/i18n.js';
import { getJson } from '../../net/api.js';
import { bytesText, h } from '../dom.js';
import { attempt } from '../errors.js';
import { extensionSettings, readSetting, writeSetting } from '../extension_api.js';

/** @typedef {import('../../session/editor.js').Editor} Editor */
/** @typedef {import('../../session/preferences.js').Chosen} Chosen */

/** @type {import('../sides.js').Panel} */
export const SETTINGS_PANEL = { id: 'settings', icon: 'settings', labelKey: 'panel.settings', show };

/** @param {Editor} editor @param {HTMLElement} body */
function show(editor, body) {
  const themes = Object.fromEntries(['system', 'dark', 'light'].map((id) => [id, t(`settings.theme.${id}`)]));
  const server = h('div', {});
  body.append(
    select(editor, 'language', 'settings.language', LANGUAGES), select(editor, 'theme', 'settings.theme', themes),
    toggle(editor, 'minimap', 'settings.minimap'), toggle(editor, 'badges', 'settings.badges'), toggle(editor, 'forecast', 'settings.forecast'),
    h('div', { class: 'setting' }, h('button', { class: 'button', onclick: () => editor.actions.run('shortcuts', editor) }, t('action.shortcuts')),
      h('button', { class: 'button', onclick: () => editor.actions.run('unload', editor) }, t('action.unload'))),
    ...extensionRows(),
    h('h3', { class: 'section' }, t('settings.server')), server);
  void attempt(async () => {
    const { system, devices } = asObject(await getJson('/system_stats'));
    const line = (/** @type {string} */ key, /** @type {string} */ text) => h('div', { class: 'setting' }, h('span', {}, t(key)), h('span', { class: 'muted' }, text));
    server.append(line('settings.version', asText(asObject(system)['safelight_version'])),
      line('settings.memory', `${bytesText(asNumber(asObject(system)['ram_free'], 0))} / ${bytesText(asNumber(asObject(system)['ram_total'], 0))}`),
      ...asList(devices).map(asObject).map((device) => line('settings.device', asText(device['name']))));
  });
}

/** What extensions let choose. */
function extensionRows() {
  const rows = extensionSettings().map(({ extension, setting }) => {
    const now = readSetting(extension, setting);
    const write = (/** @type {boolean | number | string} */ value) => writeSetting(extension, setting, value);
    return h('label', { class: 'setting' }, h('span', {}, setting.label), extensionField(setting, now, write));
  });
  return rows.length ? [h('h3', { class: 'section' }, t('settings.extensions')), ...rows] : [];
}

/** @param {import('../extension_api.js').ExtensionSetting} setting @param {boolean | number | string} now @param {(value: boolean | number | string) => void} write */
function extensionField({ options }, now, write) {
  if (options) {
    const field = h('select', {}, ...Object.entries(options).map(([value, text]) => h('option', { value, selected: value === now }, text)));
    field.addEventListener('change', () => write(field.value));
    return field;
  }
  const type = typeof now === 'boolean' ? 'checkbox' : typeof now === 'number' ? 'number' : 'text';
  const field = h('input', { type, checked: now === true, ...(type === 'checkbox' ? {} : { value: now }) });
  field.addEventListener('change', () => write(type === 'checkbox' ? field.checked : type === 'number' ? Number(field.value) : field.value));
  return field;
}

/** @template {'language' | 'theme'} K @param {Editor} editor @param {K} name @param {string} labelKey @param {{readonly [id: string]: string}} options */
function select({ preferences }, name, labelKey, options) {
  const field = h('select', {}, ...Object.entries(options).map(([id, text]) =>
    h('option', { value: id, selected: id === preferences.chosen[name] }, text)));
  field.addEventListener('change', () => preferences.set(name, /** @type {Chosen[K]} */ (field.value)));
  return h('label', { class: 'setting' }, h('span', {}, t(labelKey)), field);
}

/** @param {Editor} editor @param {'minimap' | 'badges' | 'forecast'} name @param {string} labelKey */
function toggle({ preferences }, name, labelKey) {
  const field = h('input', { type: 'checkbox', checked: preferences.chosen[name] });
  field.addEventListener('change', () => preferences.set(name, field.checked));
  return h('label', { class: 'setting' }, h('span', {}, t(labelKey)), field);
}
