// @ts-check
/** Things that are dragged catch on the left and upper edges of others on the screen, else on a grid. */

import { union } from '../view/geometry.js';

/** @typedef {import('../view/geometry.js').Rect} Rect */
/** @typedef {{x: number | null, y: number | null}} Guide */

const GRID = 4;

export class Snapping {
  /** @type {number[]} */
  #lefts = [];
  /** @type {number[]} */
  #tops = [];
  #box;

  /** @param {import('../view/scene.js').Scene} scene @param {Rect} visible @param {ReadonlySet<string>} dragged */
  constructor(scene, visible, dragged) {
    for (const { key, bounds } of scene.nodesIn(visible)) {
      if (dragged.has(key)) continue;
      this.#lefts.push(bounds.x);
      this.#tops.push(bounds.y);
    }
    this.#box = union([...dragged].flatMap((key) => scene.nodes.get(key)?.bounds ?? []));
  }

  /** @param {{readonly x: number, readonly y: number}} wanted how far they are dragged
   * @param {number} reach in graph points; 0 snaps to nothing @returns {{dx: number, dy: number, guide: Guide}} */
  snap(wanted, reach) {
    if (!this.#box || reach === 0) return { dx: wanted.x, dy: wanted.y, guide: { x: null, y: null } };
    const x = nearest(this.#lefts, this.#box.x + wanted.x, reach);
    const y = nearest(this.#tops, this.#box.y + wanted.y, reach);
    return {
      dx: (x ?? onGrid(this.#box.x + wanted.x)) - this.#box.x,
      dy: (y ?? onGrid(this.#box.y + wanted.y)) - this.#box.y,
      guide: { x, y },
    };
  }
}

/** @param {number} value */
const onGrid = (value) => Math.round(value / GRID) * GRID;

/** @param {readonly number[]} lines @param {number} value @param {number} reach @returns {number | null} */
function nearest(lines, value, reach) {
  let [best, distance] = [/** @type {number | null} */ (null), reach];
  for (const line of lines) {
    const gap = Math.abs(line - value);
    if (gap > distance) continue;
    [best, distance] = [line, gap];
  }
  return best;
}
