// @ts-check
/** Every node class by category; a click adds it, or it is dragged to where it shall go. */

import { language, t } from '../../lib/i18n.js';
import { h, withArrows } from '../dom.js';
import { addAt, shownCategory } from '../search.js';

/** @typedef {import('../../model/definition.js').Definition} Definition */
/** @typedef {import('../../session/editor.js').Editor} Editor */

export const NODE_TYPE = 'application/x-safelight-node';

/** @type {import('../sides.js').Panel} */
export const NODES_PANEL = { id: 'nodes', icon: 'nodes', labelKey: 'panel.nodes', show };

/** @param {Editor} editor @param {HTMLElement} body */
function show(editor, body) {
  const field = h('input', { type: 'search', class: 'filter', placeholder: t('nodes.search'), 'aria-label': t('nodes.search'), spellcheck: 'false' });
  const list = h('div', {});
  const fill = () => list.replaceChildren(...(field.value
    ? editor.catalogue.search(field.value).slice(0, 100).map((one) => row(editor, one))
    : byCategory(editor)));
  field.addEventListener('input', fill);
  withArrows(list, '.row');
  body.append(field, list);
  fill();
}

/** @param {Editor} editor */
function byCategory(editor) {
  /** @type {Map<string, Definition[]>} */
  const groups = new Map();
  for (const definition of editor.catalogue.all().filter(({ deprecated }) => !deprecated)) {
    const category = shownCategory(definition);
    groups.set(category, [...(groups.get(category) ?? []), definition]);
  }
  return [...groups].sort(([a], [b]) => a.localeCompare(b, language())).map(([category, definitions]) =>
    h('details', { class: 'category' }, h('summary', {}, category),
      h('div', {}, ...definitions.sort((a, b) => a.title.localeCompare(b.title, language())).map((one) => row(editor, one)))));
}

/** @param {Editor} editor @param {Definition} definition */
function row(editor, definition) {
  return h('button', {
    class: 'row node-row', draggable: 'true', title: definition.description,
    onclick: () => addAt(editor, definition.name),
    ondragstart: (/** @type {DragEvent} */ event) => event.dataTransfer?.setData(NODE_TYPE, definition.name),
  }, h('span', {}, definition.title));
}

/** Let nodes be dropped onto the graph. @param {Editor} editor @param {HTMLElement} canvas */
export function acceptNodes(editor, canvas) {
  canvas.addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes(NODE_TYPE)) event.preventDefault();
  });
  canvas.addEventListener('drop', (event) => {
    const type = event.dataTransfer?.getData(NODE_TYPE);
    if (!type) return;
    event.preventDefault();
    const box = canvas.getBoundingClientRect();
    addAt(editor, type, editor.viewport.toGraph({ x: event.clientX - box.x, y: event.clientY - box.y }));
  });
}
