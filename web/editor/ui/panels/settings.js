// @ts-check
/** What can be chosen, and what the server is. */

import { asList, asNumber, asObject, asText } from '../../lib/json.js';
import { LANGUAGES, t } from '../../lib/i18n.js';
import { getJson } from '../../net/api.js';
import { bytesText, h } from '../dom.js';
import { attempt } from '../errors.js';

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
    h('h3', { class: 'section' }, t('settings.server')), server);
  void attempt(async () => {
    const { system, devices } = asObject(await getJson('/system_stats'));
    const line = (/** @type {string} */ key, /** @type {string} */ text) => h('div', { class: 'setting' }, h('span', {}, t(key)), h('span', { class: 'muted' }, text));
    server.append(line('settings.version', asText(asObject(system)['safelight_version'])),
      line('settings.memory', `${bytesText(asNumber(asObject(system)['ram_free'], 0))} / ${bytesText(asNumber(asObject(system)['ram_total'], 0))}`),
      ...asList(devices).map(asObject).map((device) => line('settings.device', asText(device['name']))));
  });
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
