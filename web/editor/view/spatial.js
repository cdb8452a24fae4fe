// @ts-check
/**
 * What lies where: rectangles by key in a grid of square cells.
 *
 * What covers many cells is kept apart and looked at every time, so that one link across a large
 * graph does not fill thousands of cells.
 */

import { overlap } from './geometry.js';

/** @typedef {import('./geometry.js').Rect} Rect */
/** @typedef {{key: string, rect: Rect, cells: Set<Entry>[] | null, seen: number}} Entry */

const CELL = 640;
const MOST_CELLS = 48;
const STRIDE = 1 << 20;

export class SpatialIndex {
  /** @type {Map<string, Entry>} */
  #entries = new Map();
  /** @type {Map<number, Set<Entry>>} */
  #cells = new Map();
  /** @type {Set<Entry>} */
  #large = new Set();
  #query = 0;

  get size() {
    return this.#entries.size;
  }

  /** @param {string} key @param {Rect} rect */
  put(key, rect) {
    const known = this.#entries.get(key);
    if (known && sameCells(known.rect, rect)) {
      known.rect = rect;
      return;
    }
    if (known) this.#leave(known);
    /** @type {Entry} */
    const entry = known ?? { key, rect, cells: null, seen: 0 };
    entry.rect = rect;
    this.#enter(entry);
    this.#entries.set(key, entry);
  }

  /** @param {string} key */
  delete(key) {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#leave(entry);
    this.#entries.delete(key);
  }

  /** @param {string} key @returns {Rect | undefined} */
  get(key) {
    return this.#entries.get(key)?.rect;
  }

  /** All rectangles. @returns {Iterable<Rect>} */
  *rects() {
    for (const entry of this.#entries.values()) yield entry.rect;
  }

  /** The keys of what touches a rectangle, in no order. @param {Rect} rect @returns {string[]} */
  in(rect) {
    /** @type {string[]} */
    const found = [];
    const query = (this.#query += 1);
    const span = cellsOf(rect);
    const look = (/** @type {Entry} */ entry) => {
      if (entry.seen === query) return;
      entry.seen = query;
      if (overlap(entry.rect, rect)) found.push(entry.key);
    };
    if (span.count > this.#cells.size) this.#entries.forEach(look);
    else {
      for (let row = span.top; row <= span.bottom; row += 1) {
        for (let column = span.left; column <= span.right; column += 1) {
          this.#cells.get(row * STRIDE + column)?.forEach(look);
        }
      }
      this.#large.forEach(look);
    }
    return found;
  }

  /** What a map has of what touches a rectangle; a plain loop, since it runs over thousands in every frame.
   * @template V @param {Rect} rect @param {ReadonlyMap<string, V>} map @returns {V[]} */
  pick(rect, map) {
    /** @type {V[]} */
    const values = [];
    for (const key of this.in(rect)) {
      const value = map.get(key);
      if (value !== undefined) values.push(value);
    }
    return values;
  }

  clear() {
    this.#entries.clear();
    this.#cells.clear();
    this.#large.clear();
  }

  /** @param {Entry} entry */
  #enter(entry) {
    const span = cellsOf(entry.rect);
    if (!(span.count <= MOST_CELLS)) {
      this.#large.add(entry);
      return;
    }
    entry.cells = [];
    for (let row = span.top; row <= span.bottom; row += 1) {
      for (let column = span.left; column <= span.right; column += 1) {
        const place = row * STRIDE + column;
        let cell = this.#cells.get(place);
        if (!cell) this.#cells.set(place, (cell = new Set()));
        cell.add(entry);
        entry.cells.push(cell);
      }
    }
  }

  /** @param {Entry} entry */
  #leave(entry) {
    for (const cell of entry.cells ?? []) cell.delete(entry);
    entry.cells = null;
    this.#large.delete(entry);
  }
}

/** @param {Rect} rect */
function cellsOf({ x, y, w, h }) {
  const left = Math.floor(x / CELL);
  const right = Math.floor((x + w) / CELL);
  const top = Math.floor(y / CELL);
  const bottom = Math.floor((y + h) / CELL);
  return { left, right, top, bottom, count: (right - left + 1) * (bottom - top + 1) };
}

/** @param {Rect} a @param {Rect} b */
function sameCells(a, b) {
  return (
    Math.floor(a.x / CELL) === Math.floor(b.x / CELL) &&
    Math.floor(a.y / CELL) === Math.floor(b.y / CELL) &&
    Math.floor((a.x + a.w) / CELL) === Math.floor((b.x + b.w) / CELL) &&
    Math.floor((a.y + a.h) / CELL) === Math.floor((b.y + b.h) / CELL)
  );
}
