// @ts-check
/** The links of one graph as they are shown: their curves, where they lie, what they are led through. */

import { boundsOf, pathThrough } from './link_path.js';
import { SpatialIndex } from './spatial.js';

/** @typedef {import('./geometry.js').Rect} Rect */
/** @typedef {import('./geometry.js').GraphPoint} GraphPoint */
/** @typedef {import('../model/records.js').LinkRecord} LinkRecord */

/** @typedef {{key: string, record: LinkRecord, path: Float64Array, bounds: Rect}} LinkView */

export class LinkViews {
  /** @type {Map<string, LinkView>} */
  views = new Map();
  #places = new SpatialIndex();
  /** @type {Map<string, Set<string>>} */
  #through = new Map();
  #pointsOf;

  /** @param {(link: LinkRecord) => GraphPoint[] | null} pointsOf null for a link that has an end nowhere */
  constructor(pointsOf) {
    this.#pointsOf = pointsOf;
  }

  clear() {
    this.views.clear();
    this.#places.clear();
    this.#through.clear();
  }

  /** Show a link, or show it where it is now. @param {string} key @param {LinkRecord} record */
  put(key, record) {
    this.drop(key);
    const points = this.#pointsOf(record);
    if (!points) return;
    const path = pathThrough(points);
    const bounds = boundsOf(path);
    this.views.set(key, { key, record, path, bounds });
    this.#places.put(key, bounds);
    for (const id of record.reroutes) {
      const through = this.#through.get(id) ?? new Set();
      this.#through.set(id, through.add(key));
    }
  }

  /** @param {string} key */
  drop(key) {
    const view = this.views.get(key);
    if (!view) return;
    this.views.delete(key);
    this.#places.delete(key);
    for (const id of view.record.reroutes) this.#through.get(id)?.delete(key);
  }

  /** @param {Rect} rect @returns {LinkView[]} */
  in(rect) {
    return this.#places.pick(rect, this.views);
  }

  /** The keys of the links that are led through a reroute. @param {string} id @returns {Iterable<string>} */
  through(id) {
    return this.#through.get(id) ?? [];
  }

  /** What flows through each reroute, by its id. @returns {Map<string, string>} */
  rerouteTypes() {
    /** @type {Map<string, string>} */
    const types = new Map();
    for (const [id, keys] of this.#through) {
      for (const key of keys) types.set(id, this.views.get(key)?.record.type ?? '*');
    }
    return types;
  }
}
