// @ts-check
/** Colours: read, mixed and written. Channels 0..255, alpha 0..1. */

/** @typedef {readonly [number, number, number]} Rgb */

/** @param {string} text `#rgb`, `#rrggbb` or `#rrggbbaa` @returns {Rgb | null} null for anything else */
export function parseHex(text) {
  const digits = /^#([0-9a-f]{3,8})$/i.exec(text.trim())?.[1] ?? '';
  if (digits.length === 3 || digits.length === 4) {
    const at = (/** @type {number} */ index) => parseInt((digits[index] ?? '0').repeat(2), 16);
    return [at(0), at(1), at(2)];
  }
  if (digits.length !== 6 && digits.length !== 8) return null;
  const at = (/** @type {number} */ index) => parseInt(digits.slice(index, index + 2), 16);
  return [at(0), at(2), at(4)];
}

/** @param {Rgb} color @param {number} [alpha] */
export const css = ([r, g, b], alpha = 1) =>
  alpha === 1 ? `rgb(${r} ${g} ${b})` : `rgb(${r} ${g} ${b} / ${alpha})`;

/** @param {Rgb} a @param {Rgb} b @param {number} share of b, 0..1 @returns {Rgb} */
export function mix(a, b, share) {
  const one = (/** @type {0 | 1 | 2} */ i) => Math.round(a[i] + (b[i] - a[i]) * share);
  return [one(0), one(1), one(2)];
}

/** Hue (0..360), saturation and lightness (0..1). @param {Rgb} color */
export function toHsl([r, g, b]) {
  const [most, least] = [Math.max(r, g, b) / 255, Math.min(r, g, b) / 255];
  const lightness = (most + least) / 2;
  const spread = most - least;
  if (spread === 0) return { hue: 0, saturation: 0, lightness };
  const saturation = spread / (1 - Math.abs(2 * lightness - 1));
  const [x, y, z] = [r / 255, g / 255, b / 255];
  const turn = most === x ? ((y - z) / spread) % 6 : most === y ? (z - x) / spread + 2 : (x - y) / spread + 4;
  return { hue: (turn * 60 + 360) % 360, saturation, lightness };
}

/** @param {number} hue degrees @param {number} saturation @param {number} lightness @returns {Rgb} */
export function fromHsl(hue, saturation, lightness) {
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const one = (/** @type {number} */ n) => {
    const k = (n + hue / 30) % 12;
    return Math.round(255 * (lightness - reach * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [one(0), one(8), one(4)];
}

/** How strongly two colours differ, as WCAG 2 has it: 1..21. @param {Rgb} a @param {Rgb} b */
export function contrast(a, b) {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

/** @param {Rgb} color */
function luminance([r, g, b]) {
  const one = (/** @type {number} */ channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * one(r) + 0.7152 * one(g) + 0.0722 * one(b);
}
