// @ts-check
/** The subgraphs of a workflow, as classes of which more nodes can be added. */

import { Definitions } from './definitions.js';
import { ROOT } from './records.js';
import { mayContain } from './rules.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./catalogue.js').Catalogue} Catalogue */
/** @typedef {import('./definition.js').Definition} Definition */

/** Those that may be in a graph: none is in itself. @param {Store} store @param {Catalogue} catalogue @param {string} graph @returns {Definition[]} */
export function ownSubgraphs(store, catalogue, graph) {
  const definitions = new Definitions(store, catalogue);
  return [...store.all('graph')]
    .filter(({ id }) => id !== ROOT && mayContain(store, graph, id).ok)
    .map((subgraph) => definitions.ofSubgraph(subgraph))
    .sort((a, b) => a.title.localeCompare(b.title));
}
