// @ts-check
/** Finding a node of the open workflow by what it is called, what it is, or what is typed into it. */

import { score } from '../lib/fuzzy.js';
import { t } from '../lib/i18n.js';
import { Definitions } from '../model/definitions.js';
import { nameAt } from '../model/places.js';
import { ROOT } from '../model/records.js';
import { titleOf } from '../view/layout.js';
import { openChooser } from './chooser.js';
import { h } from './dom.js';
import { goTo } from './run_actions.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {{readonly name: string, readonly title: string, readonly type: string, readonly inside: string, readonly values: readonly string[]}} Place */

/** How much of a value is shown. */
const LONG = 60;

/** @param {Editor} editor */
export function openFind(editor) {
  const all = [...placesIn(editor)];
  let wanted = '';
  openChooser({
    label: t('action.find'), placeholder: t('find.placeholder'), none: t('search.none'),
    find: (query) => {
      wanted = query.trim().toLowerCase();
      return ranked(all, query);
    },
    row: ({ name, title, inside, values }) => {
      const value = wanted ? values.find((one) => one.toLowerCase().includes(wanted)) : undefined;
      return [h('span', { class: 'search-name' }, title), h('small', { class: 'search-class' }, value === undefined ? '' : around(value, wanted)),
        h('span', { class: 'search-category' }, [inside, `#${name.split(':').at(-1)}`].filter(Boolean).join(' › '))];
    },
    choose: ({ name }) => goTo(editor, name),
  });
}

/** @param {readonly Place[]} all @param {string} query */
function ranked(all, query) {
  const words = query.trim().toLowerCase();
  if (!words) return all;
  return all
    .map((place) => ({ place, rank: rankOf(place, words) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank)
    .map(({ place }) => place);
}

/** Names first; of values only what is there letter by letter. @param {Place} place @param {string} words */
function rankOf({ name, title, type, values }, words) {
  if (words.replace(/^#/, '') === name) return 200;
  return Math.max(score(words, title), score(words, type) * 0.9, values.some((value) => value.toLowerCase().includes(words)) ? 30 : 0);
}

/** The part of a value that is looked for. @param {string} value @param {string} words */
function around(value, words) {
  const at = Math.max(value.toLowerCase().indexOf(words) - 20, 0);
  return `${at ? '…' : ''}${value.slice(at, at + LONG).replace(/\s+/g, ' ')}${at + LONG < value.length ? '…' : ''}`;
}

/** Every node, also those within subgraphs, wherever they are used. @param {Editor} editor @returns {Generator<Place>} */
function* placesIn({ store, catalogue }) {
  const definitions = new Definitions(store, catalogue);
  /** @type {{graph: string, place: readonly string[], path: readonly string[], names: readonly string[]}[]} */
  const open = [{ graph: ROOT, place: [], path: [ROOT], names: [] }];
  for (const { graph, place, path, names } of open) {
    for (const node of store.all('node', graph)) {
      const title = titleOf(node, definitions.of(node));
      const values = Object.values(node.values).flatMap((value) => (typeof value === 'string' || typeof value === 'number' ? [String(value)] : []));
      yield { name: nameAt(place, node.id), title, type: node.type, inside: names.join(' › '), values };
      if (store.graph(node.type) && !path.includes(node.type)) {
        open.push({ graph: node.type, place: [...place, node.id], path: [...path, node.type], names: [...names, title] });
      }
    }
  }
}
