// @ts-check
/**
 * Unsaved work, kept in the browser so that it survives a crash. Each open workflow is a draft of
 * its own; the window that has it open holds a lock on it, so that two windows never write the same
 * one, and a new window takes up what no window has open.
 */

import { parseJson, writeJson } from '../lib/exact.js';
import { asNumber, asObject, asText } from '../lib/json.js';

/** @typedef {import('./document.js').Document} Document */
/** @typedef {import('./document.js').Origin} Origin */

const PREFIX = 'safelight.draft.';
const PAUSE = 400;

export class Drafts {
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  #timers = new Map();
  /** @type {Map<string, () => void>} */
  #locks = new Map();
  #onFull;

  /** @param {() => void} onFull called when there is no room to keep a draft */
  constructor(onFull) {
    this.#onFull = onFull;
    addEventListener('pagehide', () => this.flush());
  }

  /** What was open and no other window has open now. @returns {Promise<Origin[]>} */
  async adopt() {
    const found = [];
    for (const key of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) {
      const id = key.slice(PREFIX.length);
      if (!(await this.#lock(id))) continue;
      const draft = readDraft(key);
      if (draft) found.push({ ...draft, id });
      else this.forget(id);
    }
    return found.sort((a, b) => a.opened - b.opened);
  }

  /** @type {Map<string, Document>} */
  #waiting = new Map();

  /** Keep a document soon. @param {Document} document */
  keep(document) {
    this.#waiting.set(document.id, document);
    if (this.#timers.has(document.id)) return;
    void this.#lock(document.id);
    this.#timers.set(document.id, setTimeout(() => this.#write(document), PAUSE));
  }

  /** Keep at once what waits. */
  flush() {
    for (const document of this.#waiting.values()) this.#write(document);
  }

  /** @param {string} id */
  forget(id) {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.#waiting.delete(id);
    localStorage.removeItem(PREFIX + id);
    this.#locks.get(id)?.();
    this.#locks.delete(id);
  }

  /** @param {Document} document */
  #write(document) {
    clearTimeout(this.#timers.get(document.id));
    this.#timers.delete(document.id);
    this.#waiting.delete(document.id);
    const { id, name, nameKey, path, stamp, isUnsaved, run, since } = document;
    const known = asObject(parse(localStorage.getItem(PREFIX + id)));
    const draft = { name, nameKey, path, stamp, unsaved: isUnsaved, json: document.toJson(), job: run.job, since, opened: asNumber(known['opened'], Date.now()) };
    try {
      localStorage.setItem(PREFIX + id, writeJson(draft));
    } catch {
      this.#onFull();
    }
  }

  /** @param {string} id @returns {Promise<boolean>} whether this window has it now */
  #lock(id) {
    if (!navigator.locks || this.#locks.has(id)) return Promise.resolve(true);
    return new Promise((answer) => {
      void navigator.locks.request(PREFIX + id, { ifAvailable: true }, (lock) => {
        answer(lock !== null);
        if (!lock) return undefined;
        return new Promise((release) => this.#locks.set(id, () => release(undefined)));
      });
    });
  }
}

/** @param {string} key @returns {(Origin & {opened: number}) | null} */
function readDraft(key) {
  const { name, nameKey, path, stamp, unsaved, json, job, since, opened } = asObject(parse(localStorage.getItem(key)));
  if (!json) return null;
  return {
    name: asText(name), nameKey: asText(nameKey) || 'untitled', path: asText(path), stamp: asText(stamp), unsaved: unsaved === true, json,
    job: asText(job), since: asNumber(since, 0), opened: asNumber(opened, 0),
  };
}

/** @param {string | null} text @returns {unknown} */
function parse(text) {
  try {
    return parseJson(text ?? 'null');
  } catch {
    return null;
  }
}
