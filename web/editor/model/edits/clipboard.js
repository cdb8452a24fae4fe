// @ts-check
/** Copies of a part of a workflow, as plain JSON that can travel between tabs, and pasting them. */

import { isObject } from '../../lib/json.js';
import { graphKey, keyFor, keyOf, nodeKey } from '../keys.js';
import { around } from '../size.js';
import { mayContain } from '../rules.js';
import { sourceSlots } from '../slots.js';

/** @typedef {import('../store.js').Transaction} Transaction */
/** @typedef {import('../store.js').Store} Store */
/** @typedef {import('../records.js').AnyRecord} AnyRecord */
/** @typedef {import('../records.js').NodeRecord} NodeRecord */
/** @typedef {import('../records.js').LinkRecord} LinkRecord */
/** @typedef {import('../records.js').GroupRecord} GroupRecord */
/** @typedef {import('../records.js').RerouteRecord} RerouteRecord */
/** @typedef {import('../records.js').GraphRecord} GraphRecord */

/**
 * `links` are those between the copied nodes, `incoming` those that come into them from elsewhere.
 * `subgraphs` has all records of the subgraphs that copied nodes stand for.
 * @typedef {{
 *   readonly kind: 'safelight/clipboard', readonly version: 1, readonly graph: string,
 *   readonly nodes: readonly NodeRecord[], readonly links: readonly LinkRecord[],
 *   readonly incoming: readonly LinkRecord[], readonly groups: readonly GroupRecord[],
 *   readonly reroutes: readonly RerouteRecord[], readonly subgraphs: readonly AnyRecord[],
 * }} Clip
 */

/** @param {Store} store @param {Iterable<string>} keys @returns {Clip | null} null if there is nothing to copy */
export function copy(store, keys) {
  const records = [...keys].map((key) => store.get(key));
  const nodes = records.filter((record) => record?.kind === 'node');
  const groups = records.filter((record) => record?.kind === 'group');
  const graph = (nodes[0] ?? groups[0])?.graph;
  if (graph === undefined) return null;
  const copied = new Set(nodes.map((node) => node.id));
  const into = nodes.flatMap((node) => store.linksInto(nodeKey(graph, node.id)));
  const links = into.filter((link) => copied.has(link.from));
  const led = new Set(links.flatMap((link) => link.reroutes));
  const reroutes = [...store.all('reroute', graph)].filter((reroute) => led.has(reroute.id));
  return structuredClone({
    kind: 'safelight/clipboard',
    version: 1,
    graph,
    nodes,
    links,
    incoming: into.filter((link) => !copied.has(link.from)),
    groups,
    reroutes,
    subgraphs: subgraphsOf(store, nodes),
  });
}

/** All records of the subgraphs that nodes stand for, inner ones included.
 * @param {Store} store @param {readonly NodeRecord[]} nodes @returns {AnyRecord[]} */
function subgraphsOf(store, nodes) {
  const found = new Set(nodes.map((node) => node.type).filter((type) => store.graph(type)));
  for (const id of found) {
    for (const node of store.all('node', id)) if (store.graph(node.type)) found.add(node.type);
  }
  return [...found].flatMap((id) => [
    ...[store.graph(id)].filter((graph) => graph !== undefined),
    ...contents(store, id),
  ]);
}

/** @param {Store} store @param {string} graph @returns {AnyRecord[]} */
export function contents(store, graph) {
  return [
    ...store.all('node', graph),
    ...store.all('link', graph),
    ...store.all('group', graph),
    ...store.all('reroute', graph),
  ];
}

/** Read a copy back from JSON that came from who knows where. @param {unknown} data @returns {Clip | null} */
export function readClip(data) {
  if (!isObject(data) || data.kind !== 'safelight/clipboard' || data.version !== 1) return null;
  const lists = ['nodes', 'links', 'incoming', 'groups', 'reroutes', 'subgraphs'];
  if (!lists.every((name) => Array.isArray(data[name]))) return null;
  return /** @type {Clip} */ (/** @type {unknown} */ (data));
}

/**
 * Paste a copy into a graph. A subgraph that is there already is used again; a node that would put
 * a subgraph into itself is left out.
 * @param {Transaction} tx @param {Clip} clip
 * @param {{graph: string, x?: number, y?: number, dx?: number, dy?: number, keepIncoming?: boolean}} where
 *   the upper left corner, or else how far from where it was
 * @returns {string[]} the keys of what was pasted
 */
export function paste(tx, clip, { graph, x, y, dx = 0, dy = 0, keepIncoming = false }) {
  bringSubgraphs(tx, clip);
  const nodes = clip.nodes.filter((node) => mayContain(tx.store, graph, node.type).ok);
  const box = around([...nodes, ...clip.groups]);
  const right = x === undefined || !box ? dx : x - box.x;
  const down = y === undefined || !box ? dy : y - box.y;
  const shift = (/** @type {{x: number, y: number}} */ one) => ({ x: one.x + right, y: one.y + down });
  const renamed = new Map(nodes.map((node) => [node.id, '']));
  const points = new Map(clip.reroutes.map((reroute) => [reroute.id, '']));
  /** @type {string[]} */
  const keys = [];
  for (const node of nodes) {
    const id = tx.store.newId('node', graph);
    renamed.set(node.id, id);
    keys.push(keyOf(tx.put({ ...node, ...shift(node), id, graph })));
  }
  for (const group of clip.groups) {
    const id = tx.store.newId('group', graph);
    keys.push(keyOf(tx.put({ ...group, ...shift(group), id, graph })));
  }
  for (const reroute of clip.reroutes) {
    const id = tx.store.newId('reroute', graph);
    points.set(reroute.id, id);
    tx.put({ ...reroute, ...shift(reroute), id, graph, parent: null });
  }
  const led = (/** @type {LinkRecord} */ link) => link.reroutes.map((id) => points.get(id) ?? '').filter(Boolean);
  for (const link of clip.links) {
    const from = renamed.get(link.from);
    const to = renamed.get(link.to);
    if (!from || !to) continue;
    const id = tx.store.newId('link', graph);
    const reroutes = led(link);
    tx.put({ ...link, id, graph, from, to, reroutes });
    reroutes.forEach((point, index) => follow(tx, graph, point, reroutes[index - 1] ?? null));
  }
  if (keepIncoming && graph === clip.graph) {
    for (const link of clip.incoming) {
      const to = renamed.get(link.to);
      if (!to || !hasSource(tx.store, link)) continue;
      tx.put({ ...link, id: tx.store.newId('link', graph), to, reroutes: [] });
    }
  }
  return keys;
}

/** Whether the output that a link came from is still there. @param {Store} store @param {LinkRecord} link */
function hasSource(store, link) {
  const type = sourceSlots(store, { graph: link.graph, node: link.from })?.[link.fromSlot]?.type;
  return type === link.type || type === '*';
}

/** @param {Transaction} tx @param {string} graph @param {string} id @param {string | null} parent */
function follow(tx, graph, id, parent) {
  const reroute = tx.store.get(keyFor('reroute', graph, id));
  if (reroute?.kind === 'reroute' && parent) tx.put({ ...reroute, parent });
}

/** @param {Transaction} tx @param {Clip} clip */
function bringSubgraphs(tx, clip) {
  const graphs = clip.subgraphs.filter((record) => record.kind === 'graph');
  const missing = new Set(graphs.filter(({ id }) => !tx.store.get(graphKey(id))).map(({ id }) => id));
  for (const record of clip.subgraphs) {
    if (missing.has(record.kind === 'graph' ? record.id : record.graph)) tx.put(record);
  }
}

/** @param {Transaction} tx @param {Iterable<string>} keys
 * @param {{dx?: number, dy?: number, keepIncoming?: boolean}} [options] @returns {string[]} the keys of the copies */
export function duplicate(tx, keys, { dx = 30, dy = 30, keepIncoming = false } = {}) {
  const clip = copy(tx.store, keys);
  return clip ? paste(tx, clip, { graph: clip.graph, dx, dy, keepIncoming }) : [];
}
