// @ts-check
/**
 * What the store can answer without a search: records by kind and graph, links by their ends.
 *
 * Records of a kind come in the order in which their keys were first seen, also after one has been
 * deleted and brought back, so that undoing a deletion restores what lies above what.
 */

import { keyOf, nodeKey } from './keys.js';

/** @typedef {import('./records.js').AnyRecord} AnyRecord */
/** @typedef {import('./records.js').LinkRecord} LinkRecord */

/** @type {readonly never[]} */
const NONE = Object.freeze([]);

/** Records by key, in the order of their keys' first appearance. */
class Shelf {
  /** @type {Map<string, AnyRecord>} */
  records = new Map();
  /** @type {Map<string, number>} */
  #places = new Map();
  #disordered = false;

  /** @param {string} key @param {AnyRecord} record */
  put(key, record) {
    const place = this.#places.get(key);
    if (place === undefined) this.#places.set(key, this.#places.size);
    else if (!this.records.has(key)) this.#disordered = true;
    this.records.set(key, record);
  }

  /** @returns {Map<string, AnyRecord>} */
  sorted() {
    if (this.#disordered) {
      const place = (/** @type {string} */ key) => this.#places.get(key) ?? 0;
      this.records = new Map([...this.records].sort(([a], [b]) => place(a) - place(b)));
      this.#disordered = false;
    }
    return this.records;
  }
}

export class Indexes {
  /** @type {Map<string, Shelf>} */
  #shelves = new Map();
  /** @type {Map<string, LinkRecord[]>} */
  #into = new Map();
  /** @type {Map<string, LinkRecord[]>} */
  #from = new Map();

  /** @param {string} key @param {AnyRecord | undefined} before @param {AnyRecord | undefined} after */
  replace(key, before, after) {
    if (before?.kind === 'link') this.#unlink(before);
    if (after?.kind === 'link') this.#link(after);
    if (after) this.#shelf(after.kind, graphOf(after)).put(key, after);
    else if (before) this.#shelf(before.kind, graphOf(before)).records.delete(key);
  }

  /** @param {string} kind @param {string} graph @returns {Map<string, AnyRecord>} */
  all(kind, graph) {
    return this.#shelf(kind, graph).sorted();
  }

  /** @param {string} node a node's key @returns {readonly LinkRecord[]} */
  into(node) {
    return this.#into.get(node) ?? NONE;
  }

  /** @param {string} node a node's key @returns {readonly LinkRecord[]} */
  from(node) {
    return this.#from.get(node) ?? NONE;
  }

  /** @param {string} kind @param {string} graph */
  #shelf(kind, graph) {
    const name = `${kind}:${graph}`;
    let shelf = this.#shelves.get(name);
    if (!shelf) this.#shelves.set(name, (shelf = new Shelf()));
    return shelf;
  }

  /** @param {LinkRecord} link */
  #link(link) {
    add(this.#into, nodeKey(link.graph, link.to), link);
    add(this.#from, nodeKey(link.graph, link.from), link);
  }

  /** @param {LinkRecord} link */
  #unlink(link) {
    remove(this.#into, nodeKey(link.graph, link.to), link);
    remove(this.#from, nodeKey(link.graph, link.from), link);
  }
}

/** @param {AnyRecord} record */
const graphOf = (record) => (record.kind === 'graph' ? '' : record.graph);

/** Lists are replaced, not changed, since callers may be walking through one.
 * @param {Map<string, LinkRecord[]>} index @param {string} key @param {LinkRecord} link */
function add(index, key, link) {
  const links = [...(index.get(key) ?? NONE), link];
  const number = (/** @type {LinkRecord} */ one) => Number(one.id) || 0;
  index.set(key, links.sort((a, b) => number(a) - number(b) || (keyOf(a) < keyOf(b) ? -1 : 1)));
}

/** @param {Map<string, LinkRecord[]>} index @param {string} key @param {LinkRecord} link */
function remove(index, key, link) {
  const left = (index.get(key) ?? NONE).filter((one) => one !== link);
  if (left.length) index.set(key, left);
  else index.delete(key);
}
