// @ts-check
/**
 * Points and rectangles. Points on the screen (CSS pixels from the canvas's corner) and in the graph
 * (graph points, y down) are different types, so that the type checker sees where they are mixed.
 */

/** @typedef {{readonly x: number, readonly y: number, readonly space?: 'screen'}} ScreenPoint */
/** @typedef {{readonly x: number, readonly y: number, readonly space?: 'graph'}} GraphPoint */
/** A rectangle in graph points. @typedef {{readonly x: number, readonly y: number, readonly w: number, readonly h: number}} Rect */

/** @param {Rect} rect @param {{readonly x: number, readonly y: number}} point */
export const contains = (rect, { x, y }) =>
  x >= rect.x && y >= rect.y && x <= rect.x + rect.w && y <= rect.y + rect.h;

/** @param {Rect} a @param {Rect} b */
export const overlap = (a, b) =>
  a.x <= b.x + b.w && b.x <= a.x + a.w && a.y <= b.y + b.h && b.y <= a.y + a.h;

/** @param {Rect} outer @param {Rect} inner */
export const encloses = (outer, inner) =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.w <= outer.x + outer.w &&
  inner.y + inner.h <= outer.y + outer.h;

/** @param {Rect} rect @param {number} by @returns {Rect} */
export const grow = ({ x, y, w, h }, by) => ({ x: x - by, y: y - by, w: w + 2 * by, h: h + 2 * by });

/** The rectangle between two corners. @param {GraphPoint} a @param {GraphPoint} b @returns {Rect} */
export const between = (a, b) => ({
  x: Math.min(a.x, b.x),
  y: Math.min(a.y, b.y),
  w: Math.abs(a.x - b.x),
  h: Math.abs(a.y - b.y),
});

/** @param {Rect | null} a @param {Rect | null} b */
export const same = (a, b) => a === b || (a !== null && b !== null && a.x === b.x && a.y === b.y && a.w === b.w && a.h === b.h);

/** What encloses all of some rectangles; null if there are none.
 * @param {Iterable<Rect>} rects @returns {Rect | null} */
export function union(rects) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y, w, h } of rects) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + w);
    bottom = Math.max(bottom, y + h);
  }
  return right < left ? null : { x: left, y: top, w: right - left, h: bottom - top };
}

/** @param {number} value @param {number} least @param {number} most */
export const clamp = (value, least, most) => Math.min(Math.max(value, least), most);
