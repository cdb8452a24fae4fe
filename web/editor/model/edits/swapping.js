// @ts-check
/** Edits that put one thing in another's place: two nodes, or what two inputs of a node are linked to. */

import { mayConnect } from '../rules.js';
import { keyOf, linkKey, nodeKey } from '../keys.js';
import { connect, disconnect, originOf, swapInputs, targetOf } from './links.js';

/** @typedef {import('../store.js').Transaction} Transaction */
/** @typedef {import('../store.js').Store} Store */
/** @typedef {import('../records.js').NodeRecord} NodeRecord */
/** @typedef {import('../records.js').LinkRecord} LinkRecord */

/** Two nodes change places and links. One node alone changes what its first two inputs of one type are linked to.
 * @param {Transaction} tx @param {readonly string[]} keys */
export function swap(tx, keys) {
  const nodes = nodesAt(tx.store, keys);
  const [one, other] = nodes;
  if (nodes.length === 1 && one) swapOwn(tx, one);
  else if (nodes.length === 2 && one && other) swapNodes(tx, one, other);
}

/** Whether there is something to swap. @param {Store} store @param {readonly string[]} keys */
export function swappable(store, keys) {
  const nodes = nodesAt(store, keys);
  if (nodes.length === 1 && nodes[0]) return pairOf(store, nodes[0]) !== null;
  return nodes.length === 2;
}

/** @param {Store} store @param {readonly string[]} keys */
const nodesAt = (store, keys) => keys.flatMap((key) => {
  const node = store.get(key);
  return node?.kind === 'node' ? [node] : [];
});

/** @param {Transaction} tx @param {NodeRecord} node */
function swapOwn(tx, node) {
  const pair = pairOf(tx.store, node);
  const here = (/** @type {number} */ slot) => ({ graph: node.graph, node: node.id, slot });
  if (pair) swapInputs(tx, here(pair[0]), here(pair[1]));
}

/** The first two inputs of one type of which at least one is linked. @param {Store} store @param {NodeRecord} node @returns {[number, number] | null} */
function pairOf(store, node) {
  const isLinked = (/** @type {number} */ slot) => store.linksInto(keyOf(node), slot).length > 0;
  for (const [index, { type, widget }] of node.inputs.entries()) {
    const next = node.inputs.findIndex((one, at) => at > index && one.type === type && (one.widget === null) === (widget === null));
    if (next > 0 && (isLinked(index) || isLinked(next))) return [index, next];
  }
  return null;
}

/** Links go where they fit: to the slot of the same name, else the first free one of the type; others are cut.
 * @param {Transaction} tx @param {NodeRecord} one @param {NodeRecord} other */
function swapNodes(tx, one, other) {
  const links = [...new Set([one, other].flatMap((node) => [...tx.store.linksInto(keyOf(node)), ...tx.store.linksFrom(keyOf(node))]))];
  for (const link of links) disconnect(tx, linkKey(link.graph, link.id));
  tx.put({ ...(tx.store.node(one.graph, one.id) ?? one), x: other.x, y: other.y });
  tx.put({ ...(tx.store.node(other.graph, other.id) ?? other), x: one.x, y: one.y });
  const partner = (/** @type {string} */ id) => (id === one.id ? other : id === other.id ? one : null);
  for (const link of links) move(tx, link, partner(link.from), partner(link.to));
}

/** @param {Transaction} tx @param {LinkRecord} link @param {NodeRecord | null} source @param {NodeRecord | null} target */
function move(tx, link, source, target) {
  const [from, to] = [originOf(link), targetOf(link)];
  const sources = source ? candidates(source.outputs, nameAt(tx, link.graph, from, 'outputs')) : [from.slot];
  const targets = target ? candidates(target.inputs, nameAt(tx, link.graph, to, 'inputs')) : [to.slot];
  for (const slot of sources) {
    for (const place of targets) {
      const start = { ...from, node: source?.id ?? from.node, slot };
      const end = { ...to, node: target?.id ?? to.node, slot: place };
      const isTaken = tx.store.linksInto(nodeKey(link.graph, end.node), place).length > 0;
      if (isTaken || !mayConnect(tx.store, start, end).ok) continue;
      connect(tx, start, end, { reroutes: link.reroutes });
      return;
    }
  }
}

/** @param {Transaction} tx @param {string} graph @param {import('../slots.js').End} end @param {'inputs' | 'outputs'} side */
const nameAt = (tx, graph, end, side) => tx.store.node(graph, end.node)?.[side][end.slot];

/** Slots of a node, those of the same name first, then sockets before fields.
 * @param {readonly import('../records.js').Slot[]} slots @param {import('../records.js').Slot | undefined} like @returns {number[]} */
function candidates(slots, like) {
  const rank = (/** @type {import('../records.js').Slot} */ one) => (one.name === like?.name ? 0 : one.widget === null ? 1 : 2);
  return slots.map((one, index) => ({ one, index })).sort((a, b) => rank(a.one) - rank(b.one)).map(({ index }) => index);
}
