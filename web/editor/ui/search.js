// @ts-check
/** Finding a node class by typing, and adding it where the canvas was double-clicked. */

import { t } from '../lib/i18n.js';
import { addNode } from '../model/edits.js';
import { keyOf } from '../model/keys.js';
import { h } from './dom.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {import('../view/geometry.js').GraphPoint} GraphPoint */
/** @typedef {import('../model/catalogue.js').Fitting} Fitting */
/** @typedef {import('../model/records.js').NodeRecord} NodeRecord */

const MOST = 60;

/** @param {Editor} editor
 * @param {{readonly at?: GraphPoint, readonly fitting?: Fitting, readonly onAdded?: (node: NodeRecord) => void}} [options]
 * `at` is where the node goes, the middle of the screen by default; `fitting` what it must fit to */
export function openSearch(editor, { at = middle(editor), fitting, onAdded } = {}) {
  const field = h('input', { type: 'search', class: 'search-field', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'search-list',
    'aria-label': t('action.search'), placeholder: t('search.placeholder'), spellcheck: 'false', autocomplete: 'off' });
  const list = h('div', { class: 'search-list', id: 'search-list', role: 'listbox' });
  const dialog = h('dialog', { class: 'search', 'aria-label': t('action.search') }, field, list);
  let chosen = 0;
  /** @type {import('../model/definition.js').Definition[]} */
  let found = [];
  const mark = () => {
    [...list.children].forEach((row, index) => row.setAttribute('aria-selected', String(index === chosen)));
    const row = list.children[chosen];
    row?.scrollIntoView({ block: 'nearest' });
    field.setAttribute('aria-activedescendant', row?.id ?? '');
  };
  const add = () => {
    const definition = found[chosen];
    dialog.close();
    if (!definition) return;
    const node = addAt(editor, definition.name, at);
    if (node) onAdded?.(node);
  };
  const search = () => {
    found = editor.catalogue.search(field.value, fitting ? { fitting } : {}).filter((one) => field.value || !one.deprecated).slice(0, MOST);
    chosen = 0;
    list.replaceChildren(...found.map((definition, index) => h('div', {
      role: 'option', id: `search-${index}`, class: 'search-row',
      onpointermove: () => ((chosen = index), mark()), onclick: add,
    }, h('span', { class: 'search-name' }, definition.title), h('span', { class: 'search-category' }, shownCategory(definition)))));
    if (!found.length) list.append(h('p', { class: 'empty' }, t('search.none')));
    mark();
  };
  field.addEventListener('input', search);
  field.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Enter') add();
    else if (step && found.length) chosen = (chosen + step + found.length) % found.length;
    else return;
    event.preventDefault();
    mark();
  });
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  search();
  field.focus();
}

/** A category as a path is shown. @param {import('../model/definition.js').Definition} definition */
export const shownCategory = ({ category }) => category.replace(/^_/, '').replaceAll('/', ' › ').replaceAll('_', ' ') || '–';

/** @param {Editor} editor */
const middle = ({ viewport }) => viewport.toGraph({ x: viewport.width / 2 - 120, y: viewport.height / 2 - 60 });

/** Add a node, selected, as one step of undo. @param {Editor} editor @param {string} type @param {GraphPoint} [at]
 * @param {{[field: string]: import('../lib/json.js').Json}} [values] @returns {NodeRecord | null} */
export function addAt(editor, type, at = middle(editor), values = {}) {
  /** @type {NodeRecord | null} */
  let node = null;
  editor.history.mark('add');
  editor.store.transact('add', (tx) => {
    node = addNode(tx, editor.catalogue, { graph: editor.graph, type, x: Math.round(at.x), y: Math.round(at.y), values });
  });
  if (node) editor.selection.set([keyOf(node)]);
  return node;
}
