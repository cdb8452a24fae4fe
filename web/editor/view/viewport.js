// @ts-check
/**
 * What part of the graph is on the screen: one transform, and the only two converters.
 *
 * A graph point p is shown at p · scale + (x, y), in CSS pixels from the canvas's top left corner.
 */

import { clamp } from './geometry.js';

/** @typedef {import('./geometry.js').ScreenPoint} ScreenPoint */
/** @typedef {import('./geometry.js').GraphPoint} GraphPoint */
/** @typedef {import('./geometry.js').Rect} Rect */

export const LEAST_SCALE = 0.02;
export const MOST_SCALE = 8;

export class Viewport {
  x = 0;
  y = 0;
  scale = 1;
  /** CSS pixels. */
  width = 1;
  height = 1;
  /** @type {Set<() => void>} */
  #listeners = new Set();

  /** @param {ScreenPoint} point @returns {GraphPoint} */
  toGraph(point) {
    return { x: (point.x - this.x) / this.scale, y: (point.y - this.y) / this.scale };
  }

  /** @param {GraphPoint} point @returns {ScreenPoint} */
  toScreen(point) {
    return { x: point.x * this.scale + this.x, y: point.y * this.scale + this.y };
  }

  /** What is on the screen. @returns {Rect} */
  get visible() {
    const { x, y } = this.toGraph({ x: 0, y: 0 });
    return { x, y, w: this.width / this.scale, h: this.height / this.scale };
  }

  /** @param {{readonly x?: number, readonly y?: number, readonly scale?: number}} place */
  set({ x = this.x, y = this.y, scale = this.scale }) {
    const bounded = clamp(scale, LEAST_SCALE, MOST_SCALE);
    if (![x, y, bounded].every(Number.isFinite)) return;
    if (x === this.x && y === this.y && bounded === this.scale) return;
    this.x = x;
    this.y = y;
    this.scale = bounded;
    this.#tell();
  }

  /** Move what is shown. @param {number} dx CSS pixels @param {number} dy */
  panBy(dx, dy) {
    this.set({ x: this.x + dx, y: this.y + dy });
  }

  /** Zoom so that what is under a point stays there. @param {ScreenPoint} point @param {number} factor */
  zoomAt(point, factor) {
    const fixed = this.toGraph(point);
    const scale = clamp(this.scale * factor, LEAST_SCALE, MOST_SCALE);
    this.set({ scale, x: point.x - fixed.x * scale, y: point.y - fixed.y * scale });
  }

  /** Show a rectangle, no larger than at `most`.
   * @param {Rect} rect @param {{readonly margin?: number, readonly most?: number}} [options] margin in CSS pixels */
  fit(rect, { margin = 48, most = 1 } = {}) {
    const room = (/** @type {number} */ side) => Math.max(side - 2 * margin, 16);
    const wanted = Math.min(
      room(this.width) / Math.max(rect.w, 1),
      room(this.height) / Math.max(rect.h, 1),
      most,
    );
    const scale = clamp(wanted, LEAST_SCALE, MOST_SCALE);
    this.set({
      scale,
      x: this.width / 2 - (rect.x + rect.w / 2) * scale,
      y: this.height / 2 - (rect.y + rect.h / 2) * scale,
    });
  }

  /** Put a graph point into the middle. @param {GraphPoint} point */
  centerOn({ x, y }) {
    this.set({ x: this.width / 2 - x * this.scale, y: this.height / 2 - y * this.scale });
  }

  /** Tell how large the canvas is. @param {number} width CSS pixels @param {number} height */
  resize(width, height) {
    if (width === this.width && height === this.height) return;
    this.width = width;
    this.height = height;
    this.#tell();
  }

  /** @param {() => void} listener called after every change @returns {() => void} what ends it */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #tell() {
    for (const listener of [...this.#listeners]) listener();
  }
}
