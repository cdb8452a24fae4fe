// @ts-check
/** How large a new node is, and where nodes are, in graph points. A node's title lies above its y. */

import { isLinkableField } from './slots.js';

/** @typedef {import('./definition.js').Definition} Definition */
/** @typedef {{readonly x: number, readonly y: number, readonly w: number, readonly h: number}} Rect */

export const TITLE_HEIGHT = 30;
const SLOT_HEIGHT = 20;
const FIELD_HEIGHT = 24;
const TEXT_HEIGHT = 100;
const PICTURE_HEIGHT = 220;
const WIDTH = 210;
const WIDE = 315;

/** @param {Definition} definition @returns {{w: number, h: number}} */
export function sizeOf({ inputs, outputs, fields, output }) {
  const sockets = inputs.filter((input) => !isLinkableField(input) && input.kind === 'socket').length;
  const shown = fields.filter((field) => field.shown);
  const boxes = shown.filter((field) => field.input?.multiline).length;
  const pictures = shown.some((field) => field.kind === 'image') || (output && outputs.length === 0);
  const rows = Math.max(sockets, outputs.length, 1) * SLOT_HEIGHT;
  const body = (shown.length - boxes) * FIELD_HEIGHT + boxes * TEXT_HEIGHT;
  return {
    w: boxes || shown.length > 4 || pictures ? WIDE : WIDTH,
    h: rows + body + (pictures ? PICTURE_HEIGHT : 0) + 16,
  };
}

/** The smallest rectangle around others, titles of nodes included.
 * @param {Iterable<Rect & {readonly kind?: string}>} rects @returns {Rect | null} null for none */
export function around(rects) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y, w, h, kind } of rects) {
    left = Math.min(left, x);
    top = Math.min(top, kind === 'node' ? y - TITLE_HEIGHT : y);
    right = Math.max(right, x + w);
    bottom = Math.max(bottom, y + h);
  }
  return left === Infinity ? null : { x: left, y: top, w: right - left, h: bottom - top };
}
