// @ts-check
/**
 * Where drafts lie: in the browser's database, which has on disk what it says it has, even if the
 * browser is killed then. Values are text. A draft is `about`, a `base` and numbered `edits`.
 */

/** @typedef {{readonly id: string, readonly about: string, readonly base: string, readonly edits: readonly {readonly number: number, readonly text: string}[]}} Kept */

const NAME = 'safelight';

export class DraftShelf {
  #database;

  /** @param {IDBDatabase} database */
  constructor(database) {
    this.#database = database;
    database.onversionchange = () => database.close();
  }

  /** @returns {Promise<DraftShelf | null>} null where the browser has no database for us */
  static open() {
    return new Promise((answer) => {
      try {
        const request = indexedDB.open(NAME, 1);
        request.onupgradeneeded = () => {
          request.result.createObjectStore('abouts');
          request.result.createObjectStore('bases');
          request.result.createObjectStore('edits');
        };
        request.onsuccess = () => answer(new DraftShelf(request.result));
        request.onerror = request.onblocked = () => answer(null);
      } catch {
        answer(null);
      }
    });
  }

  /** @returns {Promise<string[]>} */
  ids() {
    return asked(this.#begin('readonly').objectStore('abouts').getAllKeys()).then((keys) => keys.map(String));
  }

  /** @param {string} id @returns {Promise<Kept | null>} */
  async read(id) {
    const transaction = this.#begin('readonly');
    const range = rangeOf(id);
    const [about, base, keys, texts] = await Promise.all([
      asked(transaction.objectStore('abouts').get(id)), asked(transaction.objectStore('bases').get(id)),
      asked(transaction.objectStore('edits').getAllKeys(range)), asked(transaction.objectStore('edits').getAll(range)),
    ]);
    if (typeof about !== 'string' || typeof base !== 'string') return null;
    const edits = keys.map((key, index) => ({ number: Number(/** @type {unknown[]} */ (key)[1]), text: String(texts[index]) }));
    return { id, about, base, edits };
  }

  /** Keep all of a draft; its edits of before are in it. @param {string} id @param {string} about @param {string} base */
  putBase(id, about, base) {
    return this.#write((transaction) => {
      transaction.objectStore('abouts').put(about, id);
      transaction.objectStore('bases').put(base, id);
      transaction.objectStore('edits').delete(rangeOf(id));
    });
  }

  /** Keep what has changed. @param {string} id @param {string} about @param {number} number @param {string} text empty for nothing */
  putEdit(id, about, number, text) {
    return this.#write((transaction) => {
      transaction.objectStore('abouts').put(about, id);
      if (text) transaction.objectStore('edits').put(text, [id, number]);
    });
  }

  /** @param {string} id */
  delete(id) {
    return this.#write((transaction) => {
      transaction.objectStore('abouts').delete(id);
      transaction.objectStore('bases').delete(id);
      transaction.objectStore('edits').delete(rangeOf(id));
    });
  }

  /** @param {(transaction: IDBTransaction) => void} change @returns {Promise<void>} rejected where there is no room */
  #write(change) {
    return new Promise((done, fail) => {
      const transaction = this.#begin('readwrite');
      transaction.oncomplete = () => done();
      transaction.onabort = transaction.onerror = () => fail(transaction.error);
      change(transaction);
      transaction.commit();
    });
  }

  /** @param {IDBTransactionMode} mode */
  #begin(mode) {
    return this.#database.transaction(['abouts', 'bases', 'edits'], mode, { durability: 'strict' });
  }
}

/** The edits of one draft. @param {string} id */
const rangeOf = (id) => IDBKeyRange.bound([id, 0], [id, Infinity]);

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const asked = (request) => new Promise((answer, fail) => {
  request.onsuccess = () => answer(request.result);
  request.onerror = () => fail(request.error);
});
