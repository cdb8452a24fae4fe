// @ts-check
/**
 * Keys: what the store knows a record by. Ids are those of files and unique only among the records
 * of one kind in one graph; a key is unique in the store. Keys are made here and taken apart nowhere.
 */

/** @typedef {import('./records.js').AnyRecord} AnyRecord */

/** A kind of record. @typedef {AnyRecord['kind']} Kind */

/** @param {AnyRecord} record @returns {string} */
export function keyOf(record) {
  return record.kind === 'graph' ? graphKey(record.id) : keyFor(record.kind, record.graph, record.id);
}

/** @param {Kind} kind @param {string} graph @param {string} id @returns {string} */
export function keyFor(kind, graph, id) {
  return `${kind}:${graph}/${id}`;
}

/** @param {string} graph @param {string} id @returns {string} */
export const nodeKey = (graph, id) => keyFor('node', graph, id);

/** @param {string} graph @param {string} id @returns {string} */
export const linkKey = (graph, id) => keyFor('link', graph, id);

/** @param {string} id @returns {string} */
export const graphKey = (id) => `graph:${id}`;
