// @ts-check
/**
 * Pictures of nodes at the screen's own resolution, so that panning copies instead of drawing.
 *
 * A picture is made when a node is first seen at a scale, and again when it looks different. While
 * the scale changes, pictures of a near scale are stretched; when it rests they are made anew, a few
 * a frame. What was not seen for longest goes when there are too many pixels.
 */

import { MARGIN, drawNode } from './node_face.js';

/** @typedef {import('../view/scene.js').NodeView} NodeView */
/** @typedef {import('./theme.js').Theme} Theme */
/** @typedef {import('./node_face.js').Words} Words */

/** `density` is device pixels per graph point. @typedef {{readonly picture: ImageBitmap, readonly version: number,
 *   readonly density: number, readonly pixels: number}} Sprite */

const MOST_PIXELS = 40_000_000;
const LARGEST = 4_000_000;
/** Text smaller than this many device pixels is shown as bars. */
const LEAST_TEXT = 4.6;

export class Sprites {
  /** In the order of their last use. @type {Map<string, Sprite>} */
  #sprites = new Map();
  #pixels = 0;
  #canvas = new OffscreenCanvas(1, 1);
  #context = /** @type {OffscreenCanvasRenderingContext2D} */ (this.#canvas.getContext('2d'));
  /** How many were made, for telling what a frame cost. */
  made = 0;

  /** @param {() => Theme} theme @param {(view: NodeView) => ReadonlySet<string>} linked @param {() => Words} words */
  constructor(theme, linked, words) {
    this.theme = theme;
    this.linked = linked;
    this.words = words;
  }

  /** The picture of a node as it is; null where it would be so large that it is drawn at once instead.
   * @param {NodeView} view @param {number} density @returns {Sprite | null} */
  get(view, density) {
    const known = this.#sprites.get(view.key);
    if (known && known.version === view.version && known.density === density) {
      this.#sprites.delete(view.key);
      this.#sprites.set(view.key, known);
      return known;
    }
    return this.#make(view, density);
  }

  /** A picture of a node as it is, at any near scale, if there is one. @param {NodeView} view @param {number} density */
  near(view, density) {
    const known = this.#sprites.get(view.key);
    if (!known || known.version !== view.version) return null;
    const ratio = density / known.density;
    return ratio > 0.4 && ratio < 2.5 ? known : null;
  }

  /** @param {string} key */
  forget(key) {
    const known = this.#sprites.get(key);
    if (!known) return;
    this.#sprites.delete(key);
    this.#pixels -= known.pixels;
    known.picture.close();
  }

  clear() {
    for (const key of [...this.#sprites.keys()]) this.forget(key);
  }

  /** @param {NodeView} view @param {number} density @returns {Sprite | null} */
  #make(view, density) {
    const { width, height } = spriteSize(view, density);
    if (width * height > LARGEST) return null;
    this.forget(view.key);
    this.#canvas.width = width;
    this.#canvas.height = height;
    const margin = Math.ceil(MARGIN * density);
    const top = Math.round(-view.layout.bounds.y * density);
    this.#context.setTransform(density, 0, 0, density, margin, margin + top);
    paintNode(this.#context, view, density, this.theme(), this.linked(view), this.words());
    const picture = this.#canvas.transferToImageBitmap();
    const sprite = { picture, version: view.version, density, pixels: width * height };
    this.#sprites.set(view.key, sprite);
    this.#pixels += sprite.pixels;
    this.made += 1;
    this.#makeRoom(view.key);
    return sprite;
  }

  /** @param {string} kept */
  #makeRoom(kept) {
    for (const key of this.#sprites.keys()) {
      if (this.#pixels <= MOST_PIXELS || key === kept) return;
      this.forget(key);
    }
  }
}

/** The body without what hangs below it. @param {NodeView} view @param {number} density */
function spriteSize({ layout }, density) {
  const margin = 2 * Math.ceil(MARGIN * density);
  return {
    width: Math.ceil(layout.width * density) + margin,
    height: Math.ceil((layout.height - layout.bounds.y) * density) + margin,
  };
}

/** Draw a node at the context's origin.
 * @param {import('./text.js').Context} context @param {NodeView} view @param {number} density
 * @param {Theme} theme @param {ReadonlySet<string>} linked @param {Words} words */
export function paintNode(context, view, density, theme, linked, words) {
  const writes = density * 12 >= LEAST_TEXT;
  const paint = theme.paintOf(view.record);
  drawNode({ context, theme, paint, pixel: 1 / density, writes, linked, words, node: view.record }, view);
}
