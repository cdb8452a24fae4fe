// @ts-check
/**
 * Pictures of nodes at the screen's own resolution, so that panning copies instead of drawing.
 *
 * A picture is made when a node is first seen at a scale, and again when it looks different. While
 * the scale changes, pictures of a near scale are stretched; when it rests they are made anew, a few
 * a frame. What was not seen for longest goes when there are too many pixels. From so far that values
 * cannot be read, nodes that look the same share a picture.
 */

import { slotLabel } from '../model/node_words.js';
import { titleOf } from '../view/layout.js';
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
  /** @type {WeakMap<NodeView, {version: number, look: string}>} */
  #looks = new WeakMap();
  #pixels = 0;
  #canvas = new OffscreenCanvas(1, 1);
  #context = /** @type {OffscreenCanvasRenderingContext2D} */ (this.#canvas.getContext('2d'));
  /** How many were made, for telling what a frame cost. */
  made = 0;

  /** @param {() => Theme} theme @param {(view: NodeView) => ReadonlySet<string>} linked @param {() => Words} words
   * @param {import('./pictures.js').Pictures} pictures */
  constructor(theme, linked, words, pictures) {
    this.theme = theme;
    this.linked = linked;
    this.words = words;
    this.pictures = pictures;
  }

  /** @param {NodeView} view @param {number} density */
  #idOf(view, density) {
    if (writesAt(density)) return view.key;
    const known = this.#looks.get(view);
    if (known?.version === view.version) return known.look;
    const look = lookOf(view, this.linked(view));
    this.#looks.set(view, { version: view.version, look });
    return look;
  }

  /** The picture of a node as it is; null where it would be so large that it is drawn at once instead.
   * @param {NodeView} view @param {number} density @returns {Sprite | null} */
  get(view, density) {
    const id = this.#idOf(view, density);
    const known = this.#sprites.get(id);
    if (known && known.density === density && (id !== view.key || known.version === view.version)) {
      this.#sprites.delete(id);
      this.#sprites.set(id, known);
      return known;
    }
    return this.#make(view, density, id);
  }

  /** A picture of a node as it is, at any near scale, if there is one. @param {NodeView} view @param {number} density */
  near(view, density) {
    for (const id of [this.#idOf(view, density), view.key]) {
      const known = this.#sprites.get(id);
      if (!known || (id === view.key && known.version !== view.version)) continue;
      const ratio = density / known.density;
      if (ratio > 0.4 && ratio < 2.5) return known;
    }
    return null;
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

  /** @param {NodeView} view @param {number} density @param {string} id @returns {Sprite | null} */
  #make(view, density, id) {
    const { width, height } = spriteSize(view, density);
    if (width * height > LARGEST) return null;
    this.forget(id);
    this.#canvas.width = width;
    this.#canvas.height = height;
    const margin = Math.ceil(MARGIN * density);
    const top = Math.round(-view.layout.bounds.y * density);
    this.#context.setTransform(density, 0, 0, density, margin, margin + top);
    paintNode(this.#context, view, density, this);
    const picture = this.#canvas.transferToImageBitmap();
    const sprite = { picture, version: view.version, density, pixels: width * height };
    this.#sprites.set(id, sprite);
    this.#pixels += sprite.pixels;
    this.made += 1;
    this.#makeRoom(id);
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

/** Whether text can be read. @param {number} density */
const writesAt = (density) => density * 12 >= LEAST_TEXT;

/** All that a node's picture depends on where values cannot be read.
 * @param {NodeView} view @param {ReadonlySet<string>} linked */
function lookOf({ record, definition, layout }, linked) {
  const slots = layout.slots.map(({ slot, side, index, x, y }) => `${side}${index} ${slot.type} ${slotLabel(definition, side, index, slot)} ${slot.extra['shape']} ${x} ${y}`);
  return JSON.stringify([
    record.type, titleOf(record, definition), layout.width, layout.height, layout.shape, layout.preview, record.mode,
    record.color, record.bgcolor, record.pinned, slots, [...linked].sort(), layout.widgets.map(({ rect }) => rect.h),
  ]);
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
 * @param {import('./text.js').Context} context @param {NodeView} view @param {number} density @param {Sprites} means */
export function paintNode(context, view, density, means) {
  const theme = means.theme();
  const paint = theme.paintOf(view.record);
  drawNode({
    context, theme, paint, pixel: 1 / density, writes: writesAt(density), linked: means.linked(view), words: means.words(),
    pictures: means.pictures, node: view.record,
  }, view);
}
