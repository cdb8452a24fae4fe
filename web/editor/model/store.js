// @ts-check
/**
 * The store: every record of one open workflow, changed in transactions and nowhere else.
 *
 * A transaction happens whole or, if it throws, not at all. Whoever subscribes is told once after
 * each, with the difference that it made. Indexes are kept live.
 */

import { Indexes } from './indexes.js';
import { graphKey, keyFor, keyOf, nodeKey } from './keys.js';

/** @typedef {import('./records.js').AnyRecord} AnyRecord */
/** @typedef {import('./records.js').NodeRecord} NodeRecord */
/** @typedef {import('./records.js').LinkRecord} LinkRecord */
/** @typedef {import('./records.js').GraphRecord} GraphRecord */
/** @typedef {import('./records.js').Diff} Diff */

/** @typedef {{node: import('./records.js').NodeRecord, link: LinkRecord,
 *   group: import('./records.js').GroupRecord, reroute: import('./records.js').RerouteRecord,
 *   graph: GraphRecord}} RecordOfKind */

/** `history: false` for what is not the user's doing and not to be undone.
 * @typedef {{readonly history?: boolean}} TransactionOptions */

/** @typedef {(diff: Diff, name: string, options: TransactionOptions) => void} Listener */

/** @typedef {Map<string, {before: AnyRecord | undefined, after: AnyRecord | undefined}>} Changes */

/** What an edit is given to change the store with. */
export class Transaction {
  /** @param {Store} store @param {Changes} changes */
  constructor(store, changes) {
    /** @readonly */
    this.store = store;
    /** @readonly @type {Diff} */
    this.changes = changes;
  }

  /** Add a record, or replace the one with its key. @template {AnyRecord} R @param {R} record @returns {R} */
  put(record) {
    this.store.write(this, keyOf(record), record);
    return record;
  }

  /** @param {string} key */
  delete(key) {
    this.store.write(this, key, undefined);
  }
}

export class Store {
  /** Another number with every change; the one of before where undoing brings back just what was there. */
  revision = 0;
  #latest = 0;
  /** Grows with every change of what nodes are and hold; how they look and where they are is no part of it. */
  shapeRevision = 0;
  /** @type {Map<string, AnyRecord>} */
  #records = new Map();
  #indexes = new Indexes();
  /** @type {Set<Listener>} */
  #listeners = new Set();
  /** @type {{transaction: Transaction, changes: Changes} | null} */
  #open = null;

  /** @param {Iterable<AnyRecord>} [records] */
  constructor(records = []) {
    for (const record of records) this.#set(keyOf(record), record);
  }

  /** @param {string} key @returns {AnyRecord | undefined} */
  get(key) {
    return this.#records.get(key);
  }

  /** @param {string} graph @param {string} id @returns {NodeRecord | undefined} */
  node(graph, id) {
    return /** @type {NodeRecord | undefined} */ (this.#records.get(nodeKey(graph, id)));
  }

  /** @param {string} id @returns {GraphRecord | undefined} */
  graph(id) {
    return /** @type {GraphRecord | undefined} */ (this.#records.get(graphKey(id)));
  }

  /** The records of a kind in a graph; of kind 'graph', all there are.
   * @template {keyof RecordOfKind} K
   * @param {K} kind @param {string} [graph] @returns {IterableIterator<RecordOfKind[K]>} */
  all(kind, graph = '') {
    return /** @type {IterableIterator<RecordOfKind[K]>} */ (
      this.#indexes.all(kind, graph).values()
    );
  }

  /** How many there are of a kind in a graph. @param {keyof RecordOfKind} kind @param {string} [graph] */
  count(kind, graph = '') {
    return this.#indexes.all(kind, graph).size;
  }

  /** @param {string} node a node's key @param {number} [slot] @returns {readonly LinkRecord[]} */
  linksInto(node, slot) {
    const links = this.#indexes.into(node);
    return slot === undefined ? links : links.filter((link) => link.toSlot === slot);
  }

  /** @param {string} node a node's key @param {number} [slot] @returns {readonly LinkRecord[]} */
  linksFrom(node, slot) {
    const links = this.#indexes.from(node);
    return slot === undefined ? links : links.filter((link) => link.fromSlot === slot);
  }

  /** Every record, by key. @returns {ReadonlyMap<string, AnyRecord>} */
  get records() {
    return this.#records;
  }

  /** An id that nothing of this kind in this graph has: one more than the highest number.
   * @param {'node' | 'link' | 'group' | 'reroute'} kind @param {string} graph @returns {string} */
  newId(kind, graph) {
    let id = (this.#highest.get(keyFor(kind, graph, '')) ?? 0) + 1;
    while (this.#records.has(keyFor(kind, graph, String(id)))) id += 1;
    return String(id);
  }

  /**
   * Change records. A call within a call joins it.
   * @param {string} name what the user would call it, as a message key
   * @param {(tx: Transaction) => void} change
   * @param {TransactionOptions} [options]
   * @returns {Diff} what the outermost transaction has changed so far
   */
  transact(name, change, options = {}) {
    if (this.#open) {
      change(this.#open.transaction);
      return this.#open.changes;
    }
    /** @type {Changes} */
    const changes = new Map();
    this.#open = { transaction: new Transaction(this, changes), changes };
    try {
      change(this.#open.transaction);
    } catch (error) {
      for (const [key, { before }] of [...changes].reverse()) this.#set(key, before);
      throw error;
    } finally {
      this.#open = null;
    }
    for (const [key, { before, after }] of changes) if (before === after) changes.delete(key);
    this.#tell(changes, name, options);
    return changes;
  }

  /**
   * Do again, or with `invert` undo, what a diff says.
   * @param {Diff} diff
   * @param {{readonly invert?: boolean, readonly name?: string, readonly revision?: number | null}} [options]
   *   `revision` is the number of what comes back, where that is known to be just as it was
   */
  apply(diff, { invert = false, name = 'apply', revision = null } = {}) {
    const steps = invert ? [...diff].reverse() : diff;
    this.transact(
      name,
      (tx) => {
        for (const [key, { before, after }] of steps) this.write(tx, key, invert ? before : after);
        if (revision !== null) this.revision = revision;
      },
      { history: false },
    );
  }

  /** @param {Listener} listener @returns {() => void} what ends it */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** For transactions only. @param {Transaction} transaction @param {string} key @param {AnyRecord | undefined} after */
  write(transaction, key, after) {
    if (!this.#open || this.#open.transaction !== transaction) {
      throw new Error(`"${key}" can only be changed while its transaction is open`);
    }
    const known = this.#open.changes.get(key);
    if (known) known.after = after;
    else this.#open.changes.set(key, { before: this.#records.get(key), after });
    this.#set(key, after);
  }

  /** The highest number given as an id, by kind and graph. @type {Map<string, number>} */
  #highest = new Map();

  /** @param {string} key @param {AnyRecord | undefined} record */
  #set(key, record) {
    const before = this.#records.get(key);
    if (before === record) return;
    if (record) this.#records.set(key, record);
    else this.#records.delete(key);
    this.#indexes.replace(key, before, record);
    if (record && record.kind !== 'graph') this.#note(record.kind, record.graph, Number(record.id));
    this.revision = this.#latest += 1;
    if (changesShape(before, record)) this.shapeRevision += 1;
  }

  /** @param {string} kind @param {string} graph @param {number} id */
  #note(kind, graph, id) {
    const shelf = `${kind}:${graph}/`;
    if (Number.isSafeInteger(id) && id > (this.#highest.get(shelf) ?? 0)) this.#highest.set(shelf, id);
  }

  /** @param {Diff} diff @param {string} name @param {TransactionOptions} options */
  #tell(diff, name, options) {
    if (diff.size === 0) return;
    for (const listener of [...this.#listeners]) listener(diff, name, options);
  }
}

/** @param {AnyRecord | undefined} before @param {AnyRecord | undefined} after */
function changesShape(before, after) {
  if (before?.kind !== 'node' || after?.kind !== 'node') {
    return ['node', 'link', 'graph'].includes((before ?? after)?.kind ?? '');
  }
  return before.values !== after.values || before.inputs !== after.inputs || before.type !== after.type;
}
