// @ts-check
/** What the canvas needs of the theme, read from the page's custom properties (styles/theme.css). */

import { css, fromHsl, mix, parseHex, toHsl } from './colors.js';
import { isNote } from '../model/own_kinds.js';
import { TypeColors } from './type_colors.js';

/** @typedef {import('./colors.js').Rgb} Rgb */
/** @typedef {import('../model/records.js').NodeRecord} NodeRecord */
/** @typedef {import('../model/definition.js').Definition} Definition */

const NOTE = '#a58a2c';

const NAMES = /** @type {const} */ ([
  'canvas-background', 'canvas-dot', 'canvas-outline', 'node-body', 'node-title', 'node-border', 'node-shadow',
  'node-text', 'node-text-muted', 'field-background', 'field-border', 'field-text', 'field-text-muted',
  'group-text', 'selection', 'state-running', 'state-failed', 'state-cached', 'state-warning',
  'state-bypassed', 'state-text',
]);

/** @typedef {typeof NAMES[number]} ColorName */

/** How a node is painted. @typedef {{readonly title: string, readonly body: string, readonly accent: string,
 *   readonly far: string, readonly farBody: string, readonly field: string}} NodePaint */

export class Theme {
  /** @type {Map<string, NodePaint>} */
  #paints = new Map();

  /** @param {{readonly [name in ColorName]: Rgb}} colors @param {string} font @param {string} mono */
  constructor(colors, font, mono) {
    this.colors = colors;
    /** @type {{readonly [name in ColorName]: string}} */
    this.css = /** @type {any} */ (Object.fromEntries(NAMES.map((name) => [name, css(colors[name])])));
    this.isLight = toHsl(colors['canvas-background']).lightness > 0.5;
    this.types = new TypeColors(this.isLight ? [16, 24, 40] : null);
    this.titleFont = `600 13px ${font}`;
    this.labelFont = `12px ${font}`;
    this.smallFont = `600 10px ${font}`;
    this.noteFont = `11px ${font}`;
    this.farFont = `600 22px ${font}`;
    this.textFont = `12px ${font}`;
    this.monoFont = `12px ${mono}`;
    this.font = font;
  }

  /** The colours of a node: those chosen for it, brought into the theme, else those of what it makes.
   * @param {NodeRecord} node @returns {NodePaint} */
  paintOf(node) {
    const chosen = node.color ?? node.bgcolor ?? (isNote(node.type) ? NOTE : null);
    const type = node.outputs[0]?.type ?? node.inputs[0]?.type ?? '*';
    const key = chosen ? `color ${chosen} ${node.mode}` : `type ${type} ${node.mode}`;
    let paint = this.#paints.get(key);
    if (!paint) this.#paints.set(key, (paint = this.#mixPaint(parseHex(chosen ?? ''), type, node.mode)));
    return paint;
  }

  /** @param {Rgb | null} chosen @param {string} type @param {number} mode @returns {NodePaint} */
  #mixPaint(chosen, type, mode) {
    const { 'node-body': body, 'node-title': title, 'field-background': field } = this.colors;
    const accent = mode === 4 ? this.colors['state-bypassed'] : chosen ? this.#strong(chosen) : this.types.rgb(type);
    const tint = chosen || mode === 4 ? { body: 0.12, title: 0.34, field: 0.05 } : { body: 0, title: this.isLight ? 0.2 : 0.16, field: 0 };
    return {
      body: css(mix(body, accent, tint.body)),
      title: css(mix(title, accent, tint.title)),
      field: css(mix(field, accent, tint.field)),
      far: css(mix(title, accent, 0.6)),
      farBody: css(mix(body, accent, this.isLight ? 0.1 : 0.14)),
      accent: css(accent),
    };
  }

  /** A chosen colour's hue at the theme's own strength; files bring colours made for one theme only.
   * @param {Rgb} color @returns {Rgb} */
  #strong(color) {
    const { hue, saturation } = toHsl(color);
    return fromHsl(hue, Math.min(saturation * 1.4, 0.55), this.isLight ? 0.46 : 0.6);
  }
}

/** @param {Element} element @returns {Theme} */
export function readTheme(element) {
  const style = getComputedStyle(element);
  const read = (/** @type {string} */ name) => style.getPropertyValue(`--${name}`).trim();
  const entries = NAMES.map((name) => [name, parseHex(read(name)) ?? [128, 128, 128]]);
  return new Theme(
    /** @type {{[name in ColorName]: Rgb}} */ (Object.fromEntries(entries)),
    read('font-ui') || 'sans-serif',
    read('font-mono') || 'monospace',
  );
}
