// @ts-check
/**
 * Unsaved work, kept in the browser so that it survives a crash. Each open workflow is a draft of
 * its own; the window that has it open holds a lock on it, so that two windows never write the same
 * one, and a new window takes up what no window has open.
 *
 * Soon after each edit what it changed is written to the browser's database. A page that goes away
 * leaves the last of it in `localStorage` as well, which alone is written before it is gone.
 */

import { writeUi } from '../formats/ui_writer.js';
import { parseJson, writeJson } from '../lib/exact.js';
import { asList, asNumber, asObject, asText } from '../lib/json.js';
import { keyOf } from '../model/keys.js';
import { Store } from '../model/store.js';
import { Pending, allOf, replay } from './draft_journal.js';
import { DraftLocks } from './draft_locks.js';
import { DraftShelf } from './draft_shelf.js';

/** @typedef {import('./document.js').Document} Document */
/** @typedef {import('./document.js').Origin} Origin */
/** @typedef {import('../model/catalogue.js').Catalogue} Catalogue */
/** `number` counts its writings, `wantsBase` says that all of it is to be written, `size` are the characters of edits behind the base.
 * @typedef {{readonly document: Document, readonly pending: Pending, readonly opened: number, number: number, wantsBase: boolean,
 *   baseSize: number, size: number, timer: number, end(): void}} Draft */

/** @typedef {Origin & {opened: number, number: number}} Found */

/** What a page that went away had not written: all of it, or one more step. */
const LAST = 'safelight.last.';
/** Drafts of the first kind: whole files. */
const OLD = 'safelight.draft.';
/** Milliseconds from an edit to its writing. */
const PAUSE = 150;
/** So many characters of edits are never too many; nor are so many times those of the base. */
const FEW = 1_000_000;
const TIMES = 4;

export class Drafts {
  /** @type {Map<string, Draft>} */
  #drafts = new Map();
  /** Where those that were found are to go on. @type {Map<string, {opened: number, number: number}>} */
  #found = new Map();
  #locks = new DraftLocks();
  #shelf;
  #onFull;

  /** @param {() => void} onFull called when there is no room to keep a draft @param {Promise<DraftShelf | null>} [shelf] */
  constructor(onFull, shelf = DraftShelf.open()) {
    this.#onFull = onFull;
    this.#shelf = /** @type {DraftShelf | null} */ (null);
    this.ready = shelf.then((found) => void (this.#shelf = found));
    addEventListener('pagehide', () => this.flush());
    document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && this.flush());
  }

  /** What was open and no other window has open now. @param {Catalogue} catalogue @returns {Promise<Origin[]>} */
  async adopt(catalogue) {
    await this.ready;
    const ids = new Set(await this.#shelf?.ids().catch(() => []));
    for (const key of Object.keys(localStorage)) {
      for (const prefix of [LAST, OLD]) if (key.startsWith(prefix)) ids.add(key.slice(prefix.length));
    }
    const free = await Promise.all([...ids].map(async (id) => ((await this.#locks.take(id)) ? [id] : [])));
    const found = [];
    for (const id of free.flat()) {
      const draft = await this.#read(id, catalogue).catch((error) => void console.warn('draft', id, error));
      if (draft) found.push({ ...draft, id });
      else this.#locks.release(id);
    }
    for (const { id, opened, number } of found) this.#found.set(id, { opened, number });
    return found.sort((a, b) => a.opened - b.opened);
  }

  /** Keep a document, and what is done to it from now on. @param {Document} document */
  follow(document) {
    const { id, store, run } = document;
    const pending = new Pending();
    let jobs = jobsOf(run);
    const ends = [
      store.subscribe((diff) => {
        pending.add(diff);
        this.keep(document);
      }),
      run.subscribe(() => {
        if (jobsOf(run) === jobs) return;
        jobs = jobsOf(run);
        this.keep(document);
      }),
    ];
    void this.#locks.take(id);
    const { opened, number } = this.#found.get(id) ?? { opened: Date.now(), number: 0 };
    this.#drafts.set(id, {
      document, pending, opened, number, wantsBase: true, baseSize: 0, size: 0, timer: 0,
      end: () => ends.forEach((end) => end()),
    });
    this.keep(document);
  }

  /** Keep soon what is known of a document. @param {Document} document */
  keep({ id }) {
    const draft = this.#drafts.get(id);
    if (draft && !draft.timer) draft.timer = window.setTimeout(() => whenIdle(() => this.#write(draft)), PAUSE);
  }

  /** Keep at once what waits, so that it is there even if this page is gone with the next step. */
  flush() {
    for (const draft of this.#drafts.values()) if (draft.timer) this.#write(draft, true);
  }

  /** @param {string} id */
  forget(id) {
    const draft = this.#drafts.get(id);
    draft?.end();
    clearTimeout(draft?.timer);
    this.#drafts.delete(id);
    for (const prefix of [LAST, OLD]) localStorage.removeItem(prefix + id);
    void this.ready.then(() => this.#shelf?.delete(id)).catch(() => undefined).finally(() => this.#locks.release(id));
  }

  /** @param {Draft} draft @param {boolean} [leaves] whether the page may be gone at once */
  #write(draft, leaves = false) {
    const { document: { id, store }, pending } = draft;
    if (!draft.timer || this.#drafts.get(id) !== draft) return;
    clearTimeout(draft.timer);
    draft.timer = 0;
    const whole = draft.wantsBase || !this.#shelf || draft.size > Math.max(FEW, TIMES * draft.baseSize);
    const changes = pending.take();
    const text = whole ? writeJson(allOf(store).map((record) => [keyOf(record), record])) : changes.length ? writeJson(changes) : '';
    const about = aboutOf(draft);
    draft.number += 1;
    draft.wantsBase = false;
    draft.size = whole ? 0 : draft.size + text.length;
    if (whole) draft.baseSize = text.length;
    if (leaves || !this.#shelf) this.#leave(draft, about, whole, text);
    if (!this.#shelf) return;
    const written = whole ? this.#shelf.putBase(id, about, text) : this.#shelf.putEdit(id, about, draft.number, text);
    const { number } = draft;
    written.then(() => this.#arrived(draft, number), () => {
      draft.wantsBase = true;
      this.#onFull();
    });
  }

  /** @param {Draft} draft @param {string} about @param {boolean} whole @param {string} text */
  #leave({ document: { id }, number }, about, whole, text) {
    try {
      localStorage.setItem(LAST + id, writeJson({ number, about, whole, text }));
    } catch {
      this.#onFull();
    }
  }

  /** What is in the database need not lie elsewhere. @param {Draft} draft @param {number} number */
  #arrived({ document: { id } }, number) {
    localStorage.removeItem(OLD + id);
    const last = asObject(parse(localStorage.getItem(LAST + id)));
    if (asNumber(last['number'], 0) <= number) localStorage.removeItem(LAST + id);
  }

  /** @param {string} id @param {Catalogue} catalogue @returns {Promise<Found | null>} */
  async #read(id, catalogue) {
    const kept = await this.#shelf?.read(id);
    const last = asObject(parse(localStorage.getItem(LAST + id)));
    const about = asObject(parse(asText(last['about']) || kept?.about || null));
    const isNewer = asNumber(last['number'], 0) > asNumber(asObject(parse(kept?.about ?? null))['number'], 0);
    const base = isNewer && last['whole'] ? asText(last['text']) : kept?.base;
    if (!base) return readOld(localStorage.getItem(OLD + id));
    const steps = isNewer && last['whole'] ? [] : [...(kept?.edits.map(({ text }) => text) ?? []), ...(isNewer ? [asText(last['text'])] : [])];
    const records = replay(parseJson(base), steps.filter(Boolean).map((step) => parseJson(step)));
    return { ...originOf(about), number: Math.max(asNumber(last['number'], 0), asNumber(about['number'], 0)), json: writeUi(new Store(records), catalogue) };
  }
}

/** @param {import('../net/run_state.js').RunState} run */
const jobsOf = ({ job, next }) => [job, ...next].join();

/** @param {Draft} draft @returns {string} */
function aboutOf({ document: { name, nameKey, path, stamp, isUnsaved, run, since }, opened, number }) {
  return writeJson({ name, nameKey, path, stamp, unsaved: isUnsaved, job: run.job, next: run.next, since, opened, number: number + 1 });
}

/** @param {import('../lib/json.js').JsonObject} about @returns {Origin & {opened: number}} */
function originOf({ name, nameKey, path, stamp, unsaved, job, next, since, opened }) {
  return {
    name: asText(name), nameKey: asText(nameKey) || 'untitled', path: asText(path), stamp: asText(stamp), unsaved: unsaved === true,
    job: asText(job), next: asList(next).map(asText), since: asNumber(since, 0), opened: asNumber(opened, 0),
  };
}

/** @param {string | null} text @returns {Found | null} */
function readOld(text) {
  const old = asObject(parse(text));
  return old['json'] ? { ...originOf(old), number: 0, json: old['json'] } : null;
}

/** @param {string | null} text @returns {any} */
function parse(text) {
  try {
    return parseJson(text ?? 'null');
  } catch {
    return null;
  }
}

/** Between frames, and yet soon. @param {() => void} work */
const whenIdle = (work) => ('requestIdleCallback' in globalThis ? requestIdleCallback(work, { timeout: 100 }) : work());
