// @ts-check
/**
 * What subgraphs show to the outside: which of their inputs stand for fields of nodes inside, and
 * so which values a node that stands for a subgraph has.
 */

import { nodeKey } from './keys.js';
import { INPUTS } from './records.js';
import { isLinkableField } from './slots.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./catalogue.js').Catalogue} Catalogue */
/** @typedef {import('./records.js').NodeRecord} NodeRecord */

/** A field inside that an input of a subgraph stands for. @typedef {{readonly node: string, readonly field: string}} Target */
/** By the name of the input, in order; only inputs that stand for fields. @typedef {ReadonlyMap<string, readonly Target[]>} FieldPorts */

/** @param {Store} store @param {Catalogue} catalogue @param {string} graph
 * @param {ReadonlySet<string>} [within] the subgraphs that this one is looked at from within
 * @returns {FieldPorts} */
export function fieldPorts(store, catalogue, graph, within = new Set()) {
  /** @type {Map<string, Target[]>} */
  const found = new Map();
  if (within.has(graph)) return found;
  const inner = new Set([...within, graph]);
  const ports = store.graph(graph)?.inputs ?? [];
  for (const port of ports) found.set(port.name, []);
  const links = [...store.linksFrom(nodeKey(graph, INPUTS))];
  /** @type {Map<string, number>} */
  const order = new Map([...store.all('node', graph)].map((node, index) => [node.id, index]));
  links.sort((a, b) => (order.get(a.to) ?? 0) - (order.get(b.to) ?? 0) || a.toSlot - b.toSlot);
  for (const link of links) {
    const node = store.node(graph, link.to);
    const field = node && fieldOf(store, catalogue, node, link.toSlot, inner);
    const port = ports[link.fromSlot];
    if (node && field && port) found.get(port.name)?.push({ node: node.id, field });
  }
  for (const [name, targets] of found) if (targets.length === 0) found.delete(name);
  return found;
}

/** The field that an input of a node stands for, or null.
 * @param {Store} store @param {Catalogue} catalogue @param {NodeRecord} node @param {number} number
 * @param {ReadonlySet<string>} [within] @returns {string | null} */
export function fieldOf(store, catalogue, node, number, within) {
  const slot = node.inputs[number];
  if (!slot) return null;
  if (store.graph(node.type)) {
    return fieldPorts(store, catalogue, node.type, within).has(slot.name) ? slot.name : slot.widget;
  }
  const declared = catalogue.get(node.type)?.inputs.find((input) => input.name === slot.name);
  return declared && isLinkableField(declared) ? declared.name : slot.widget;
}
