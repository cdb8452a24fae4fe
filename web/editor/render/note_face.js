// @ts-check
/** A note whose Markdown is shown as what it means. */

import { layoutNote } from '../view/note_layout.js';

/** @typedef {import('./node_face.js').Brush} Brush */
/** @typedef {import('../view/geometry.js').Rect} Rect */
/** @typedef {import('../view/note_layout.js').Look} Look */

export const NOTE_PAD = 10;
const TEXT_FONT = 'Inter, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
const CODE_FONT = '"JetBrains Mono", Menlo, Consolas, "Liberation Mono", monospace';

/** @param {Look} look @returns {string} */
const fontOf = ({ size, run }) =>
  `${run.italic ? 'italic ' : ''}${run.bold ? 600 : 400} ${run.code ? size - 1 : size}px ${run.code ? CODE_FONT : TEXT_FONT}`;

/** @type {import('./text.js').Context | null} */
let ruler = null;

/** @param {string} text @param {Look} look */
function measure(text, look) {
  ruler ??= new OffscreenCanvas(1, 1).getContext('2d');
  if (!ruler) return text.length * look.size * 0.55;
  ruler.font = fontOf(look);
  return ruler.measureText(text).width;
}

/** @param {Brush} brush @param {Rect} rect @param {string} text */
export function drawNote({ context, theme, pictures }, rect, text) {
  const { pieces, marks } = layoutNote(text, rect.w - 2 * NOTE_PAD, measure, (url) => pictures.size(url));
  context.save();
  context.beginPath();
  context.rect(rect.x, rect.y, rect.w, rect.h);
  context.clip();
  context.translate(rect.x + NOTE_PAD, rect.y + NOTE_PAD);
  for (const { kind, x, y, w, h } of marks) {
    context.fillStyle = theme.css[kind === 'code' ? 'node-title' : 'field-border'];
    context.beginPath();
    context.roundRect(x, y, w, h, kind === 'code' ? 4 : 1);
    context.fill();
  }
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  for (const piece of pieces) {
    if (piece.y > rect.h) continue;
    if (piece.picture) drawPicture(context, pictures, piece.picture, piece);
    else drawWord(context, theme, piece);
  }
  context.restore();
}

/** @param {import('./text.js').Context} context @param {import('./pictures.js').Pictures} pictures @param {string} url @param {Rect} rect */
function drawPicture(context, pictures, url, { x, y, w, h }) {
  const there = pictures.get(url);
  if (!there) return;
  context.save();
  context.beginPath();
  context.roundRect(x, y, w, h, 4);
  context.clip();
  context.drawImage(there.image, x, y, w, h);
  context.restore();
}

/** @param {import('./text.js').Context} context @param {import('./theme.js').Theme} theme @param {import('../view/note_layout.js').Piece} piece */
function drawWord(context, theme, { x, y, w, h, text, look }) {
  context.font = fontOf(look);
  context.fillStyle = theme.css[look.run.href ? 'selection' : look.muted ? 'field-text-muted' : 'field-text'];
  context.fillText(text, x, y + h / 2);
  if (look.run.href) context.fillRect(x, y + h - 2, w, 1);
  if (look.run.struck) context.fillRect(x, y + h / 2, w, 1);
}

/** The address under a point of a note. @param {Rect} rect @param {string} text @param {{readonly x: number, readonly y: number}} at on the node
 * @param {import('../view/note_layout.js').SizeOf} sizeOf of pictures @returns {string | null} */
export function linkInNote(rect, text, at, sizeOf) {
  const [x, y] = [at.x - rect.x - NOTE_PAD, at.y - rect.y - NOTE_PAD];
  const { pieces } = layoutNote(text, rect.w - 2 * NOTE_PAD, measure, sizeOf);
  const piece = pieces.find((one) => x >= one.x && x <= one.x + one.w && y >= one.y && y <= one.y + one.h);
  return piece?.look.run.href ?? null;
}
