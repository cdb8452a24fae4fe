// @ts-check
/** Taking things out of a workflow. */

import { linkKey, nodeKey } from '../keys.js';
import { mayConnect } from '../rules.js';
import { bypassInput, connect, disconnect, originOf, targetOf } from './links.js';
import { removeReroute, sweepReroutes } from './reroutes.js';

/** @typedef {import('../store.js').Transaction} Transaction */
/** @typedef {import('../records.js').NodeRecord} NodeRecord */

/**
 * Remove nodes with their links, links, groups (not what is in them) and reroutes.
 * `heal`: links go on as if each node had been bypassed first.
 * @param {Transaction} tx @param {Iterable<string>} keys @param {{heal?: boolean}} [options]
 */
export function remove(tx, keys, { heal = false } = {}) {
  for (const key of [...keys]) {
    const record = tx.store.get(key);
    if (record?.kind === 'node') removeNode(tx, record, heal);
    else if (record?.kind === 'link') disconnect(tx, key);
    else if (record?.kind === 'reroute') removeReroute(tx, key);
    else if (record?.kind === 'group') tx.delete(key);
  }
}

/** @param {Transaction} tx @param {Iterable<string>} keys @param {{heal?: boolean}} [options] */
export const removeNodes = (tx, keys, options) => remove(tx, keys, options);

/** @param {Transaction} tx @param {NodeRecord} node @param {boolean} heal */
function removeNode(tx, node, heal) {
  const key = nodeKey(node.graph, node.id);
  if (heal) bridge(tx, node);
  const links = [...tx.store.linksInto(key), ...tx.store.linksFrom(key)];
  for (const link of links) disconnect(tx, linkKey(link.graph, link.id));
  sweepReroutes(tx, node.graph, links.flatMap((link) => link.reroutes).reverse());
  tx.delete(key);
}

/** @param {Transaction} tx @param {NodeRecord} node */
function bridge(tx, node) {
  const key = nodeKey(node.graph, node.id);
  for (const link of tx.store.linksFrom(key)) {
    const input = bypassInput(node, link.fromSlot, link.type);
    const [feeding] = input < 0 ? [] : tx.store.linksInto(key, input);
    if (!feeding) continue;
    disconnect(tx, linkKey(link.graph, link.id));
    if (mayConnect(tx.store, originOf(feeding), targetOf(link)).ok) {
      connect(tx, originOf(feeding), targetOf(link), { reroutes: feeding.reroutes });
    }
  }
}
