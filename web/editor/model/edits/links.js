// @ts-check
/** Edits of links. None asks whether it may: `rules.js` answers that. */

import { linkKey, nodeKey } from '../keys.js';
import { INPUTS, OUTPUTS } from '../records.js';
import { mayConnect } from '../rules.js';
import { sourceSlots, targetSlots } from '../slots.js';
import { typesFit } from '../types.js';
import { addPort } from './ports.js';
import { settleReroute } from './reroutes.js';

/** @typedef {import('../store.js').Transaction} Transaction */
/** @typedef {import('../slots.js').End} End */
/** @typedef {import('../records.js').LinkRecord} LinkRecord */
/** @typedef {import('../records.js').NodeRecord} NodeRecord */

/**
 * Link an output to an input, in place of what the input is linked to. Linking to the place behind
 * the last one on a subgraph's border adds one there.
 * @param {Transaction} tx @param {End} from @param {End} to
 * @param {{reroutes?: readonly string[]}} [options] @returns {LinkRecord}
 */
export function connect(tx, from, to, { reroutes = [] } = {}) {
  const { graph } = from;
  const sources = sourceSlots(tx.store, from) ?? [];
  const targets = targetSlots(tx.store, to) ?? [];
  const source = sources[from.slot];
  const target = targets[to.slot];
  if (from.node === INPUTS && !source && target) addPort(tx, graph, 'inputs', target);
  if (to.node === OUTPUTS && !target && source) addPort(tx, graph, 'outputs', source);
  for (const old of tx.store.linksInto(nodeKey(graph, to.node), to.slot)) disconnect(tx, linkKey(graph, old.id));
  const link = tx.put({
    kind: 'link',
    id: tx.store.newId('link', graph),
    graph,
    from: from.node,
    fromSlot: from.slot,
    to: to.node,
    toSlot: to.slot,
    type: (source ?? target)?.type ?? '*',
    reroutes,
    extra: {},
  });
  adoptType(tx, link);
  settleReroute(tx, graph, to.node);
  return link;
}

/** A primitive node becomes what it is first linked to: its type, its name, its value.
 * @param {Transaction} tx @param {LinkRecord} link */
function adoptType(tx, link) {
  const primitive = tx.store.node(link.graph, link.from);
  const target = tx.store.node(link.graph, link.to);
  const input = target?.inputs[link.toSlot];
  if (primitive?.type !== 'PrimitiveNode' || !target || !input?.widget) return;
  const others = tx.store.linksFrom(nodeKey(link.graph, link.from)).length > 1;
  const output = primitive.outputs[0];
  if (others || !output || output.type !== '*') return;
  const outputs = [
    { ...output, name: input.type, type: input.type, widget: input.widget, extra: { ...output.extra } },
    ...primitive.outputs.slice(1),
  ];
  const value = target.values[input.widget] ?? null;
  const control = target.values[`${input.widget}.control`];
  /** @type {{[name: string]: import('../records.js').Json}} */
  const values = { value };
  const steered = ['INT', 'FLOAT', 'COMBO'].includes(input.type);
  if (steered) values['value.control'] = control ?? 'fixed';
  tx.put({ ...primitive, title: primitive.title ?? input.label ?? input.name, outputs, values });
  tx.put({ ...link, type: input.type });
}

/** @param {Transaction} tx @param {string} key a link's */
export function disconnect(tx, key) {
  const link = tx.store.get(key);
  if (link?.kind !== 'link') return;
  tx.delete(key);
  const origin = tx.store.node(link.graph, link.from);
  const alone = tx.store.linksFrom(nodeKey(link.graph, link.from)).length === 0;
  if (origin?.type === 'PrimitiveNode' && alone) forgetType(tx, origin);
  settleReroute(tx, link.graph, link.to);
}

/** @param {Transaction} tx @param {NodeRecord} primitive */
function forgetType(tx, primitive) {
  const outputs = primitive.outputs.map((output) => ({
    ...output,
    name: 'connect to widget input',
    type: '*',
    widget: null,
  }));
  tx.put({ ...primitive, outputs });
}

/** Cut every link at one slot. @param {Transaction} tx @param {End} end @param {'input' | 'output'} side */
export function disconnectSlot(tx, { graph, node, slot }, side) {
  const key = nodeKey(graph, node);
  const links = side === 'input' ? tx.store.linksInto(key, slot) : tx.store.linksFrom(key, slot);
  for (const link of links) disconnect(tx, linkKey(graph, link.id));
}

/** Move all links that come out of one slot to another output that fits; others stay.
 * @param {Transaction} tx @param {End} from @param {End} to @returns {number} how many were moved */
export function moveLinks(tx, from, to) {
  let moved = 0;
  for (const link of tx.store.linksFrom(nodeKey(from.graph, from.node), from.slot)) {
    const target = { graph: link.graph, node: link.to, slot: link.toSlot };
    if (!mayConnect(tx.store, to, target).ok) continue;
    connect(tx, to, target, { reroutes: link.reroutes });
    moved += 1;
  }
  return moved;
}

/** Exchange what two inputs are linked to. @param {Transaction} tx @param {End} one @param {End} other */
export function swapInputs(tx, one, other) {
  const [a] = tx.store.linksInto(nodeKey(one.graph, one.node), one.slot);
  const [b] = tx.store.linksInto(nodeKey(other.graph, other.node), other.slot);
  if (a) disconnect(tx, linkKey(a.graph, a.id));
  if (b) disconnect(tx, linkKey(b.graph, b.id));
  if (a) connect(tx, originOf(a), other, { reroutes: a.reroutes });
  if (b) connect(tx, originOf(b), one, { reroutes: b.reroutes });
}

/** Cut every link of some nodes. @param {Transaction} tx @param {Iterable<string>} keys */
export function disconnectAll(tx, keys) {
  for (const key of keys) {
    for (const link of [...tx.store.linksInto(key), ...tx.store.linksFrom(key)]) disconnect(tx, linkKey(link.graph, link.id));
  }
}

/** @param {LinkRecord} link @returns {End} */
export const originOf = ({ graph, from, fromSlot }) => ({ graph, node: from, slot: fromSlot });

/** @param {LinkRecord} link @returns {End} */
export const targetOf = ({ graph, to, toSlot }) => ({ graph, node: to, slot: toSlot });

/**
 * Put a node between the ends of a link, if one of its inputs and one of its outputs fit.
 * Sockets are preferred to inputs that stand for fields, and unlinked inputs are the only ones taken.
 * @param {Transaction} tx @param {string} key the node's @param {string} link the link's key
 * @returns {boolean} whether it was done
 */
export function insertOnLink(tx, key, link) {
  const node = tx.store.get(key);
  const old = tx.store.get(link);
  if (node?.kind !== 'node' || old?.kind !== 'link' || node.graph !== old.graph) return false;
  const ends = placeBetween(tx.store, node, old);
  if (!ends) return false;
  const { graph } = node;
  connect(tx, originOf(old), { graph, node: node.id, slot: ends.input }, { reroutes: old.reroutes });
  connect(tx, { graph, node: node.id, slot: ends.output }, targetOf(old));
  return true;
}

/** Which input and output of a node a link could be led through, or null.
 * @param {import('../store.js').Store} store @param {NodeRecord} node @param {LinkRecord} link */
export function placeBetween(store, node, link) {
  if (link.from === node.id || link.to === node.id || node.graph !== link.graph) return null;
  const { graph } = node;
  const here = (/** @type {number} */ slot) => ({ graph, node: node.id, slot });
  const inputs = node.inputs
    .map((input, slot) => ({ input, slot }))
    .filter(({ slot }) => store.linksInto(nodeKey(graph, node.id), slot).length === 0)
    .filter(({ slot }) => mayConnect(store, originOf(link), here(slot)).ok)
    .sort((a, b) => Number(a.input.widget !== null) - Number(b.input.widget !== null));
  const output = node.outputs.findIndex((_, slot) => mayConnect(store, here(slot), targetOf(link)).ok);
  return inputs[0] && output >= 0 ? { input: inputs[0].slot, output } : null;
}

/**
 * The input of a node that could stand in for one of its outputs while it is bypassed: the one with
 * the output's number, else the first of exactly the wanted type, else the first that fits.
 * @param {NodeRecord} node @param {number} output @param {string} wanted @returns {number} -1 for none
 */
export function bypassInput(node, output, wanted) {
  const given = node.outputs[output]?.type ?? '*';
  if (wanted === '*') return node.inputs[output] ? output : node.inputs.length ? 0 : -1;
  const fits = node.inputs.map(({ type }) => typesFit(type, given) && typesFit(type, wanted));
  if (fits[output]) return output;
  const exact = node.inputs.findIndex(({ type }) => type === wanted);
  return exact >= 0 ? exact : fits.indexOf(true);
}
