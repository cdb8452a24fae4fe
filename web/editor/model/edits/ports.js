// @ts-check
/** Edits of what a subgraph shows to the outside, kept the same on the nodes that stand for it. */

import { uuid } from '../../lib/uuid.js';
import { linkKey, nodeKey } from '../keys.js';
import { INPUTS, OUTPUTS } from '../records.js';
import { freeName, slot } from '../slots.js';

/** @typedef {import('../store.js').Transaction} Transaction */
/** @typedef {import('../store.js').Store} Store */
/** @typedef {import('../records.js').NodeRecord} NodeRecord */
/** @typedef {import('../records.js').Slot} Slot */
/** @typedef {'inputs' | 'outputs'} Side */

/** Every node that stands for a subgraph, wherever it is. @param {Store} store @param {string} graph @returns {NodeRecord[]} */
export function instances(store, graph) {
  return [...store.all('graph')].flatMap(({ id }) =>
    [...store.all('node', id)].filter((node) => node.type === graph),
  );
}

/** Add an input or output behind the last, like a slot inside that it is for.
 * @param {Transaction} tx @param {string} graph @param {Side} side @param {Slot} like @returns {number} its number */
export function addPort(tx, graph, side, like) {
  const record = tx.store.graph(graph);
  if (!record) throw new Error(`there is no subgraph ${graph}`);
  const ports = record[side];
  const name = freeName(like.name || like.type, ports.map((port) => port.name));
  const widget = side === 'inputs' && like.widget !== null ? name : null;
  const port = slot(name, like.type, { label: like.label, widget, optional: like.optional });
  tx.put({ ...record, [side]: [...ports, { ...port, extra: { id: uuid() } }] });
  for (const node of instances(tx.store, graph)) tx.put({ ...node, [side]: [...node[side], port] });
  return ports.length;
}

/** Take an input or output away, with the links at it inside and outside.
 * @param {Transaction} tx @param {string} graph @param {Side} side @param {number} number */
export function removePort(tx, graph, side, number) {
  const record = tx.store.graph(graph);
  const port = record?.[side][number];
  if (!record || !port) return;
  const border = side === 'inputs' ? INPUTS : OUTPUTS;
  shiftLinks(tx, graph, border, side === 'inputs' ? 'from' : 'to', number);
  tx.put({ ...record, [side]: record[side].toSpliced(number, 1) });
  for (const node of instances(tx.store, graph)) {
    const at = node[side].findIndex((one) => one.name === port.name);
    if (at >= 0) removeSlot(tx, node, side, at);
    const current = tx.store.node(node.graph, node.id);
    if (!current || side !== 'inputs' || !Object.hasOwn(current.values, port.name)) continue;
    const { [port.name]: _, ...values } = current.values;
    tx.put({ ...current, values });
  }
}

/** Give an input or output another label; its name, by which files know it, stays.
 * @param {Transaction} tx @param {string} graph @param {Side} side @param {number} number @param {string} label */
export function renamePort(tx, graph, side, number, label) {
  const record = tx.store.graph(graph);
  const port = record?.[side][number];
  if (!record || !port) return;
  tx.put({ ...record, [side]: record[side].with(number, { ...port, label: label || null }) });
  for (const node of instances(tx.store, graph)) {
    const slots = node[side].map((one) => (one.name === port.name ? { ...one, label: label || null } : one));
    tx.put({ ...node, [side]: slots });
  }
}

/** Take a slot off a node, with the links at it; those behind it move up.
 * @param {Transaction} tx @param {NodeRecord} node @param {Side} side @param {number} number */
export function removeSlot(tx, node, side, number) {
  shiftLinks(tx, node.graph, node.id, side === 'inputs' ? 'to' : 'from', number);
  const current = tx.store.node(node.graph, node.id);
  if (current) tx.put({ ...current, [side]: current[side].toSpliced(number, 1) });
}

/** @param {Transaction} tx @param {string} graph @param {string} node @param {'from' | 'to'} end @param {number} number */
function shiftLinks(tx, graph, node, end, number) {
  const key = nodeKey(graph, node);
  const links = end === 'from' ? tx.store.linksFrom(key) : tx.store.linksInto(key);
  for (const link of links) {
    const at = end === 'from' ? link.fromSlot : link.toSlot;
    if (at === number) tx.delete(linkKey(graph, link.id));
    else if (at > number) tx.put({ ...link, [`${end}Slot`]: at - 1 });
  }
}

/** Give a subgraph another name. @param {Transaction} tx @param {string} graph @param {string} name */
export function renameSubgraph(tx, graph, name) {
  const record = tx.store.graph(graph);
  if (record && name) tx.put({ ...record, name });
}
