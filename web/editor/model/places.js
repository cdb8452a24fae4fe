// @ts-check
/**
 * Where in the workflow a graph is looked at: a subgraph that is used twice is in two places, which
 * run apart. A place is the ids of the nodes that are entered on the way from the root graph; jobs
 * name nodes by it (`5:12` is node 12 inside 5).
 */

import { ROOT } from './records.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {readonly string[]} Place */

/** How jobs name a node. @param {Place} place @param {string} id */
export const nameAt = (place, id) => [...place, id].join(':');

/** Which graph is at a place; null where a node on the way is gone, or stands for no subgraph.
 * @param {Store} store @param {Place} place @returns {string | null} */
export function graphAt(store, place) {
  let graph = ROOT;
  for (const id of place) {
    const type = store.node(graph, id)?.type;
    if (type === undefined || !store.graph(type)) return null;
    graph = type;
  }
  return graph;
}

/** The first place where a graph is. @param {Store} store @param {string} graph @returns {Place | null} */
export function placeOf(store, graph) {
  /** @type {{graph: string, place: Place}[]} */
  const found = [{ graph: ROOT, place: [] }];
  const seen = new Set([ROOT]);
  for (const one of found) {
    if (one.graph === graph) return one.place;
    for (const { id, type } of store.all('node', one.graph)) {
      if (seen.has(type) || !store.graph(type)) continue;
      seen.add(type);
      found.push({ graph: type, place: [...one.place, id] });
    }
  }
  return null;
}

/** The node of the graph at a place that is, or contains, what a job names; null for what is elsewhere.
 * @param {Place} place @param {string} name @returns {string | null} */
export function idAt(place, name) {
  const before = place.length ? `${place.join(':')}:` : '';
  return name.startsWith(before) ? (name.slice(before.length).split(':')[0] ?? null) : null;
}

/** What a job names. @param {Store} store @param {string} name @returns {import('./records.js').NodeRecord | undefined} */
export function nodeNamed(store, name) {
  const place = name.split(':');
  const id = place.pop() ?? '';
  const graph = graphAt(store, place);
  return graph === null ? undefined : store.node(graph, id);
}
