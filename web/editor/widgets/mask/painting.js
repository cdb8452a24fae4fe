// @ts-check
/**
 * A mask while it is painted: one byte a pixel, 0 for what stays and 255 for what is masked.
 *
 * A stroke covers each pixel as much as its part that covers it most, so that a stroke that crosses
 * itself is nowhere darker than its opacity. Pixels of the picture, y down. Pure: draws nothing.
 */

/** `size` is a diameter; `hardness` (0..1) how much of the radius is covered wholly; `erases` takes away.
 * @typedef {{readonly size: number, readonly hardness: number, readonly opacity: number, readonly erases: boolean}} Brush */
/** @typedef {{readonly x: number, readonly y: number, readonly pressure: number}} Dab */
/** @typedef {{readonly x: number, readonly y: number, readonly w: number, readonly h: number}} Area */
/** What a part of the mask was before a step, and after it.
 * @typedef {{readonly area: Area, readonly before: Uint8Array, readonly after: Uint8Array}} Step */

export class Painting {
  /** @type {Step[]} */
  #done = [];
  /** @type {Step[]} */
  #undone = [];
  /** The stroke that is being painted. @type {{brush: Brush, last: Dab, cover: Uint8Array, before: Uint8Array, area: Area} | null} */
  #stroke = null;

  /** @param {number} width @param {number} height @param {Uint8Array} [mask] */
  constructor(width, height, mask = new Uint8Array(width * height)) {
    this.width = width;
    this.height = height;
    this.mask = mask;
  }

  get canUndo() {
    return this.#done.length > 0;
  }

  get canRedo() {
    return this.#undone.length > 0;
  }

  get isPainting() {
    return this.#stroke !== null;
  }

  /** @param {Brush} brush @param {Dab} dab @returns {Area} what changed */
  begin(brush, dab) {
    const { length } = this.mask;
    this.#stroke = { brush, last: dab, cover: new Uint8Array(length), before: this.mask.slice(), area: { x: 0, y: 0, w: 0, h: 0 } };
    return this.lineTo(dab);
  }

  /** Go on with the stroke. @param {Dab} dab @returns {Area} what changed */
  lineTo(dab) {
    const stroke = this.#stroke;
    if (!stroke) return { x: 0, y: 0, w: 0, h: 0 };
    const area = this.#clip(reachOf(stroke.brush, stroke.last, dab));
    this.#cover(stroke, dab, area);
    stroke.last = dab;
    stroke.area = united(stroke.area, area);
    return area;
  }

  /** The stroke is done: one step to undo. */
  end() {
    const stroke = this.#stroke;
    this.#stroke = null;
    if (!stroke || stroke.area.w === 0 || stroke.area.h === 0) return;
    this.#keep(stroke.area, cut(stroke.before, this.width, stroke.area));
  }

  /** As if the stroke had never begun. @returns {Area} what changed */
  cancel() {
    const stroke = this.#stroke;
    this.#stroke = null;
    if (stroke) this.mask.set(stroke.before);
    return this.#whole;
  }

  /** @param {number} value for every pixel @returns {Area} */
  fill(value) {
    return this.#change((mask) => mask.fill(value));
  }

  /** @returns {Area} */
  invert() {
    return this.#change((mask) => mask.forEach((value, index) => (mask[index] = 255 - value)));
  }

  /** @returns {Area | null} what changed */
  undo() {
    const step = this.#done.pop();
    if (!step) return null;
    this.#undone.push(step);
    return this.#put(step.area, step.before);
  }

  /** @returns {Area | null} what changed */
  redo() {
    const step = this.#undone.pop();
    if (!step) return null;
    this.#done.push(step);
    return this.#put(step.area, step.after);
  }

  get #whole() {
    return { x: 0, y: 0, w: this.width, h: this.height };
  }

  /** @param {(mask: Uint8Array) => void} change */
  #change(change) {
    const before = this.mask.slice();
    change(this.mask);
    this.#keep(this.#whole, before);
    return this.#whole;
  }

  /** @param {Area} area @param {Uint8Array} before */
  #keep(area, before) {
    this.#done.push({ area, before, after: cut(this.mask, this.width, area) });
    this.#undone = [];
  }

  /** @param {Area} area @param {Uint8Array} bytes */
  #put(area, bytes) {
    for (let row = 0; row < area.h; row += 1) {
      this.mask.set(bytes.subarray(row * area.w, (row + 1) * area.w), (area.y + row) * this.width + area.x);
    }
    return area;
  }

  /** @param {{brush: Brush, last: Dab, cover: Uint8Array, before: Uint8Array}} stroke @param {Dab} dab @param {Area} area */
  #cover({ brush, last, cover, before }, dab, area) {
    const { hardness, opacity, erases } = brush;
    const [dx, dy] = [dab.x - last.x, dab.y - last.y];
    const square = dx * dx + dy * dy;
    for (let y = area.y; y < area.y + area.h; y += 1) {
      for (let x = area.x; x < area.x + area.w; x += 1) {
        const [fx, fy] = [x + 0.5 - last.x, y + 0.5 - last.y];
        const along = square === 0 ? 0 : Math.min(Math.max((fx * dx + fy * dy) / square, 0), 1);
        const radius = (brush.size / 2) * (last.pressure + (dab.pressure - last.pressure) * along);
        const covered = Math.round(255 * falloff(Math.hypot(fx - dx * along, fy - dy * along), radius, hardness));
        const at = y * this.width + x;
        if (covered <= (cover[at] ?? 0)) continue;
        cover[at] = covered;
        const was = before[at] ?? 0;
        const share = (covered / 255) * opacity;
        this.mask[at] = Math.round(erases ? was * (1 - share) : was + (255 - was) * share);
      }
    }
  }

  /** @param {{x0: number, y0: number, x1: number, y1: number}} reach @returns {Area} */
  #clip({ x0, y0, x1, y1 }) {
    const [x, y] = [Math.max(Math.floor(x0), 0), Math.max(Math.floor(y0), 0)];
    return { x, y, w: Math.max(Math.min(Math.ceil(x1), this.width) - x, 0), h: Math.max(Math.min(Math.ceil(y1), this.height) - y, 0) };
  }
}

/** How much a brush covers at a distance from its middle, 0..1. Even a hard edge is a pixel wide.
 * @param {number} distance @param {number} radius @param {number} hardness */
export function falloff(distance, radius, hardness) {
  const soft = Math.max(radius * (1 - hardness), 1);
  const t = Math.min(Math.max((radius + (hardness === 1 ? 0.5 : 0) - distance) / soft, 0), 1);
  return hardness === 1 ? t : t * t * (3 - 2 * t);
}

/** @param {Brush} brush @param {Dab} from @param {Dab} to */
function reachOf({ size }, from, to) {
  const radius = (size / 2) * Math.max(from.pressure, to.pressure) + 1;
  return {
    x0: Math.min(from.x, to.x) - radius, y0: Math.min(from.y, to.y) - radius,
    x1: Math.max(from.x, to.x) + radius, y1: Math.max(from.y, to.y) + radius,
  };
}

/** @param {Area} a @param {Area} b @returns {Area} */
function united(a, b) {
  if (a.w === 0 || a.h === 0) return b;
  if (b.w === 0 || b.h === 0) return a;
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  return { x, y, w: Math.max(a.x + a.w, b.x + b.w) - x, h: Math.max(a.y + a.h, b.y + b.h) - y };
}

/** @param {Uint8Array} bytes @param {number} width @param {Area} area */
function cut(bytes, width, { x, y, w, h }) {
  const found = new Uint8Array(w * h);
  for (let row = 0; row < h; row += 1) {
    const start = (y + row) * width + x;
    found.set(bytes.subarray(start, start + w), row * w);
  }
  return found;
}
