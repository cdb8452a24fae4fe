// @ts-check
/**
 * The curve of a link: cubic Bézier segments from its output through its reroutes to its input.
 * Eight numbers a segment: start, two control points, end, in graph points.
 */

/** @typedef {import('./geometry.js').Rect} Rect */
/** @typedef {import('./geometry.js').GraphPoint} GraphPoint */

const STEPS = 12;

/** @param {readonly GraphPoint[]} points two or more @returns {Float64Array} */
export function pathThrough(points) {
  const path = new Float64Array(Math.max(points.length - 1, 0) * 8);
  for (let index = 0; index + 1 < points.length; index += 1) {
    const [a, b] = [points[index], points[index + 1]];
    if (a && b) writeSegment(path, index * 8, a, b);
  }
  return path;
}

/** @param {Float64Array} path @param {number} at @param {GraphPoint} a @param {GraphPoint} b */
function writeSegment(path, at, a, b) {
  const bend = bendOf(b.x - a.x, b.y - a.y);
  path.set([a.x, a.y, a.x + bend, a.y, b.x - bend, b.y, b.x, b.y], at);
}

/** How far the control points lie from the ends: soft, and wide enough where a link goes back that it
 * turns in a bow and not in a kink. @param {number} dx @param {number} dy */
function bendOf(dx, dy) {
  const distance = Math.hypot(dx, dy);
  if (dx >= 0) return Math.max(dx * 0.5, Math.min(distance * 0.25, 64));
  return Math.min(distance * 0.6, 96 + Math.abs(dx) * 0.4);
}

/** Encloses the curve, since curves lie among their control points. @param {Float64Array} path @returns {Rect} */
export function boundsOf(path) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let index = 0; index < path.length; index += 2) {
    const x = path[index] ?? 0;
    const y = path[index + 1] ?? 0;
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  return { x: left, y: top, w: right - left, h: bottom - top };
}

/** A point of the path's segment. @param {Float64Array} path @param {number} segment @param {number} t 0..1 @returns {GraphPoint} */
export function pointAt(path, segment, t) {
  const at = segment * 8;
  const s = 1 - t;
  const [a, b, c, d] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
  const along = (/** @type {number} */ axis) =>
    a * (path[at + axis] ?? 0) + b * (path[at + 2 + axis] ?? 0) +
    c * (path[at + 4 + axis] ?? 0) + d * (path[at + 6 + axis] ?? 0);
  return { x: along(0), y: along(1) };
}

/** Where a link's middle is, for what is shown on it. @param {Float64Array} path @returns {GraphPoint} */
export function middleOf(path) {
  const segments = path.length / 8;
  const segment = Math.floor(segments / 2);
  return segments % 2 ? pointAt(path, segment, 0.5) : pointAt(path, segment, 0);
}

/** How far a point is from the path, and which segment is nearest.
 * @param {Float64Array} path @param {GraphPoint} point @returns {{distance: number, segment: number}} */
export function distanceTo(path, point) {
  let nearest = { distance: Infinity, segment: 0 };
  eachPiece(path, (a, b, segment) => {
    const distance = toPiece(point, a, b);
    if (distance < nearest.distance) nearest = { distance, segment };
  });
  return nearest;
}

/** Whether a straight cut crosses the path. @param {Float64Array} path @param {GraphPoint} from @param {GraphPoint} to */
export function isCut(path, from, to) {
  let cut = false;
  eachPiece(path, (a, b) => {
    const side = (/** @type {GraphPoint} */ p, /** @type {GraphPoint} */ q, /** @type {GraphPoint} */ r) =>
      Math.sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x));
    cut ||= side(a, b, from) !== side(a, b, to) && side(from, to, a) !== side(from, to, b);
  });
  return cut;
}

/** @param {Float64Array} path @param {(a: GraphPoint, b: GraphPoint, segment: number) => void} visit */
function eachPiece(path, visit) {
  for (let segment = 0; segment * 8 < path.length; segment += 1) {
    let a = pointAt(path, segment, 0);
    for (let step = 1; step <= STEPS; step += 1) {
      const b = pointAt(path, segment, step / STEPS);
      visit(a, b, segment);
      a = b;
    }
  }
}

/** @param {GraphPoint} point @param {GraphPoint} a @param {GraphPoint} b */
function toPiece(point, a, b) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  const t = length ? Math.min(Math.max(((point.x - a.x) * dx + (point.y - a.y) * dy) / length, 0), 1) : 0;
  return Math.hypot(point.x - a.x - t * dx, point.y - a.y - t * dy);
}
