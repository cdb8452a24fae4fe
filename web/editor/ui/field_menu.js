// @ts-check
/** What can be done with one field or one socket of a node. */

import { edit } from '../actions/graph_actions.js';
import { t } from '../lib/i18n.js';
import { connect, demote, disconnectSlot, inputToWidget, isCovered, promote, promotedAs, setValue, widgetToInput } from '../model/edits.js';
import { Definitions } from '../model/definitions.js';
import { keyOf } from '../model/keys.js';
import { ROOT } from '../model/records.js';
import { slotLabel } from '../model/node_words.js';
import { nameOf } from '../widgets/desk.js';
import { addAt } from './search.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {import('../view/scene.js').NodeView} NodeView */
/** @typedef {import('../view/layout.js').WidgetPlace} WidgetPlace */
/** @typedef {import('../view/layout.js').SlotPlace} SlotPlace */
/** @typedef {import('./menus.js').Entry} Entry */

/** @param {Editor} editor @param {NodeView} view @param {WidgetPlace} widget @returns {Entry[]} */
export function fieldEntries(editor, view, widget) {
  const { key, record, definition } = view;
  const { field, name } = widget;
  const shown = { name: nameOf(widget) };
  if (!definition || !field.input) return [];
  const socket = record.inputs.some((input) => input.widget === name);
  /** @type {Entry[]} */
  const entries = [];
  if (!isCovered(editor.store, record, name) && !field.input.socketless) {
    entries.push({ label: t('menu.toPrimitive', shown), run: () => linkPrimitive(editor, view, name) });
  }
  if (!socket && !field.input.socketless) {
    entries.push({ label: t('menu.toInput', shown), run: () => edit(editor, 'toInput', (tx) => void widgetToInput(tx, key, definition, name)) });
  } else if (socket && isCovered(editor.store, record, name)) {
    entries.push({ label: t('menu.toWidget', shown), run: () => edit(editor, 'toWidget', (tx) => inputToWidget(tx, key, name)) });
  }
  entries.push(...promotion(editor, view, name, shown));
  if (field.initial !== null && record.values[name] !== field.initial) {
    entries.push({ label: t('menu.reset', shown), run: () => edit(editor, 'value', (tx) => setValue(tx, key, name, field.initial)) });
  }
  return [...entries, '-'];
}

/** In a subgraph a field can be shown on the nodes that stand for it. @param {Editor} editor @param {NodeView} view @param {string} name
 * @param {{readonly name: string}} shown @returns {Entry[]} */
function promotion(editor, { key, record }, name, shown) {
  if (record.graph === ROOT) return [];
  if (promotedAs(editor.store, key, name) >= 0) {
    return [{ label: t('menu.demote', shown), run: () => edit(editor, 'demote', (tx) => demote(tx, key, name)) }];
  }
  const definitions = new Definitions(editor.store, editor.catalogue);
  return [{ label: t('menu.promote', shown), run: () => edit(editor, 'promote', (tx) => void promote(tx, definitions, key, name)) }];
}

/** Have a primitive node hold a field's value. @param {Editor} editor @param {NodeView} view @param {string} name */
function linkPrimitive(editor, { key, record, definition }, name) {
  if (!definition) return;
  const at = /** @type {import('../view/geometry.js').GraphPoint} */ ({ x: record.x - 300, y: record.y });
  const node = addAt(editor, 'PrimitiveNode', at);
  if (!node) return;
  editor.store.transact('connect', (tx) => {
    const slot = widgetToInput(tx, key, definition, name);
    if (slot >= 0) connect(tx, { graph: record.graph, node: node.id, slot: 0 }, { graph: record.graph, node: record.id, slot });
  });
  editor.selection.set([keyOf(node)]);
}

/** @param {Editor} editor @param {NodeView} view @param {SlotPlace} place @returns {Entry[]} */
export function slotEntries(editor, { key, record, definition }, { side, index, slot }) {
  const { store } = editor;
  const links = side === 'input' ? store.linksInto(key, index) : store.linksFrom(key, index);
  /** @type {Entry[]} */
  const entries = [];
  if (links.length) {
    entries.push({ label: t('menu.disconnect'), run: () =>
      edit(editor, 'disconnect', (tx) => disconnectSlot(tx, { graph: record.graph, node: record.id, slot: index }, side)) });
  }
  const { widget } = slot;
  if (side === 'input' && widget !== null && definition?.fields.some(({ name }) => name === widget)) {
    entries.push({ label: t('menu.toWidget', { name: slotLabel(definition, side, index, slot) }), run: () => edit(editor, 'toWidget', (tx) => inputToWidget(tx, key, widget)) });
  }
  return entries.length ? [...entries, '-'] : [];
}
