// @ts-check
/** Finding a node class by typing, and adding it where the canvas was double-clicked. */

import { t } from '../lib/i18n.js';
import { SUBGRAPHS } from '../model/definitions.js';
import { addNode } from '../model/edits.js';
import { keyOf } from '../model/keys.js';
import { ownSubgraphs } from '../model/reuse.js';
import { h } from './dom.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {import('../view/geometry.js').GraphPoint} GraphPoint */
/** @typedef {import('../model/catalogue.js').Fitting} Fitting */
/** @typedef {import('../model/records.js').NodeRecord} NodeRecord */

/** How many rows are made at a time. */
const PAGE = 60;

/** @param {Editor} editor
 * @param {{readonly at?: GraphPoint, readonly fitting?: Fitting, readonly onAdded?: (node: NodeRecord) => void}} [options]
 * `at` is where the node goes, the middle of the screen by default; `fitting` what it must fit to */
export function openSearch(editor, { at = middle(editor), fitting, onAdded } = {}) {
  const field = h('input', { type: 'search', class: 'search-field', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'search-list',
    'aria-label': t('action.search'), placeholder: t('search.placeholder'), spellcheck: 'false', autocomplete: 'off' });
  const list = h('div', { class: 'search-list', id: 'search-list', role: 'listbox' });
  const dialog = h('dialog', { class: 'search', 'aria-label': t('action.search') }, field, list);
  let chosen = 0;
  /** How many of those found fit to the link that asked. */
  let fits = 0;
  /** @type {import('../model/definition.js').Definition[]} */
  let found = [];
  const more = ownSubgraphs(editor.store, editor.catalogue, editor.graph);
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
  /** Rows are made as far as somebody looks. @param {number} upTo */
  const grow = (upTo) => {
    const twice = doubled(found);
    for (let index = list.querySelectorAll('[role=option]').length; index < Math.min(upTo, found.length); index += 1) {
      const definition = /** @type {import('../model/definition.js').Definition} */ (found[index]);
      list.append(h('div', {
        role: 'option', id: `search-${index}`, class: index < fits ? 'search-row' : 'search-row is-other', 'aria-setsize': found.length, 'aria-posinset': index + 1,
        onpointermove: () => chosen !== index && ((chosen = index), mark()), onclick: () => ((chosen = index), add()),
      }, h('span', { class: 'search-name' }, definition.title),
      twice.has(definition.title) ? h('small', { class: 'search-class' }, definition.name) : null,
      h('span', { class: 'search-category' }, shownCategory(definition))));
    }
  };
  const search = () => {
    const answers = (/** @type {object} */ options) => editor.catalogue.search(field.value, { ...options, more }).filter((one) => field.value || !one.deprecated);
    found = answers(fitting ? { fitting } : {});
    fits = found.length;
    if (fitting && field.value) found = [...new Set([...found, ...answers({})])];
    chosen = 0;
    list.replaceChildren();
    list.scrollTop = 0;
    grow(PAGE);
    if (!found.length) list.append(h('p', { class: 'empty' }, t('search.none')));
    mark();
  };
  list.addEventListener('scroll', () => list.scrollTop + 2 * list.clientHeight > list.scrollHeight && grow(list.childElementCount + PAGE));
  field.addEventListener('input', search);
  field.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    if (event.key === 'Enter') add();
    else if (step && found.length) chosen = Math.abs(step) > 1 ? Math.min(Math.max(chosen + step, 0), found.length - 1) : (chosen + step + found.length) % found.length;
    else return;
    grow(chosen + 1);
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
export const shownCategory = ({ category }) => category === SUBGRAPHS ? t('nodes.subgraphs') : category.replace(/^_/, '').replaceAll('/', ' › ').replaceAll('_', ' ') || '–';

/** Titles that several classes have. @param {readonly import('../model/definition.js').Definition[]} found @returns {Set<string>} */
function doubled(found) {
  const seen = new Set();
  return new Set(found.map(({ title }) => title).filter((title) => seen.has(title) || void seen.add(title)));
}

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
