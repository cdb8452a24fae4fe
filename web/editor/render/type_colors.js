// @ts-check
/** The colours of sockets and links by type, as ComfyUI's users know them; other types get one of their own. */

import { css, fromHsl, mix, parseHex } from './colors.js';

/** @typedef {import('./colors.js').Rgb} Rgb */

/** @type {{readonly [type: string]: string}} */
const KNOWN = {
  MODEL: '#B39DDB', CLIP: '#FFD500', VAE: '#FF6E6E', CONDITIONING: '#FFA931', LATENT: '#FF9CF9',
  IMAGE: '#64B5F6', MASK: '#81C784', CONTROL_NET: '#6EE7B7', CLIP_VISION: '#A8DADC',
  CLIP_VISION_OUTPUT: '#AD7452', STYLE_MODEL: '#C2FFAE', NOISE: '#B0B0B0', GUIDER: '#66FFFF',
  SAMPLER: '#ECB4B4', SIGMAS: '#CDFFCD', UPSCALE_MODEL: '#7FD6C2', GLIGEN: '#D6A77F',
  INT: '#8FB8E8', FLOAT: '#8FD0C8', STRING: '#9CCB8F', BOOLEAN: '#D8A0A0', COMBO: '#B9B0A0',
  AUDIO: '#E8A87C', VIDEO: '#7C9CE8', LORA_MODEL: '#C7A0F0', HOOKS: '#C9C07A', '*': '#A7AFBC',
};

/** @param {string} type @returns {Rgb} */
function plainColor(type) {
  const known = parseHex(KNOWN[type] ?? KNOWN[type.split(',')[0] ?? ''] ?? '');
  if (known) return known;
  let hash = 7;
  for (const letter of type) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 3600;
  return fromHsl(hash / 10, 0.5, 0.7);
}

export class TypeColors {
  /** @type {Map<string, string>} */
  #known = new Map();
  #ink;

  /** @param {Rgb | null} ink what pale colours are darkened with on light ground; null for dark ground */
  constructor(ink) {
    this.#ink = ink;
  }

  /** @param {string} type @returns {Rgb} */
  rgb(type) {
    const color = plainColor(type);
    return this.#ink ? mix(color, this.#ink, 0.3) : color;
  }

  /** @param {string} type @returns {string} */
  get(type) {
    const known = this.#known.get(type);
    if (known) return known;
    const made = css(this.rgb(type));
    this.#known.set(type, made);
    return made;
  }
}
