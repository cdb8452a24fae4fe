// @ts-check
/** Edits that show fields of nodes inside a subgraph on the nodes that stand for it. */

import { keyOf, nodeKey } from '../keys.js';
import { INPUTS, ROOT } from '../records.js';
import { connect } from './links.js';
import { widgetToInput } from './fields.js';
import { instances, removePort } from './ports.js';

/** @typedef {import('../store.js').Transaction} Transaction */
/** @typedef {import('../definitions.js').Definitions} Definitions */

/**
 * Show a field of a node inside a subgraph on the nodes that stand for it, each with its own value.
 * @param {Transaction} tx @param {Definitions} definitions @param {string} key the inner node's
 * @param {string} name the field's @returns {number} the number of the subgraph's new input, -1 if it cannot be
 */
export function promote(tx, definitions, key, name) {
  const node = tx.store.get(key);
  if (node?.kind !== 'node' || node.graph === ROOT) return -1;
  const graph = tx.store.graph(node.graph);
  const definition = definitions.of(node);
  if (!graph || !definition) return -1;
  const known = promotedAs(tx.store, key, name);
  if (known >= 0) return known;
  const value = node.values[name] ?? null;
  const input = widgetToInput(tx, key, definition, name);
  if (input < 0 || tx.store.linksInto(keyOf(node), input).length > 0) return -1;
  const port = graph.inputs.length;
  connect(tx, { graph: graph.id, node: INPUTS, slot: port }, { graph: graph.id, node: node.id, slot: input });
  const added = tx.store.graph(graph.id)?.inputs[port]?.name ?? name;
  for (const instance of instances(tx.store, graph.id)) {
    tx.put({ ...instance, values: { ...instance.values, [added]: value } });
  }
  return port;
}

/** Which input of the subgraph shows a field of a node inside it; -1 for none.
 * @param {import('../store.js').Store} store @param {string} key @param {string} name */
export function promotedAs(store, key, name) {
  const node = store.get(key);
  if (node?.kind !== 'node') return -1;
  const at = node.inputs.findIndex((input) => input.widget === name);
  const [link] = at < 0 ? [] : store.linksInto(nodeKey(node.graph, node.id), at);
  return link?.from === INPUTS ? link.fromSlot : -1;
}

/** Show it no longer; the field inside keeps its own value. @param {Transaction} tx @param {string} key @param {string} name */
export function demote(tx, key, name) {
  const node = tx.store.get(key);
  const port = promotedAs(tx.store, key, name);
  if (node?.kind === 'node' && port >= 0) removePort(tx, node.graph, 'inputs', port);
}
