// @ts-check
/** Fields as they are drawn while nobody edits them. */

import { hasText, t } from '../lib/i18n.js';
import { optionLabel } from '../model/node_words.js';
import { customOf } from '../view/custom_fields.js';
import { isText } from '../view/layout.js';
import { drawNote } from './note_face.js';
import { breakText, fitText } from './text.js';

/** @typedef {import('./node_face.js').Brush} Brush */
/** @typedef {import('../view/layout.js').WidgetPlace} WidgetPlace */
/** @typedef {import('../view/scene.js').NodeView} NodeView */

const LINE = 16;
const PAD = 8;

/** @param {Brush} brush @param {NodeView} view @param {WidgetPlace} widget @param {boolean} isLinked */
export function drawField(brush, view, widget, isLinked) {
  const { context, theme, paint } = brush;
  const { rect, field } = widget;
  const value = view.record.values[field.name];
  context.save();
  if (isLinked) context.globalAlpha *= 0.45;
  context.beginPath();
  context.roundRect(rect.x, rect.y, rect.w, rect.h, isText(field) ? 6 : rect.h / 2);
  context.fillStyle = paint.field;
  context.fill();
  context.strokeStyle = theme.css['field-border'];
  context.lineWidth = 1;
  context.stroke();
  const custom = customOf(field);
  if (!brush.writes) drawBars(brush, widget);
  else if (custom?.draw) drawCustom(brush, widget, value, custom);
  else if (brush.node.type === 'MarkdownNote' && typeof value === 'string' && value) drawNote(brush, rect, value);
  else if (isText(field)) drawText(brush, widget, value);
  else drawRow(brush, widget, value);
  context.restore();
}

/** As an extension draws it, and nowhere else. @param {Brush} brush @param {WidgetPlace} widget @param {unknown} value
 * @param {import('../view/custom_fields.js').CustomField} custom */
function drawCustom(brush, widget, value, custom) {
  const { context, theme } = brush;
  const { x, y, w: width, h: height } = widget.rect;
  context.clip();
  context.save();
  context.font = theme.labelFont;
  const colors = { text: theme.css['field-text'], muted: theme.css['field-text-muted'], accent: theme.css.selection };
  custom.draw?.(context, { x, y, width, height }, /** @type {any} */ (value ?? null), colors, labelOf(brush, widget));
  context.restore();
}

/** @param {Brush} brush @param {WidgetPlace} widget @param {unknown} value */
function drawRow(brush, widget, value) {
  const { context, theme } = brush;
  const { rect, field } = widget;
  const middle = rect.y + rect.h / 2 + 0.5;
  const marks = drawMarks(brush, widget, value);
  context.font = theme.labelFont;
  context.textBaseline = 'middle';
  const shown = field.kind === 'toggle' || field.kind === 'color' ? '' : shownValue(field, value);
  const inner = rect.w - marks.left - marks.right;
  const label = fitText(context, labelOf(brush, widget), Math.max(inner * (shown ? 0.5 : 1), inner - context.measureText(shown).width - 12));
  const labelWidth = context.measureText(label).width;
  context.textAlign = 'left';
  context.fillStyle = theme.css['field-text-muted'];
  context.fillText(label, rect.x + marks.left, middle);
  context.textAlign = 'right';
  context.fillStyle = theme.css['field-text'];
  const room = inner - labelWidth - 12;
  context.fillText(fitText(context, shown, room), rect.x + rect.w - marks.right, middle);
}

/** What stands at a field's ends: arrows of numbers and combos, a switch, a colour. Answers the room they take.
 * @param {Brush} brush @param {WidgetPlace} widget @param {unknown} value */
function drawMarks({ context, theme }, { rect, field }, value) {
  const right = rect.x + rect.w;
  const middle = rect.y + rect.h / 2;
  context.strokeStyle = context.fillStyle = theme.css['field-text-muted'];
  context.lineWidth = 1.5;
  context.lineCap = context.lineJoin = 'round';
  if (field.kind === 'int' || field.kind === 'number') {
    stroke(context, [rect.x + 11, middle - 3, rect.x + 8, middle, rect.x + 11, middle + 3]);
    stroke(context, [right - 11, middle - 3, right - 8, middle, right - 11, middle + 3]);
    return { left: 18, right: 18 };
  }
  if (['combo', 'image', 'control', 'choices'].includes(field.kind)) {
    stroke(context, [right - 14, middle - 1.5, right - 11, middle + 1.5, right - 8, middle - 1.5]);
    return { left: 10, right: 20 };
  }
  if (field.kind === 'toggle') {
    const on = value === true;
    context.beginPath();
    context.roundRect(right - 30, middle - 6, 24, 12, 6);
    context.fillStyle = on ? theme.css['state-running'] : theme.css['field-border'];
    context.fill();
    context.beginPath();
    context.arc(on ? right - 12 : right - 24, middle, 4.5, 0, Math.PI * 2);
    context.fillStyle = on ? theme.css['state-text'] : theme.css['field-text-muted'];
    context.fill();
    return { left: 10, right: 38 };
  }
  if (field.kind === 'color' && typeof value === 'string') {
    context.beginPath();
    context.roundRect(right - 34, middle - 6, 26, 12, 3);
    context.fillStyle = /^#[0-9a-f]{3,8}$/i.test(value) ? value : '#808080';
    context.fill();
    return { left: 10, right: 42 };
  }
  return { left: 10, right: 10 };
}

/** @param {Brush['context']} context @param {readonly number[]} points */
function stroke(context, points) {
  context.beginPath();
  for (let index = 0; index < points.length; index += 2) {
    context.lineTo(points[index] ?? 0, points[index + 1] ?? 0);
  }
  context.stroke();
}

/** @param {Brush} brush @param {WidgetPlace} widget @param {unknown} value */
function drawText(brush, widget, value) {
  const { context, theme } = brush;
  const { rect } = widget;
  const text = typeof value === 'string' ? value : value == null ? '' : JSON.stringify(value);
  context.font = theme.textFont;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillStyle = theme.css[text ? 'field-text' : 'field-text-muted'];
  const most = Math.max(Math.floor((rect.h - PAD) / LINE), 1);
  const lines = breakText(context, text || labelOf(brush, widget), rect.w - 2 * PAD, most);
  lines.forEach((line, index) => context.fillText(line, rect.x + PAD, rect.y + PAD / 2 + LINE * (index + 0.5) + 1));
}

/** What stands for text that would be too small to read. @param {Brush} brush @param {WidgetPlace} widget */
function drawBars({ context, theme }, { rect, field }) {
  context.fillStyle = theme.css['field-border'];
  if (!isText(field)) {
    context.fillRect(rect.x + 10, rect.y + rect.h / 2 - 2, rect.w * 0.26, 4);
    context.fillRect(rect.x + rect.w * 0.72, rect.y + rect.h / 2 - 2, rect.w * 0.28 - 10, 4);
    return;
  }
  for (let y = rect.y + PAD + 4; y + 6 < rect.y + rect.h && y < rect.y + 4 * LINE; y += LINE) {
    context.fillRect(rect.x + PAD, y, (rect.w - 2 * PAD) * 0.8, 4);
  }
}

/** @param {Brush} brush @param {WidgetPlace} widget */
function labelOf(brush, { field, input }) {
  if (field.kind === 'control') return brush.words.control;
  return brush.node.inputs[input]?.label || field.input?.label || field.name;
}

/** A value as it is shown: options in the reader's language. @param {WidgetPlace['field']} field @param {unknown} value */
function shownValue({ kind, input }, value) {
  const key = `field.control.${value}`;
  if (kind === 'control' && hasText(key)) return t(key);
  const labelled = typeof value === 'string' ? optionLabel(input, value) : value;
  return textOf(labelled, input?.round ?? 0, kind);
}

/** A value in a word or two: numbers with the decimals that their step has.
 * @param {unknown} value @param {number} round @param {string} kind */
export function textOf(value, round, kind) {
  if (typeof value === 'number' && kind === 'number') {
    const decimals = round > 0 && round < 1 ? Math.min(-Math.floor(Math.log10(round)), 8) : 2;
    const fixed = value.toFixed(decimals);
    return Number(fixed) === value ? fixed : String(value);
  }
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'object' ? '{…}' : String(value).split('\n', 1)[0] ?? '';
}
