// @ts-check
/**
 * Undo and redo: what transactions changed, gathered between marks.
 *
 * A mark is set before each thing that the user does; undoing goes back to the last mark before
 * which something changed. Nothing here knows what the changes mean.
 */

/** @typedef {import('../model/store.js').Store} Store */
/** @typedef {import('../model/records.js').AnyRecord} AnyRecord */
/** @typedef {import('../model/records.js').Diff} Diff */
/** @typedef {Map<string, {before: AnyRecord | undefined, after: AnyRecord | undefined}>} Changes */
/** `from` and `to` are the store's revisions before and after it.
 * @typedef {{readonly name: string, readonly changes: Changes, from: number, to: number}} Entry */

export class History {
  #store;
  /** @type {Entry[]} */
  #done = [];
  /** @type {Entry[]} */
  #undone = [];
  /** Whether the last entry still gathers what comes. */
  #open = false;
  /** @type {Set<() => void>} */
  #listeners = new Set();
  #unsubscribe;

  /** @param {Store} store */
  constructor(store) {
    this.#store = store;
    this.#heard = store.revision;
    this.#unsubscribe = store.subscribe((diff, name, { history = true }) => {
      if (history) this.#record(diff, name);
      this.#heard = store.revision;
    });
  }

  /** The store's revision when it last told of something. */
  #heard;

  /** Begin a new step: what has been done until now is undone apart from what comes.
   * @param {string} [name] what it is called; by default as its first transaction is */
  mark(name = '') {
    this.#open = false;
    this.#name = name;
  }

  /** @returns {boolean} whether there was something to undo */
  undo() {
    this.#open = false;
    while (this.#done.at(-1)?.changes.size === 0) this.#done.pop();
    const entry = this.#done.pop();
    if (!entry) return false;
    this.#undone.push(entry);
    this.#back(entry, 'undo');
    this.#tell();
    return true;
  }

  /** @returns {boolean} whether there was something to redo */
  redo() {
    const entry = this.#undone.pop();
    this.#open = false;
    if (!entry) return false;
    this.#done.push(entry);
    const isClean = this.#store.revision === entry.from;
    this.#store.apply(entry.changes, { name: 'redo', revision: isClean ? entry.to : null });
    this.#tell();
    return true;
  }

  /** Take back all since the last mark without a trace: a drag was cancelled. */
  bail() {
    if (!this.#open) return;
    this.#open = false;
    const entry = this.#done.pop();
    if (entry) this.#back(entry, 'bail');
    this.#undone = this.#covered;
    this.#tell();
  }

  /** @param {Entry} entry @param {string} name */
  #back(entry, name) {
    // Others may have changed something meanwhile, which stays.
    const isClean = this.#store.revision === entry.to;
    this.#store.apply(entry.changes, { invert: true, name, revision: isClean ? entry.from : null });
  }

  /** What undoing would undo; null for nothing. */
  get undoName() {
    return this.#done.at(-1)?.name ?? null;
  }

  /** What redoing would redo; null for nothing. */
  get redoName() {
    return this.#undone.at(-1)?.name ?? null;
  }

  /** Forget everything, for instance after another workflow has been opened. */
  clear() {
    this.#done = [];
    this.#undone = [];
    this.#open = false;
    this.#tell();
  }

  /** @param {() => void} listener called when what can be undone or redone changes @returns {() => void} */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** End listening to the store. */
  dispose() {
    this.#unsubscribe();
    this.#listeners.clear();
  }

  #name = '';
  /** What could be redone before the open entry began. @type {Entry[]} */
  #covered = [];

  /** @param {Diff} diff @param {string} name */
  #record(diff, name) {
    const last = this.#done.at(-1);
    if (this.#open && last) {
      merge(last.changes, diff);
      if (last.to === this.#heard) last.to = this.#store.revision;
    } else {
      /** @type {Changes} */
      const changes = new Map();
      merge(changes, diff);
      this.#done.push({ name: this.#name || name, changes, from: this.#heard, to: this.#store.revision });
      this.#covered = this.#undone;
      this.#undone = [];
      this.#open = true;
    }
    this.#tell();
  }

  #tell() {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** @param {Changes} changes @param {Diff} diff */
function merge(changes, diff) {
  for (const [key, { before, after }] of diff) {
    const known = changes.get(key);
    if (!known) changes.set(key, { before, after });
    else if (known.before === after) changes.delete(key);
    else known.after = after;
  }
}
