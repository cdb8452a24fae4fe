// @ts-check
/** What tools draw over the graph while they are at work. All in graph points. */

import { SOCKET } from '../view/metrics.js';
import { trace } from '../render/links.js';

/** @typedef {import('../render/renderer.js').Frame} Frame */
/** @typedef {import('../view/geometry.js').Rect} Rect */
/** @typedef {import('../view/geometry.js').GraphPoint} GraphPoint */

/** @param {Frame} frame @param {Rect} rect */
export function drawBox({ context, theme, scale }, { x, y, w, h }) {
  context.fillStyle = context.strokeStyle = theme.css.selection;
  context.lineWidth = 1 / scale;
  context.globalAlpha = 0.12;
  context.fillRect(x, y, w, h);
  context.globalAlpha = 1;
  context.strokeRect(x, y, w, h);
}

/** A link in the hand. @param {Frame} frame @param {Float64Array} path @param {string} type */
export function drawLoose({ context, theme, scale }, path, type) {
  context.strokeStyle = theme.types.get(type);
  context.lineWidth = Math.max(3, 1.5 / scale);
  context.lineCap = 'round';
  context.beginPath();
  trace(context, path, false);
  context.stroke();
}

/** A socket that a link may go to, or one that it may not. @param {Frame} frame @param {GraphPoint} place @param {string} type
 * @param {'fits' | 'target' | 'not'} how */
export function drawSocket({ context, theme }, { x, y }, type, how) {
  context.beginPath();
  context.arc(x, y, how === 'not' ? SOCKET + 1 : SOCKET + 2, 0, Math.PI * 2);
  context.fillStyle = how === 'not' ? theme.css['node-border'] : theme.types.get(type);
  context.fill();
  if (how === 'not') return;
  context.beginPath();
  context.arc(x, y, how === 'target' ? SOCKET + 7 : SOCKET + 5, 0, Math.PI * 2);
  context.strokeStyle = theme.types.get(type);
  context.lineWidth = how === 'target' ? 3 : 2;
  context.globalAlpha = how === 'target' ? 0.9 : 0.45;
  context.stroke();
  context.globalAlpha = 1;
}

/** Words beside the pointer, of one size at any scale. @param {Frame} frame @param {GraphPoint} at @param {string} text */
export function drawBubble({ context, theme, scale }, at, text) {
  const size = 12 / scale;
  context.font = `500 ${size}px ${theme.font}`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const w = context.measureText(text).width + size * 1.6;
  const [x, y, h] = [at.x + size * 1.2, at.y + size * 1.2, size * 2.2];
  context.beginPath();
  context.roundRect(x, y, w, h, size * 0.5);
  context.fillStyle = theme.css['field-background'];
  context.fill();
  context.lineWidth = 1 / scale;
  context.strokeStyle = theme.css['state-failed'];
  context.stroke();
  context.fillStyle = theme.css['field-text'];
  context.fillText(text, x + size * 0.8, y + h / 2);
}

/** The line of a cut. @param {Frame} frame @param {GraphPoint} from @param {GraphPoint} to */
export function drawCut({ context, theme, scale }, from, to) {
  drawLine(context, from, to, theme.css['state-failed'], 2 / scale, [6 / scale, 4 / scale]);
}

/** Where things line up. @param {Frame} frame @param {{x: number | null, y: number | null}} guide */
export function drawGuide({ context, theme, scale, visible }, { x, y }) {
  const color = theme.css.selection;
  const { x: left, y: top, w, h } = visible;
  if (x !== null) drawLine(context, { x, y: top }, { x, y: top + h }, color, 1 / scale, []);
  if (y !== null) drawLine(context, { x: left, y }, { x: left + w, y }, color, 1 / scale, []);
}

/** @param {CanvasRenderingContext2D} context @param {GraphPoint} from @param {GraphPoint} to @param {string} color @param {number} width @param {number[]} dashes */
function drawLine(context, from, to, color, width, dashes) {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.setLineDash(dashes);
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  context.stroke();
  context.setLineDash([]);
}
