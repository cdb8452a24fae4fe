// @ts-check
/** The dots behind the graph, 20 graph points apart, thinned out so that they never crowd. */

/** @typedef {import('./theme.js').Theme} Theme */
/** @typedef {import('../view/viewport.js').Viewport} Viewport */

const STEP = 20;
const LEAST_GAP = 14;

export class Grid {
  /** @type {{key: string, pattern: CanvasPattern | null}} */
  #made = { key: '', pattern: null };

  /** @param {CanvasRenderingContext2D} context in device pixels @param {Viewport} viewport @param {Theme} theme @param {number} ratio device pixels per CSS pixel */
  draw(context, viewport, theme, ratio) {
    let step = STEP;
    while (step * viewport.scale < LEAST_GAP) step *= 4;
    const gap = step * viewport.scale * ratio;
    const strength = Math.min(1, (step * viewport.scale - LEAST_GAP) / LEAST_GAP + 0.6);
    const tile = Math.max(Math.round(gap), 1);
    const pattern = this.#pattern(context, tile, Math.max(1, Math.round(ratio * (viewport.scale > 0.5 ? 1.6 : 1))), theme.css['canvas-dot']);
    if (!pattern) return;
    const shift = (/** @type {number} */ origin) => ((origin * ratio) % gap) - gap / 2;
    pattern.setTransform(new DOMMatrix([gap / tile, 0, 0, gap / tile, shift(viewport.x), shift(viewport.y)]));
    context.globalAlpha = strength;
    context.fillStyle = pattern;
    context.fillRect(0, 0, context.canvas.width, context.canvas.height);
    context.globalAlpha = 1;
  }

  /** @param {CanvasRenderingContext2D} context @param {number} tile @param {number} dot @param {string} color */
  #pattern(context, tile, dot, color) {
    const key = `${tile} ${dot} ${color}`;
    if (this.#made.key === key) return this.#made.pattern;
    const canvas = new OffscreenCanvas(tile, tile);
    const inner = canvas.getContext('2d');
    if (inner) {
      inner.fillStyle = color;
      inner.fillRect(Math.floor((tile - dot) / 2), Math.floor((tile - dot) / 2), dot, dot);
    }
    this.#made = { key, pattern: context.createPattern(canvas, 'repeat') };
    return this.#made.pattern;
  }
}
