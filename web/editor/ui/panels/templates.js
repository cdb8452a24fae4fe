// @ts-check
/** Workflows to begin with: those that come with Safelight, and those of node packs. */

import { asList, asObject, asText } from '../../lib/json.js';
import { hasText, t } from '../../lib/i18n.js';
import { getJson } from '../../net/api.js';
import { fetchTemplate, templatePath } from '../../net/templates.js';
import { h, withArrows } from '../dom.js';
import { attempt } from '../errors.js';
import { openJson } from '../open_file.js';
import { graphPicture } from './graph_picture.js';

/** @typedef {import('../../session/editor.js').Editor} Editor */

/** @type {import('../sides.js').Panel} */
export const TEMPLATES_PANEL = { id: 'templates', icon: 'templates', labelKey: 'panel.templates', show };

/** @param {Editor} editor @param {HTMLElement} body */
function show(editor, body) {
  withArrows(body, '.template');
  const watcher = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      void addPicture(/** @type {HTMLElement} */ (target), editor.renderer.theme.types);
    }
  }, { rootMargin: '200px' });
  void attempt(async () => {
    const packs = Object.entries(asObject(await getJson('/workflow_templates')));
    const parts = packs.flatMap(([pack, names]) => [
      packs.length > 1 ? h('h3', { class: 'section' }, pack) : '',
      ...beginnersFirst(asList(names).map(asText)).map((name) => card(editor, pack, name)),
    ]);
    body.replaceChildren(...(parts.length ? parts : [h('p', { class: 'empty' }, t('templates.empty'))]));
    for (const one of body.querySelectorAll('.template')) watcher.observe(one);
  });
  return () => watcher.disconnect();
}

/** What most people begin with. */
const FIRST = ['txt2img', 'img2img', 'inpaint'];

/** @param {readonly string[]} names @returns {string[]} */
const beginnersFirst = (names) => [...FIRST.filter((name) => names.includes(name)), ...names.filter((name) => !FIRST.includes(name))];

/** @param {Editor} editor @param {string} pack @param {string} name */
function card(editor, pack, name) {
  const about = `template.${name}.about`;
  return h('button', { class: 'template', 'data-path': templatePath(pack, name), onclick: () => openTemplate(editor, pack, name) },
    h('span', { class: 'template-picture' }),
    h('span', { class: 'template-name' }, titleOf(name)),
    hasText(about) ? h('span', { class: 'muted' }, t(about)) : null);
}

/** @param {HTMLElement} target @param {import('../../render/type_colors.js').TypeColors} types */
async function addPicture(target, types) {
  const json = await getJson(target.dataset['path'] ?? '').catch(() => null);
  target.querySelector('.template-picture')?.replaceChildren(graphPicture(json, types));
}

/** @param {string} name */
const titleOf = (name) => (hasText(`template.${name}`) ? t(`template.${name}`) : name.replaceAll('_', ' '));

/** @param {Editor} editor @param {string} pack @param {string} name */
export const openTemplate = (editor, pack, name) =>
  attempt(async () => openJson(editor, await fetchTemplate(pack, name, editor.preferences.chosen.language), titleOf(name)));
