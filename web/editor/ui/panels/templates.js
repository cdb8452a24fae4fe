// @ts-check
/** Workflows to begin with: those that come with Safelight, and those of node packs. */

import { asList, asObject, asText } from '../../lib/json.js';
import { hasText, t } from '../../lib/i18n.js';
import { getJson } from '../../net/api.js';
import { h, withArrows } from '../dom.js';
import { attempt } from '../errors.js';
import { openJson } from '../open_file.js';

/** @type {import('../sides.js').Panel} */
export const TEMPLATES_PANEL = { id: 'templates', icon: 'templates', labelKey: 'panel.templates', show };

/** @param {import('../../session/editor.js').Editor} editor @param {HTMLElement} body */
function show(editor, body) {
  withArrows(body, '.row');
  void attempt(async () => {
    const packs = Object.entries(asObject(await getJson('/workflow_templates')));
    const parts = packs.flatMap(([pack, names]) => [
      packs.length > 1 ? h('h3', { class: 'section' }, pack) : '',
      ...asList(names).map(asText).map((name) =>
        h('button', { class: 'row', onclick: () => openTemplate(editor, pack, name) }, h('span', {}, titleOf(name)))),
    ]);
    body.replaceChildren(...(parts.length ? parts : [h('p', { class: 'empty' }, t('templates.empty'))]));
  });
}

/** @param {string} name */
const titleOf = (name) => (hasText(`template.${name}`) ? t(`template.${name}`) : name.replaceAll('_', ' '));

/** @param {import('../../session/editor.js').Editor} editor @param {string} pack @param {string} name */
export const openTemplate = (editor, pack, name) =>
  attempt(async () => {
    const path = `/workflow_templates/${encodeURIComponent(pack)}/${encodeURIComponent(name)}.json`;
    return openJson(editor, await getJson(path), titleOf(name));
  });
