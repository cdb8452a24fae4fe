// @ts-check
/** Every node class by category, the workflow's own subgraphs first; a click adds one, or it is dragged to where it shall go. */

import { language, t } from '../../lib/i18n.js';
import { ownSubgraphs } from '../../model/reuse.js';
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
  let own = ownSubgraphs(editor.store, editor.catalogue, editor.graph);
  const fill = () => {
    const rows = field.value ? editor.catalogue.search(field.value, { more: own }).slice(0, 100).map((one) => row(editor, one)) : byCategory(editor, own);
    list.replaceChildren(...(rows.length ? rows : [h('p', { class: 'empty' }, t('search.none'))]));
  };
  // Only where there are other subgraphs than before: not while nodes are moved, nor are folders closed that somebody opened.
  const follow = () => {
    const now = ownSubgraphs(editor.store, editor.catalogue, editor.graph);
    if (saidOf(now) === saidOf(own)) return;
    own = now;
    if (field.value) fill();
    else list.replaceChildren(...subgraphRows(editor, own), ...list.querySelectorAll('details:not([data-own])'));
  };
  field.addEventListener('input', fill);
  withArrows(list, '.row');
  body.append(field, list);
  fill();
  const ends = [editor.on('changed', follow), editor.on('shown', follow)];
  return () => ends.forEach((end) => end());
}

/** @param {readonly Definition[]} own */
const saidOf = (own) => JSON.stringify(own.map(({ name, title, description }) => [name, title, description]));

/** @param {Editor} editor @param {readonly Definition[]} own @returns {HTMLElement[]} */
function byCategory(editor, own) {
  /** @type {Map<string, Definition[]>} */
  const groups = new Map();
  for (const definition of editor.catalogue.all().filter(({ deprecated }) => !deprecated)) {
    const category = shownCategory(definition);
    groups.set(category, [...(groups.get(category) ?? []), definition]);
  }
  return [...subgraphRows(editor, own), ...[...groups].sort(([a], [b]) => a.localeCompare(b, language())).map(([category, definitions]) =>
    h('details', { class: 'category' }, h('summary', {}, category),
      h('div', {}, ...definitions.sort((a, b) => a.title.localeCompare(b.title, language())).map((one) => row(editor, one)))))];
}

/** @param {Editor} editor @param {readonly Definition[]} own @returns {HTMLElement[]} */
function subgraphRows(editor, own) {
  if (!own.length) return [];
  return [h('details', { class: 'category', open: true, 'data-own': true }, h('summary', {}, t('nodes.subgraphs')), h('div', {}, ...own.map((one) => row(editor, one))))];
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
    // It may come from another window, whose workflow has other subgraphs.
    if (!type || !(editor.catalogue.has(type) || editor.store.graph(type))) return;
    event.preventDefault();
    const box = canvas.getBoundingClientRect();
    addAt(editor, type, editor.viewport.toGraph({ x: event.clientX - box.x, y: event.clientY - box.y }));
  });
}
