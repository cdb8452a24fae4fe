// @ts-check
/** The whole graph on a small canvas, with what is on the screen marked; a click or drag goes there. */

import { encloses, union } from '../view/geometry.js';

/** @typedef {import('./renderer.js').Renderer} Renderer */
/** @typedef {import('../view/geometry.js').Rect} Rect */

const PAUSE = 250;
const PAD = 8;

export class Minimap {
  #drawn = { scene: /** @type {unknown} */ (null), revision: -1, at: 0, theme: /** @type {unknown} */ (null), transform: { x: 0, y: 0, scale: 1 } };
  #content = new OffscreenCanvas(1, 1);
  #later = 0;
  /** In CSS pixels, 0 where it is not shown; asking the page for it in every frame would cost half a millisecond. */
  #size = { width: 0, height: 0 };

  /** @param {HTMLCanvasElement} canvas @param {Renderer} renderer */
  constructor(canvas, renderer) {
    this.canvas = canvas;
    this.renderer = renderer;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    new ResizeObserver(() => this.#resize()).observe(canvas);
    this.#resize();
    renderer.listeners.add(() => this.draw());
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.#goTo(event);
    });
    canvas.addEventListener('pointermove', (event) => event.buttons && this.#goTo(event));
  }

  /** Drawn with every frame of the graph, in the same turn. */
  draw() {
    const { width, height } = this.#size;
    if (!width || !height) return;
    const ratio = window.devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
      this.#drawn.revision = -1;
    }
    this.#refresh(ratio);
    this.#showIf(this.renderer.scene.bounds !== null);
    const { context } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.drawImage(this.#content, 0, 0);
    this.#drawFrame(ratio);
  }

  /** A map of nothing would be an empty box. @param {boolean} isWanted */
  #showIf(isWanted) {
    if (this.canvas.classList.contains('empty') === isWanted) this.canvas.classList.toggle('empty', !isWanted);
  }

  #resize() {
    this.#size = { width: this.canvas.clientWidth, height: this.canvas.clientHeight };
    this.draw();
  }

  /** Draw the nodes anew if they have changed, but not in every frame of a drag. @param {number} ratio */
  #refresh(ratio) {
    const { scene, theme } = this.renderer;
    const same = this.#drawn.scene === scene && this.#drawn.theme === theme;
    if (same && this.#drawn.revision === scene.revision) return;
    const wait = this.#drawn.at + PAUSE - performance.now();
    if (same && wait > 0 && this.#drawn.revision >= 0) {
      clearTimeout(this.#later);
      this.#later = window.setTimeout(() => this.draw(), wait);
      return;
    }
    const transform = this.#place(scene.bounds);
    this.#drawn = { scene, revision: scene.revision, at: performance.now(), theme, transform };
    this.#content.width = this.canvas.width;
    this.#content.height = this.canvas.height;
    const context = this.#content.getContext('2d');
    if (!context) return;
    const scale = transform.scale * ratio;
    context.setTransform(scale, 0, 0, scale, transform.x * ratio, transform.y * ratio);
    context.globalAlpha = 0.6;
    for (const view of scene.nodes.values()) {
      context.fillStyle = theme.paintOf(view.record).accent;
      context.fillRect(view.bounds.x, view.bounds.y, view.bounds.w, view.bounds.h);
    }
  }

  /** @param {Rect | null} bounds */
  #place(bounds) {
    const { x, y, w, h } = union([bounds ?? this.renderer.viewport.visible]) ?? { x: 0, y: 0, w: 1, h: 1 };
    const [width, height] = [this.#size.width - 2 * PAD, this.#size.height - 2 * PAD];
    const scale = Math.min(width / Math.max(w, 1), height / Math.max(h, 1));
    return { scale, x: PAD + (width - w * scale) / 2 - x * scale, y: PAD + (height - h * scale) / 2 - y * scale };
  }

  /** @param {number} ratio */
  #drawFrame(ratio) {
    const { x, y, w, h } = this.renderer.viewport.visible;
    const { context } = this;
    const place = this.#drawn.transform;
    // With all of it on the screen, a frame around everything would tell nothing.
    const { bounds } = this.renderer.scene;
    if (!bounds || encloses({ x, y, w, h }, bounds)) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.strokeStyle = context.fillStyle = this.renderer.theme.css.selection;
    context.lineWidth = 1.5;
    context.beginPath();
    context.roundRect(x * place.scale + place.x, y * place.scale + place.y, w * place.scale, h * place.scale, 3);
    context.globalAlpha = 0.12;
    context.fill();
    context.globalAlpha = 1;
    context.stroke();
  }

  /** @param {PointerEvent} event */
  #goTo(event) {
    const box = this.canvas.getBoundingClientRect();
    const { x, y, scale } = this.#drawn.transform;
    this.renderer.viewport.centerOn({ x: (event.clientX - box.x - x) / scale, y: (event.clientY - box.y - y) / scale });
  }
}
