// @ts-check
/** What changes while a workflow runs, drawn over the nodes: progress, badges, seconds, pictures. */

import { RADIUS, TITLE } from '../view/metrics.js';

/** @typedef {import('./theme.js').Theme} Theme */
/** @typedef {import('../view/scene.js').NodeView} NodeView */

/**
 * How a node fares: in the last run, or (`kept` in the cache, `planned` to run, `unready` for it) in the next.
 * `progress` is 0..1 where it tells, `note` what stands above the node, `problems` the inputs with something wrong.
 * @typedef {{readonly status: 'idle' | 'waiting' | 'running' | 'done' | 'cached' | 'failed' | 'invalid' | 'kept' | 'planned' | 'unready',
 *   readonly progress?: number | null, readonly note?: string | null, readonly problems?: readonly string[]}} NodeRun
 */

/** @type {{readonly [status: string]: import('./theme.js').ColorName}} */
const COLORS = {
  running: 'state-running', done: 'state-running', cached: 'state-cached', failed: 'state-failed',
  invalid: 'state-warning', unready: 'state-warning', waiting: 'node-text-muted', kept: 'state-cached', planned: 'node-text-muted',
};

/** @param {CanvasRenderingContext2D} context in graph points @param {NodeView} view @param {NodeRun} run @param {Theme} theme @param {number} scale */
export function drawRun(context, view, run, theme, scale) {
  const color = theme.css[COLORS[run.status] ?? 'node-text-muted'];
  const { record, layout } = view;
  const top = record.y + layout.title.y;
  const height = layout.height - layout.title.y;
  if (['running', 'failed', 'invalid'].includes(run.status)) outline(context, view, top, height, color, scale);
  if (run.status === 'running') drawProgress(context, view, run.progress ?? null, color);
  if (scale < 0.35) return;
  if (run.problems?.length) drawProblems(context, view, run.problems, color);
  drawStatus(context, record.x + layout.width - 15, top + TITLE / 2, run.status, color, theme);
  if (!run.note) return;
  context.font = theme.noteFont;
  context.textAlign = 'right';
  context.textBaseline = 'bottom';
  context.fillStyle = theme.css['node-text-muted'];
  context.fillText(run.note, record.x + layout.width - 4, top - 8);
}

/** @param {CanvasRenderingContext2D} context @param {NodeView} view @param {number} top @param {number} height @param {string} color @param {number} scale */
function outline(context, { record, layout }, top, height, color, scale) {
  context.strokeStyle = color;
  for (const [reach, width, alpha] of /** @type {const} */ ([[4, 6, 0.16], [2, 3, 0.3], [1, 2, 1]])) {
    context.globalAlpha = alpha;
    context.lineWidth = Math.max(width, (width * 0.5) / scale);
    context.beginPath();
    context.roundRect(record.x - reach, top - reach, layout.width + 2 * reach, height + 2 * reach, RADIUS + reach);
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** A bar along the lower edge of the title. @param {CanvasRenderingContext2D} context @param {NodeView} view @param {number | null} progress @param {string} color */
function drawProgress(context, { record, layout }, progress, color) {
  const y = record.y - 4;
  context.fillStyle = color;
  context.globalAlpha = 0.25;
  context.fillRect(record.x, y, layout.width, 4);
  context.globalAlpha = 1;
  context.fillRect(record.x, y, layout.width * Math.min(Math.max(progress ?? 0, 0), 1), 4);
}

/** Rings around the sockets, and frames around the fields, that have something wrong.
 * @param {CanvasRenderingContext2D} context @param {NodeView} view @param {readonly string[]} names @param {string} color */
function drawProblems(context, { record, layout }, names, color) {
  context.strokeStyle = color;
  context.lineWidth = 2;
  context.beginPath();
  for (const { side, slot, x, y } of layout.slots) {
    if (side !== 'input' || !names.includes(slot.name)) continue;
    context.moveTo(record.x + x + 8, record.y + y);
    context.arc(record.x + x, record.y + y, 8, 0, Math.PI * 2);
  }
  for (const { name, rect } of layout.widgets) {
    if (names.includes(name)) context.roundRect(record.x + rect.x, record.y + rect.y, rect.w, rect.h, Math.min(rect.h / 2, 12));
  }
  context.stroke();
}

/** Where the sign of how a node fares stands. @param {NodeView} view in graph points */
export const signAt = ({ record, layout }) => ({ x: record.x + layout.width - 15, y: record.y + layout.title.y + TITLE / 2 });

/** A small round sign: a tick for done, a lightning for cached, a cross for failed. What is only foreseen is hollow.
 * @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {string} status @param {string} color @param {Theme} theme */
function drawStatus(context, x, y, status, color, theme) {
  if (status === 'idle') return;
  const isHollow = HOLLOW.includes(status);
  context.beginPath();
  context.arc(x, y, isHollow ? 7.25 : 8, 0, Math.PI * 2);
  context.fillStyle = context.strokeStyle = color;
  context.globalAlpha = status === 'waiting' ? 0.5 : isHollow ? 0.75 : 1;
  context.lineWidth = 1.5;
  if (isHollow) context.stroke();
  else context.fill();
  if (!isHollow) context.globalAlpha = 1;
  context.strokeStyle = isHollow ? color : theme.css['state-text'];
  context.lineWidth = isHollow ? 1.5 : 1.8;
  context.lineCap = context.lineJoin = 'round';
  context.beginPath();
  for (const points of SIGNS[status] ?? []) {
    points.forEach(([dx, dy], index) => (index ? context.lineTo(x + dx, y + dy) : context.moveTo(x + dx, y + dy)));
  }
  context.stroke();
  context.globalAlpha = 1;
}

const HOLLOW = ['kept', 'planned', 'unready'];
/** @type {readonly (readonly (readonly [number, number])[])[]} */
const LIGHTNING = [[[1, -4.5], [-2.5, 0.5], [2.5, -0.5], [-1, 4.5]]];
/** @type {readonly (readonly (readonly [number, number])[])[]} */
const MARK = [[[0, -4], [0, 1]], [[0, 3.8], [0, 4]]];

/** @type {{readonly [status: string]: readonly (readonly (readonly [number, number])[])[]}} */
const SIGNS = {
  done: [[[-3.5, 0], [-1, 2.5], [3.5, -2.5]]],
  cached: LIGHTNING,
  kept: LIGHTNING,
  failed: [[[-2.8, -2.8], [2.8, 2.8]], [[2.8, -2.8], [-2.8, 2.8]]],
  invalid: MARK,
  unready: MARK,
  planned: [[[-1.5, -2.8], [3, 0], [-1.5, 2.8], [-1.5, -2.8]]],
  running: [[[-2, -3.5], [3.5, 0], [-2, 3.5], [-2, -3.5]]],
  waiting: [[[-3, 0], [-3, 0.1]], [[0, 0], [0, 0.1]], [[3, 0], [3, 0.1]]],
};
