// @ts-check
/** One open workflow: its records, its undo, how its last job fares, and where it is kept. */

import { History } from '../history/history.js';
import { nameAt } from '../model/places.js';
import { t } from '../lib/i18n.js';
import { uuid } from '../lib/uuid.js';
import { ROOT } from '../model/records.js';
import { Store } from '../model/store.js';
import { readUi } from '../formats/ui_reader.js';
import { writeUi } from '../formats/ui_writer.js';
import { Forecast } from '../net/forecast.js';
import { RunState } from '../net/run_state.js';

/** @typedef {import('../lib/json.js').JsonObject} JsonObject */
/** @typedef {import('../model/catalogue.js').Catalogue} Catalogue */
/** @typedef {import('../model/records.js').AnyRecord} AnyRecord */

/** `path` is below the user's `workflows` folder, empty where it was never saved there; `stamp` says which state of that file it was read from or written to.
 * `nameKey` is the key of a name that follows the language, where it has no name of its own.
 * @typedef {{readonly id?: string, readonly name: string, readonly nameKey?: string, readonly path?: string, readonly json?: unknown,
 *   readonly records?: readonly AnyRecord[], readonly unsaved?: boolean, readonly job?: string, readonly next?: readonly string[], readonly since?: number,
 *   readonly stamp?: string}} Origin */

export class Document {
  /** The graph that is shown: the root's, or a subgraph's. */
  graph = ROOT;
  /** Where that is. @type {import('../model/places.js').Place} */
  place = [];
  /** Where it was looked at last; null for never. @type {{x: number, y: number, scale: number} | null} */
  view = null;
  /** @type {string[]} */
  selected = [];
  run = new RunState();
  /** What it would do if it were run now, as far as is known. */
  forecast = new Forecast();
  /** A job of before this workflow was opened that did the same; empty for none. */
  earlier = '';
  /** What had run when that was first asked: jobs by what they did. @type {Promise<ReadonlyMap<string, string>> | undefined} */
  jobsBefore;
  #savedRevision;

  /** @param {Origin} origin @param {Catalogue} catalogue */
  constructor({ id = uuid(), name, nameKey = 'untitled', path = '', json, records, unsaved = false, job = '', next = [], since = 0, stamp = '' }, catalogue) {
    this.id = id;
    this.name = name;
    this.nameKey = nameKey;
    this.path = path;
    this.stamp = stamp;
    this.catalogue = catalogue;
    this.store = new Store(records ?? readUi(json ?? EMPTY, catalogue));
    this.history = new History(this.store);
    this.#savedRevision = unsaved ? -1 : this.store.revision;
    /** The number of the last event before the oldest of its jobs that are not over was sent: from there on it can be told again. */
    this.since = since;
    for (const sent of job ? [job, ...next] : []) this.run.expect(sent);
  }

  /** What it is called, in the reader's language where it has no name of its own. */
  get title() {
    return this.name || t(this.nameKey);
  }

  /** A job that made the values of this workflow; empty where there was none. */
  get lastJob() {
    return this.run.job || this.earlier;
  }

  /** How jobs name a node of the graph that is shown. @param {string} id */
  named(id) {
    return nameAt(this.place, id);
  }

  get isUnsaved() {
    return this.store.revision !== this.#savedRevision;
  }

  /** @param {number} [revision] what was written: it may have been changed since */
  markSaved(revision = this.store.revision) {
    this.#savedRevision = revision;
  }

  /** @returns {JsonObject} */
  toJson() {
    const { view } = this;
    return writeUi(this.store, this.catalogue, view && { scale: view.scale, offset: [view.x / view.scale, view.y / view.scale] });
  }
}

const EMPTY = { version: 0.4, nodes: [], links: [], groups: [], config: {}, extra: {} };
