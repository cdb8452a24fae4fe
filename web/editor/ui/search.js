// @ts-check
/** Finding a node class by typing, and adding it where the canvas was double-clicked. */

import { t } from '../lib/i18n.js';
import { SUBGRAPHS } from '../model/definitions.js';
import { addNode } from '../model/edits.js';
import { keyOf } from '../model/keys.js';
import { ownSubgraphs } from '../model/reuse.js';
import { openChooser } from './chooser.js';
import { h } from './dom.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {import('../view/geometry.js').GraphPoint} GraphPoint */
/** @typedef {import('../model/catalogue.js').Fitting} Fitting */
/** @typedef {import('../model/records.js').NodeRecord} NodeRecord */

/** @param {Editor} editor
 * @param {{readonly at?: GraphPoint, readonly fitting?: Fitting, readonly onAdded?: (node: NodeRecord) => void}} [options]
 * `at` is where the node goes, the middle of the screen by default; `fitting` what it must fit to */
export function openSearch(editor, { at = middle(editor), fitting, onAdded } = {}) {
  const more = ownSubgraphs(editor.store, editor.catalogue, editor.graph);
  /** How many of those found fit to the link that asked. */
  let fits = 0;
  /** @type {ReadonlySet<string>} */
  let twice = new Set();
  openChooser({
    label: t('action.search'), placeholder: t('search.placeholder'), none: t('search.none'),
    find: (query) => {
      const answers = (/** @type {object} */ options) => editor.catalogue.search(query, { ...options, more }).filter((one) => query || !one.deprecated);
      const fitted = answers(fitting ? { fitting } : {});
      fits = fitted.length;
      const found = fitting && query ? [...new Set([...fitted, ...answers({})])] : fitted;
      twice = doubled(found);
      return found;
    },
    row: (definition) => [h('span', { class: 'search-name' }, definition.title),
      twice.has(definition.title) ? h('small', { class: 'search-class' }, definition.name) : null,
      h('span', { class: 'search-category' }, shownCategory(definition))],
    isOther: (index) => index >= fits,
    choose: ({ name }) => {
      const node = addAt(editor, name, at);
      if (node) onAdded?.(node);
    },
  });
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
