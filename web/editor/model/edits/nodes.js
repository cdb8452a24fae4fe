// @ts-check
/** Edits of nodes: adding them, what they look like, whether they run. */

import { isObject } from '../../lib/json.js';
import { isOwnKind } from '../own_kinds.js';
import { inputSlots, outputSlots, slot } from '../slots.js';
import { sizeOf } from '../size.js';

/** @typedef {import('../store.js').Transaction} Transaction */
/** @typedef {import('../catalogue.js').Catalogue} Catalogue */
/** @typedef {import('../definition.js').Definition} Definition */
/** @typedef {import('../records.js').NodeRecord} NodeRecord */
/** @typedef {import('../records.js').AnyRecord} AnyRecord */
/** @typedef {import('../records.js').GraphRecord} GraphRecord */
/** @typedef {import('../records.js').Mode} Mode */
/** @typedef {import('../records.js').Json} Json */

/**
 * Add a node of a class, or of a subgraph, with its fields as they are at first.
 * @param {Transaction} tx @param {Catalogue} catalogue
 * @param {{graph: string, type: string, x: number, y: number, title?: string | null,
 *   values?: {[name: string]: Json}}} wanted
 * @returns {NodeRecord}
 */
export function addNode(tx, catalogue, { graph, type, x, y, title = null, values = {} }) {
  const subgraph = tx.store.graph(type);
  const made = subgraph ? instanceOf(subgraph) : ofClass(catalogue.get(type), type);
  /** @type {NodeRecord} */
  const node = {
    kind: 'node',
    id: tx.store.newId('node', graph),
    graph,
    type,
    title,
    x,
    y,
    w: made.w,
    h: made.h,
    mode: 0,
    collapsed: false,
    pinned: false,
    color: null,
    bgcolor: null,
    inputs: made.inputs,
    outputs: made.outputs,
    values: { ...made.values, ...values },
    raw: null,
    extra: isOwnKind(type) || subgraph ? {} : { properties: { 'Node name for S&R': type } },
  };
  return tx.put(node);
}

/** @param {Definition | undefined} definition @param {string} type */
function ofClass(definition, type) {
  if (!definition) throw new Error(`there is no node class called "${type}"`);
  /** @type {{[name: string]: Json}} */
  const values = {};
  for (const field of definition.fields) {
    if (!field.forced && field.initial !== null) values[field.name] = field.initial;
  }
  const slots = { inputs: inputSlots(definition), outputs: outputSlots(definition) };
  return { ...sizeOf(definition), ...slots, values };
}

/** @param {GraphRecord} subgraph */
export function instanceOf(subgraph) {
  const inputs = subgraph.inputs.map((port) => ({ ...port, extra: {} }));
  const outputs = subgraph.outputs.map(({ name, type, label }) => slot(name, type, { label }));
  const rows = Math.max(inputs.length, outputs.length, 1);
  return { w: 210, h: rows * 24 + 16, inputs, outputs, values: {} };
}

/**
 * Replace some of what nodes say; what is no node is left alone.
 * @param {Transaction} tx @param {Iterable<string>} keys
 * @param {(node: NodeRecord) => Partial<NodeRecord>} change
 */
export function changeNodes(tx, keys, change) {
  for (const key of keys) {
    const node = tx.store.get(key);
    if (node?.kind === 'node') tx.put({ ...node, ...change(node) });
  }
}

/** Put a value into a field. @param {Transaction} tx @param {string} key @param {string} name @param {Json} value */
export function setValue(tx, key, name, value) {
  changeNodes(tx, [key], (node) => {
    const values = { ...node.values, [name]: value };
    const named = node.extra.widgets_values_named;
    if (!isObject(named) || !Object.hasOwn(named, name)) return { values };
    return { values, extra: { ...node.extra, widgets_values_named: { ...named, [name]: value } } };
  });
}

/** @param {Transaction} tx @param {string} key a node's or group's @param {string | null} title */
export function setTitle(tx, key, title) {
  const record = tx.store.get(key);
  if (record?.kind === 'group') tx.put({ ...record, title: title ?? '' });
  else changeNodes(tx, [key], () => ({ title: title || null }));
}

/** @param {Transaction} tx @param {Iterable<string>} keys of nodes and groups
 * @param {string | null} color of the title @param {string | null} [bgcolor] of the body */
export function setColor(tx, keys, color, bgcolor = color) {
  for (const key of keys) {
    const record = tx.store.get(key);
    if (record?.kind === 'group') tx.put({ ...record, color });
    else changeNodes(tx, [key], () => ({ color, bgcolor }));
  }
}

/** @param {Transaction} tx @param {Iterable<string>} keys @param {Mode} mode */
export const setMode = (tx, keys, mode) => changeNodes(tx, keys, () => ({ mode }));

/** Mute or bypass all, or, if they all are so already, let them run again.
 * @param {Transaction} tx @param {Iterable<string>} keys @param {Mode} mode */
export function toggleMode(tx, keys, mode) {
  const all = [...keys];
  const nodes = all.map((key) => tx.store.get(key)).filter((record) => record?.kind === 'node');
  setMode(tx, all, nodes.every((node) => node.mode === mode) ? 0 : mode);
}

/** @param {Transaction} tx @param {Iterable<string>} keys @param {boolean} collapsed */
export const setCollapsed = (tx, keys, collapsed) => changeNodes(tx, keys, () => ({ collapsed }));

/** @param {Transaction} tx @param {Iterable<string>} keys @param {boolean} pinned */
export const setPinned = (tx, keys, pinned) => changeNodes(tx, keys, () => ({ pinned }));
