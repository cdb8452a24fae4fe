// @ts-check
/** What a node looks like, in its own coordinates; what changes while it runs is drawn elsewhere. */

import { slotLabel } from '../model/node_words.js';
import { RADIUS, SOCKET, TITLE } from '../view/metrics.js';
import { drawField } from './field_face.js';
import { drawTitle } from './title_face.js';
import { breakText, fitText } from './text.js';

/** @typedef {import('./theme.js').Theme} Theme */
/** @typedef {import('./theme.js').NodePaint} NodePaint */
/** @typedef {import('./text.js').Context} Context */
/** @typedef {import('../view/scene.js').NodeView} NodeView */
/** @typedef {import('../view/layout.js').SlotPlace} SlotPlace */

/** The few words that the canvas itself writes, in the reader's language.
 * @typedef {{readonly muted: string, readonly bypassed: string, readonly missing: string, readonly control: string}} Words */

/** What a node is painted with: `pixel` is the size of a device pixel in graph points, `writes` whether
 * text is large enough to be read, `linked` tells of sockets as `i0`, `o2`.
 * @typedef {{readonly context: Context, readonly theme: Theme, readonly paint: NodePaint, readonly pixel: number,
 *   readonly writes: boolean, readonly linked: ReadonlySet<string>, readonly words: Words,
 *   readonly pictures: import('./pictures.js').Pictures, readonly node: NodeView['record']}} Brush */

/** How far shadows reach beyond a node. */
export const MARGIN = 16;

/** @param {Brush} brush @param {NodeView} view */
export function drawNode(brush, view) {
  const { context } = brush;
  const { layout, record } = view;
  const dim = record.mode === 2 ? 0.5 : record.mode === 4 ? 0.72 : 1;
  if (layout.shape === 'point') drawPoint(brush, view);
  else {
    drawShadow(brush, view);
    context.globalAlpha = dim;
    drawBox(brush, view);
    drawTitle(brush, view);
    for (const widget of layout.widgets) drawField(brush, view, widget, brush.linked.has(`i${widget.input}`));
    if (!view.definition && layout.shape === 'full') drawMissing(brush, view);
    if (layout.preview && layout.preview.y < layout.height) drawFrame(brush, layout.preview);
  }
  for (const slot of layout.slots) drawSlot(brush, view, slot);
  context.globalAlpha = 1;
}

/** Stacked transparent boxes: as soft as a blurred shadow, and hundreds of times cheaper without a GPU.
 * @param {Brush} brush @param {NodeView} view */
function drawShadow({ context, theme, pixel }, { layout }) {
  if (pixel > 2.5) return;
  const { title, height, width } = layout;
  context.fillStyle = theme.css['node-shadow'];
  for (const [reach, alpha] of theme.isLight ? LIGHT_SHADOW : DARK_SHADOW) {
    context.globalAlpha = alpha;
    context.beginPath();
    context.roundRect(-reach, title.y - reach + 3, width + 2 * reach, TITLE + height + 2 * reach, RADIUS + reach);
    context.fill();
  }
  context.globalAlpha = 1;
}

const DARK_SHADOW = /** @type {const} */ ([[0, 0.12], [2, 0.1], [4, 0.07], [7, 0.05], [11, 0.03]]);
const LIGHT_SHADOW = /** @type {const} */ ([[0, 0.03], [2, 0.025], [4, 0.02], [7, 0.015], [11, 0.01]]);

/** @param {Brush} brush @param {NodeView} view */
function drawBox({ context, theme, paint, pixel }, { layout, definition }) {
  const { width, height } = layout;
  const pill = layout.shape === 'pill';
  const radius = pill ? TITLE / 2 : RADIUS;
  context.beginPath();
  context.roundRect(0, -TITLE, width, TITLE + height, radius);
  context.fillStyle = pill ? paint.title : paint.body;
  context.fill();
  if (!pill) {
    context.beginPath();
    context.roundRect(0, -TITLE, width, TITLE, [radius, radius, 0, 0]);
    context.fillStyle = paint.title;
    context.fill();
    context.globalAlpha *= 0.55;
    context.fillStyle = paint.accent;
    context.fillRect(0, -Math.max(1, pixel), width, Math.max(1, pixel));
    context.globalAlpha /= 0.55;
  }
  context.beginPath();
  context.roundRect(pixel / 2, -TITLE + pixel / 2, width - pixel, TITLE + height - pixel, radius);
  context.lineWidth = definition ? pixel : Math.max(1.5, pixel);
  context.strokeStyle = definition ? theme.css['node-border'] : theme.css['state-failed'];
  if (!definition) context.setLineDash([6, 4]);
  context.stroke();
  context.setLineDash([]);
}

/** @param {Brush} brush @param {NodeView} view @param {SlotPlace} place */
function drawSlot({ context, theme, paint, writes, linked }, view, place) {
  const { side, index, slot, x, y } = place;
  const isLinked = linked.has(`${side === 'input' ? 'i' : 'o'}${index}`);
  const quiet = !place.named && !isLinked && view.layout.shape === 'full';
  const color = theme.types.get(slot.type);
  context.beginPath();
  if (view.layout.shape !== 'pill' || index === 0) {
    const radius = quiet ? 3 : SOCKET;
    if (slot.extra['shape'] === 6) context.roundRect(x - radius, y - radius, 2 * radius, 2 * radius, 1.5);
    else context.arc(x, y, radius, 0, Math.PI * 2);
    context.fillStyle = isLinked ? color : paint.body;
    context.fill();
    context.lineWidth = quiet ? 1 : 2;
    context.strokeStyle = color;
    context.globalAlpha *= quiet ? 0.55 : 1;
    context.stroke();
    context.globalAlpha /= quiet ? 0.55 : 1;
  }
  if (!place.named) return;
  const name = slotLabel(view.definition, side, index, slot);
  const room = view.layout.width * (view.record.outputs.length && view.record.inputs.length ? 0.5 : 1) - 20;
  const at = side === 'input' ? x + 14 : x - 14;
  context.fillStyle = theme.css[slot.optional ? 'field-text-muted' : 'node-text-muted'];
  if (!writes) {
    const width = Math.min(name.length * 5.6, room);
    context.globalAlpha *= 0.5;
    context.fillRect(side === 'input' ? at : at - width, y - 2, width, 4);
    context.globalAlpha *= 2;
    return;
  }
  context.font = theme.labelFont;
  context.textBaseline = 'middle';
  context.textAlign = side === 'input' ? 'left' : 'right';
  context.fillText(fitText(context, name, room), at, y + 0.5);
}

/** @param {Brush} brush @param {import('../view/geometry.js').Rect} rect */
function drawFrame({ context, theme, paint }, { x, y, w, h }) {
  context.beginPath();
  context.roundRect(x, y, w, h, 6);
  context.fillStyle = paint.field;
  context.fill();
  context.lineWidth = 1;
  context.strokeStyle = theme.css['field-border'];
  context.stroke();
  if (h < 48) return;
  // A quiet sign for a picture that is yet to come.
  const [cx, cy] = [x + w / 2, y + h / 2];
  context.lineWidth = 1.5;
  context.lineJoin = 'round';
  context.beginPath();
  context.roundRect(cx - 14, cy - 11, 28, 22, 4);
  context.moveTo(cx - 10, cy + 7);
  for (const [dx, dy] of /** @type {const} */ ([[-3, -1], [2, 4], [6, 0], [10, 5]])) context.lineTo(cx + dx, cy + dy);
  context.moveTo(cx + 8, cy - 5);
  context.arc(cx + 6, cy - 5, 2, 0, Math.PI * 2);
  context.stroke();
}

/** A class that the server does not have: what the file says of its fields. @param {Brush} brush @param {NodeView} view */
function drawMissing({ context, theme, writes }, { record, layout }) {
  const top = 8 + Math.max(0, ...layout.slots.map(({ y }) => y + 10));
  const lines = Math.floor((layout.height - top) / 16);
  if (!writes || lines < 1 || record.raw === null) return;
  const text = Array.isArray(record.raw) ? record.raw.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n') : JSON.stringify(record.raw);
  context.font = theme.monoFont;
  context.textAlign = 'left';
  context.fillStyle = theme.css['field-text-muted'];
  breakText(context, text, layout.width - 24, lines).forEach((line, index) => context.fillText(line, 12, top + 16 * (index + 0.5)));
}

/** @param {Brush} brush @param {NodeView} view */
function drawPoint({ context, theme, paint, pixel }, { layout }) {
  const { width, height } = layout;
  context.beginPath();
  context.roundRect(0, 0, width, height, height / 2);
  context.fillStyle = paint.title;
  context.fill();
  context.lineWidth = pixel;
  context.strokeStyle = theme.css['node-border'];
  context.stroke();
}
