// @ts-check
/** What is done to the graph on the screen: to what is selected, or to all of it. */

import { t } from '../lib/i18n.js';
import {
  addGroup, align, distribute, duplicate, groupAround, makeSubgraph, remove, setCollapsed, setPinned, toggleMode, unpackSubgraph,
} from '../model/edits.js';
import { Definitions } from '../model/definitions.js';
import { keyOf } from '../model/keys.js';
import { openTitle } from '../widgets/open_field.js';
import { COLORS, colorize } from './colors.js';

/** @typedef {import('./registry.js').Action} Action */
/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {import('../model/store.js').Transaction} Transaction */

/** @param {Editor} editor @returns {string[]} the keys of the selected nodes */
export const nodesOf = ({ store, selection }) => [...selection.keys].filter((key) => store.get(key)?.kind === 'node');

/** @param {Editor} editor */
const some = (editor) => editor.selection.size > 0;
/** @param {Editor} editor */
const someNodes = (editor) => nodesOf(editor).length > 0;
/** @param {Editor} editor */
const several = (editor) => nodesOf(editor).length > 1;

/** One step to undo. @param {Editor} editor @param {string} name @param {(tx: Transaction) => void} change */
export function edit(editor, name, change) {
  editor.history.mark(name);
  editor.store.transact(name, change);
}

/** @param {string} id @param {readonly string[]} keys @param {(editor: Editor, tx: Transaction) => void} change
 * @param {(editor: Editor) => boolean} [when] @returns {Action} */
const action = (id, keys, change, when = some) => ({
  id, labelKey: `action.${id}`, keys, when, run: (editor) => edit(editor, id, (tx) => change(editor, tx)),
});

/** Set it where any lacks it, else take it off. @param {Editor} editor @param {'collapsed' | 'pinned'} what */
function lacking({ store, selection }, what) {
  return [...selection.keys].some((key) => {
    const node = store.get(key);
    return node?.kind === 'node' && !node[what];
  });
}

/** Where nodes are on the screen. @param {Editor} editor @returns {import('../model/edits/moving.js').BoxOf} */
const seen = ({ renderer }) => (record) => renderer.scene.nodes.get(keyOf(record))?.bounds ?? record;

/** @param {Editor} editor */
function selectAll({ store, graph, selection }) {
  const all = [...store.all('node', graph), ...store.all('group', graph), ...store.all('reroute', graph)];
  selection.set(all.map(keyOf));
}

/** @param {Editor} editor @param {Transaction} tx */
export function clear({ store, graph }, tx) {
  const all = [...store.all('node', graph), ...store.all('group', graph), ...store.all('reroute', graph)];
  remove(tx, all.map(keyOf));
}

/** @param {Editor} editor @param {Transaction} tx */
function unpack(editor, tx) {
  const definitions = new Definitions(editor.store, editor.catalogue);
  const made = nodesOf(editor).flatMap((key) => unpackSubgraph(tx, definitions, key));
  if (made.length) editor.selection.set(made);
}

/** @param {Editor} editor @param {Transaction} tx */
function subgraph({ selection }, tx) {
  const made = makeSubgraph(tx, selection.keys, t('action.newSubgraph'));
  if (made) selection.set([keyOf(made)]);
}

/** The group comes first among what is selected: F2 names it. @param {Editor} editor @param {Transaction} tx */
function group({ selection, graph }, tx) {
  const made = groupAround(tx, graph, selection.keys, t('action.group'));
  if (made) selection.set([keyOf(made), ...selection.keys]);
}

/** A frame in the middle of the screen. @param {Editor} editor @param {Transaction} tx */
function emptyGroup({ viewport, graph, selection }, tx) {
  const { x, y } = viewport.toGraph({ x: viewport.width / 2 - 200, y: viewport.height / 2 - 120 });
  const made = addGroup(tx, graph, { x: Math.round(x), y: Math.round(y), w: 400, h: 240 }, t('action.group'));
  selection.set([keyOf(made)]);
}

/** @param {Editor} editor */
function isOnSubgraph(editor) {
  return nodesOf(editor).some((key) => {
    const node = editor.store.get(key);
    return node?.kind === 'node' && editor.store.graph(node.type) !== undefined;
  });
}

const SIDES = /** @type {const} */ (['left', 'right', 'top', 'bottom', 'centerX', 'centerY']);

/** @type {readonly Action[]} */
export const GRAPH_ACTIONS = [
  { id: 'selectAll', labelKey: 'action.selectAll', keys: ['Ctrl+A'], run: selectAll },
  action('delete', ['Delete', 'Backspace'], ({ selection }, tx) => remove(tx, [...selection.keys])),
  action('deleteHealing', ['Ctrl+Delete'], ({ selection }, tx) => remove(tx, [...selection.keys], { heal: true }), someNodes),
  action('duplicate', ['Shift+D'], ({ selection }, tx) => selection.set(duplicate(tx, selection.keys))),
  action('collapse', ['Alt+C'], (editor, tx) => setCollapsed(tx, editor.selection.keys, lacking(editor, 'collapsed')), someNodes),
  action('pin', ['P'], (editor, tx) => setPinned(tx, editor.selection.keys, lacking(editor, 'pinned')), someNodes),
  action('mute', ['Ctrl+M'], (editor, tx) => toggleMode(tx, nodesOf(editor), 2), someNodes),
  action('bypass', ['Ctrl+B'], (editor, tx) => toggleMode(tx, nodesOf(editor), 4), someNodes),
  { ...action('group', ['Ctrl+G'], group), run: (editor) => {
    edit(editor, 'group', (tx) => group(editor, tx));
    const [key] = editor.selection.keys;
    if (key && editor.store.get(key)?.kind === 'group') openTitle(editor, key);
  } },
  action('addGroup', [], emptyGroup, () => true),
  action('makeSubgraph', ['Ctrl+Shift+E'], subgraph, someNodes),
  action('unpackSubgraph', [], unpack, isOnSubgraph),
  { id: 'rename', labelKey: 'action.rename', keys: ['F2'], when: some, run: (editor) => {
    const [key] = editor.selection.keys;
    if (key) openTitle(editor, key);
  } },
  ...SIDES.map((side) => action(`align.${side}`, [], (editor, tx) => align(tx, nodesOf(editor), side, seen(editor)), several)),
  action('distribute.x', [], (editor, tx) => distribute(tx, nodesOf(editor), 'x', seen(editor)), several),
  action('distribute.y', [], (editor, tx) => distribute(tx, nodesOf(editor), 'y', seen(editor)), several),
  ...COLORS.map(({ name, color, bgcolor }) => action(`color.${name}`, [], (editor, tx) => colorize(tx, editor.selection.keys, color, bgcolor))),
];
