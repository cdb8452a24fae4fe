// @ts-check
/** Edits of reroutes: points on links, and the older kind, which are nodes. */

import { keyFor, nodeKey } from '../keys.js';

/** @typedef {import('../store.js').Transaction} Transaction */
/** @typedef {import('../records.js').RerouteRecord} RerouteRecord */

/** Lead a link through a new point behind those that it goes through.
 * @param {Transaction} tx @param {string} key the link's @param {number} x @param {number} y
 * @param {number} [place] how many of its points come before @returns {RerouteRecord | null} */
export function addReroute(tx, key, x, y, place) {
  const link = tx.store.get(key);
  if (link?.kind !== 'link') return null;
  const at = Math.min(place ?? link.reroutes.length, link.reroutes.length);
  const before = link.reroutes[at - 1] ?? null;
  const after = link.reroutes[at];
  const id = tx.store.newId('reroute', link.graph);
  const added = tx.put({ kind: 'reroute', id, graph: link.graph, x, y, parent: before, extra: {} });
  const next = after === undefined ? undefined : tx.store.get(keyFor('reroute', link.graph, after));
  if (next?.kind === 'reroute') tx.put({ ...next, parent: id });
  for (const other of [...tx.store.all('link', link.graph)]) {
    const where = after === undefined ? -1 : other.reroutes.indexOf(after);
    if (where >= 0) tx.put({ ...other, reroutes: other.reroutes.toSpliced(where, 0, id) });
    else if (other.id === link.id) tx.put({ ...other, reroutes: [...other.reroutes, id] });
  }
  return added;
}

/** Take a point out; what went through it goes straight on. @param {Transaction} tx @param {string} key */
export function removeReroute(tx, key) {
  const gone = tx.store.get(key);
  if (gone?.kind !== 'reroute') return;
  tx.delete(key);
  for (const other of [...tx.store.all('reroute', gone.graph)]) {
    if (other.parent === gone.id) tx.put({ ...other, parent: gone.parent });
  }
  for (const link of [...tx.store.all('link', gone.graph)]) {
    if (!link.reroutes.includes(gone.id)) continue;
    tx.put({ ...link, reroutes: link.reroutes.filter((id) => id !== gone.id) });
  }
}

/** A node that is but a point on a wire has the type of what goes into it, and so has what hangs on it.
 * @param {Transaction} tx @param {string} graph @param {string} id */
export function settleReroute(tx, graph, id) {
  const pending = [id];
  const seen = new Set();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const node = tx.store.node(graph, next);
    const output = node?.outputs[0];
    if (node?.type !== 'Reroute' || !output || seen.has(next)) continue;
    seen.add(next);
    const type = tx.store.linksInto(nodeKey(graph, next))[0]?.type ?? '*';
    if (output.type === type) continue;
    const named = output.name === '' || output.name === output.type;
    tx.put({ ...node, outputs: [{ ...output, type, name: named && type !== '*' ? type : output.name }] });
    for (const link of tx.store.linksFrom(nodeKey(graph, next))) {
      tx.put({ ...link, type });
      pending.push(link.to);
    }
  }
}

/** Take away the points of a graph that no link goes through any more, nor a link without an end.
 * @param {Transaction} tx @param {string} graph @param {Iterable<string>} ids */
export function sweepReroutes(tx, graph, ids) {
  const asked = [...ids];
  if (asked.length === 0) return;
  const used = new Set([...tx.store.all('link', graph)].flatMap((link) => link.reroutes));
  for (const id of asked) if (!used.has(id)) removeReroute(tx, keyFor('reroute', graph, id));
}

