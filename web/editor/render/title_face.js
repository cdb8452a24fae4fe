// @ts-check
/** The titles of nodes: the fold mark, the name, and badges for what is out of the ordinary. */

import { titleOf } from '../view/layout.js';
import { TITLE } from '../view/metrics.js';
import { fitText } from './text.js';

/** The room at the right where the state of the run is drawn, which is not part of the title. */
const STATUS = 28;

/** @typedef {import('./node_face.js').Brush} Brush */
/** @typedef {import('./text.js').Context} Context */
/** @typedef {import('../view/scene.js').NodeView} NodeView */

/** @param {Brush} brush @param {NodeView} view */
export function drawTitle(brush, view) {
  const { context, theme, paint, writes } = brush;
  const { layout, record } = view;
  const middle = -TITLE / 2;
  drawChevron(context, paint.accent, layout.shape === 'pill', middle);
  const text = titleOf(record, view.definition);
  if (!writes) {
    drawFarTitle(brush, text, layout.width - 36, middle);
    return;
  }
  let right = layout.width - STATUS;
  if (layout.shape !== 'pill') for (const [label, color] of badges(brush, view)) right = drawBadge(brush, label, color, right, middle);
  if (record.pinned) right = drawPin(context, theme.css['state-warning'], right, middle);
  context.font = theme.titleFont;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillStyle = theme.css['node-text'];
  context.fillText(fitText(context, text, right - 28), 28, middle + 0.5);
}

/** From afar titles are larger, since they are all that can still be read.
 * @param {Brush} brush @param {string} text @param {number} room @param {number} middle */
function drawFarTitle({ context, theme, pixel }, text, room, middle) {
  context.fillStyle = theme.css['node-text'];
  if (22 / pixel < 5) return context.fillRect(28, middle - 3, Math.min(text.length * 6.4, room), 6);
  context.font = theme.farFont;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillText(fitText(context, text, room), 28, middle + 1);
}

/** @param {Context} context @param {string} color @param {boolean} folded @param {number} middle */
function drawChevron(context, color, folded, middle) {
  context.strokeStyle = color;
  context.lineWidth = 2;
  context.lineCap = context.lineJoin = 'round';
  context.beginPath();
  const points = folded ? [[13, -4], [17, 0], [13, 4]] : [[11, -2], [15, 2], [19, -2]];
  for (const [x = 0, y = 0] of points) context.lineTo(x, middle + y);
  context.stroke();
}

/** @param {Brush} brush @param {NodeView} view @returns {[string, string][]} */
function badges({ theme, words }, { record, definition }) {
  /** @type {[string, string][]} */
  const found = [];
  if (!definition) found.push([words.missing, theme.css['state-failed']]);
  if (record.mode === 2) found.push([words.muted, theme.css['node-text-muted']]);
  if (record.mode === 4) found.push([words.bypassed, theme.css['state-bypassed']]);
  return found;
}

/** @param {Context} context @param {string} color @param {number} right @param {number} middle */
function drawPin(context, color, right, middle) {
  const x = right - 8;
  context.strokeStyle = context.fillStyle = color;
  context.lineWidth = 1.6;
  context.lineCap = context.lineJoin = 'round';
  context.beginPath();
  for (const [dx, dy] of PIN) context.lineTo(x + dx, middle + dy);
  context.closePath();
  context.fill();
  context.stroke();
  context.beginPath();
  context.moveTo(x, middle + 2);
  context.lineTo(x, middle + 6);
  context.stroke();
  return right - 22;
}

const PIN = /** @type {const} */ ([[-3, -6], [3, -6], [2, -2], [4.5, 1.5], [-4.5, 1.5], [-2, -2]]);

/** A word on a coloured ground, right-aligned; answers where the next one may end.
 * @param {Brush} brush @param {string} label @param {string} color @param {number} right @param {number} middle */
function drawBadge({ context, theme }, label, color, right, middle) {
  context.font = theme.smallFont;
  const width = context.measureText(label).width + 12;
  context.beginPath();
  context.roundRect(right - width, middle - 8, width, 16, 8);
  context.fillStyle = color;
  context.fill();
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = theme.css['state-text'];
  context.fillText(label, right - width / 2, middle + 0.5);
  return right - width - 6;
}
