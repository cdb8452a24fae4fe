// @ts-check
/** Which records are selected, by key. */

/** @typedef {(changed: ReadonlySet<string>) => void} SelectionListener */

export class Selection {
  /** @type {Set<string>} */
  #keys = new Set();
  /** @type {Set<SelectionListener>} */
  #listeners = new Set();

  /** @param {string} key */
  has(key) {
    return this.#keys.has(key);
  }

  /** In the order in which they were selected. @returns {ReadonlySet<string>} */
  get keys() {
    return this.#keys;
  }

  get size() {
    return this.#keys.size;
  }

  /** Select these and nothing else. @param {Iterable<string>} keys */
  set(keys) {
    this.#become(new Set(keys));
  }

  /** @param {Iterable<string>} keys */
  add(keys) {
    this.#become(new Set([...this.#keys, ...keys]));
  }

  /** @param {Iterable<string>} keys */
  remove(keys) {
    const gone = new Set(keys);
    this.#become(new Set([...this.#keys].filter((key) => !gone.has(key))));
  }

  /** @param {string} key */
  toggle(key) {
    if (this.has(key)) this.remove([key]);
    else this.add([key]);
  }

  clear() {
    this.#become(new Set());
  }

  /** Forget what is no longer there. @param {(key: string) => boolean} exists */
  keepOnly(exists) {
    this.#become(new Set([...this.#keys].filter(exists)));
  }

  /** @param {SelectionListener} listener is told which keys changed sides @returns {() => void} */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** @param {Set<string>} next */
  #become(next) {
    const changed = new Set([...next].filter((key) => !this.#keys.has(key)));
    for (const key of this.#keys) if (!next.has(key)) changed.add(key);
    if (changed.size === 0) return;
    this.#keys = next;
    for (const listener of [...this.#listeners]) listener(changed);
  }
}
