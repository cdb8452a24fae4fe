// @ts-check
/**
 * Where the parts of a node are: a pure function of its record and class, used by drawing and by
 * hit-testing alike. Rectangles are relative to the node's x and y; the title lies above.
 */

import {
  BOTTOM, FIELD, GAP, LEAST_WIDTH, MEDIA, PREVIEW_LEAST, REROUTE, ROW, SIDE, TEXT_LEAST, TITLE, TOP,
  roughWidth,
} from './metrics.js';
import { isNote } from '../model/own_kinds.js';
import { clamp } from './geometry.js';

/** @typedef {import('./geometry.js').Rect} Rect */
/** @typedef {import('../model/records.js').NodeRecord} NodeRecord */
/** @typedef {import('../model/records.js').Slot} Slot */
/** @typedef {import('../model/definition.js').Definition} Definition */
/** @typedef {import('../model/fields.js').Field} Field */

/** A socket: where it is, and whether its name stands beside it or in the field that it belongs to.
 * @typedef {{readonly side: 'input' | 'output', readonly index: number, readonly slot: Slot,
 *   readonly x: number, readonly y: number, readonly named: boolean}} SlotPlace */

/** @typedef {{readonly name: string, readonly kind: Field['kind'], readonly field: Field,
 *   readonly rect: Rect, readonly input: number}} WidgetPlace `input` is the slot for it, or -1 */

/** How a node is shown: as itself, as a title alone, as a point on a link, or as a sheet of text.
 * @typedef {'full' | 'pill' | 'point' | 'sheet'} Shape */

/**
 * `bounds` encloses all that is drawn, `preview` is where pictures go (null: nowhere), `height` that
 * of the body, which is never less than its content needs.
 * @typedef {{
 *   readonly shape: Shape, readonly bounds: Rect, readonly title: Rect, readonly body: Rect,
 *   readonly slots: readonly SlotPlace[], readonly widgets: readonly WidgetPlace[],
 *   readonly preview: Rect | null, readonly width: number, readonly height: number,
 *   readonly needed: number,
 * }} Layout
 */

/** What a node shows besides its values: the height of a picture over its width, if it has one.
 * @typedef {{readonly picture?: number | null}} Shown */

/** @param {NodeRecord} node @param {Definition | undefined} definition @param {Shown} [shown] @returns {Layout} */
export function layoutOf(node, definition, shown = {}) {
  if (node.type === 'Reroute') return pointLayout(node);
  if (node.collapsed) return pillLayout(node, definition);
  return fullLayout(node, definition, shown);
}

/** @param {NodeRecord} node @param {Definition | undefined} definition */
export const titleOf = (node, definition) => node.title ?? definition?.title ?? node.type;

/** @param {NodeRecord} node @param {Definition | undefined} definition @param {Shown} shown @returns {Layout} */
function fullLayout(node, definition, shown) {
  const width = Math.max(node.w, LEAST_WIDTH);
  const fields = (definition?.fields ?? []).filter((field) => field.shown && !field.forced);
  const byField = new Map(fields.map((field) => [field.name, field]));
  const slots = [...inputRows(node, byField), ...outputRows(node, width)];
  const rows = Math.max(0, ...slots.map(({ y }) => Math.ceil(y / ROW)));
  const start = rows ? TOP + rows * ROW + (fields.length ? GAP : 0) : BOTTOM;
  const stack = stackFields(fields, start, node.h, wantsPicture(definition), shown.picture ?? null);
  const widgets = stack.tops.map(({ field, y, h }) => {
    const input = node.inputs.findIndex((slot) => slot.widget === field.name);
    const rect = { x: SIDE, y, w: width - 2 * SIDE, h };
    return { name: field.name, kind: field.kind, field, rect, input };
  });
  for (const widget of widgets) {
    const slot = node.inputs[widget.input];
    if (!slot) continue;
    const y = widget.rect.y + Math.min(widget.rect.h, FIELD) / 2;
    slots.push({ side: 'input', index: widget.input, slot, x: 0, y, named: false });
  }
  const needed = fields.length ? stack.needed : Math.max(rows * ROW + 6, ROW);
  const height = Math.max(node.h, needed);
  const preview = placePicture(stack.end, width, height, shown.picture ?? null, wantsPicture(definition));
  const bottom = Math.max(height, preview ? preview.y + preview.h : 0);
  return {
    shape: isNote(node.type) ? 'sheet' : 'full',
    bounds: { x: 0, y: -TITLE, w: width, h: bottom + TITLE },
    title: { x: 0, y: -TITLE, w: width, h: TITLE },
    body: { x: 0, y: 0, w: width, h: height },
    slots, widgets, preview, width, height, needed,
  };
}

/** Sockets with rows of their own: those that do not lie at a field that is shown.
 * @param {NodeRecord} node @param {ReadonlyMap<string, Field>} fields @returns {SlotPlace[]} */
function inputRows(node, fields) {
  let row = 0;
  /** @type {SlotPlace[]} */
  const found = [];
  node.inputs.forEach((slot, index) => {
    if (slot.widget !== null && fields.has(slot.widget)) return;
    found.push({ side: 'input', index, slot, x: 0, y: rowCenter(row), named: true });
    row += 1;
  });
  return found;
}

/** @param {NodeRecord} node @param {number} width @returns {SlotPlace[]} */
function outputRows(node, width) {
  return node.outputs.map((slot, index) => ({
    side: 'output', index, slot, x: width, y: rowCenter(index), named: true,
  }));
}

/** @param {number} row */
const rowCenter = (row) => TOP + row * ROW + ROW / 2;

/** The fields under each other; texts share what height is left over.
 * @param {readonly Field[]} fields @param {number} start @param {number} height the node's
 * @param {boolean} pictured @param {number | null} picture */
function stackFields(fields, start, height, pictured, picture) {
  const least = fields.map(leastHeight);
  const needed = start + least.reduce((sum, one) => sum + one + GAP, 0) - GAP + BOTTOM;
  const texts = fields.filter((field) => isText(field)).length;
  const reserve = pictured && picture !== null ? PREVIEW_LEAST * 2 : 0;
  const spare = texts ? Math.max(height - needed - reserve, 0) / texts : 0;
  let y = start;
  const tops = fields.map((field, index) => {
    const h = (least[index] ?? FIELD) + (isText(field) ? Math.floor(spare) : 0);
    const place = { field, y, h };
    y += h + GAP;
    return place;
  });
  return { tops, needed, end: fields.length ? y : start };
}

/** @param {Field} field */
export const isText = (field) => field.input?.multiline === true && field.kind === 'text';

/** @param {Field} field */
function leastHeight(field) {
  if (isText(field)) return TEXT_LEAST;
  return field.kind === 'media' ? MEDIA : FIELD;
}

/** Whether nodes of a class have pictures: they show or save some, or one is chosen on them.
 * @param {Definition | undefined} definition */
function wantsPicture(definition) {
  if (!definition) return false;
  if (definition.fields.some((field) => field.kind === 'image')) return true;
  return definition.output && definition.inputs.some((input) => input.type === 'IMAGE' || input.type === 'MASK');
}

/** In the node where there is room, else hanging below it, so that a run never resizes a node.
 * @param {number} y @param {number} width @param {number} height @param {number | null} picture @param {boolean} wanted
 * @returns {Rect | null} */
function placePicture(y, width, height, picture, wanted) {
  const room = height - y - BOTTOM;
  const within = { x: SIDE, y, w: width - 2 * SIDE, h: room };
  if (wanted && room >= PREVIEW_LEAST) return within;
  if (picture === null) return null;
  if (room >= 2 * PREVIEW_LEAST) return within;
  return { x: 0, y: height + 2 * GAP, w: width, h: clamp(width * picture, 48, 480) };
}

/** @param {NodeRecord} node @param {Definition | undefined} definition @returns {Layout} */
function pillLayout(node, definition) {
  const width = clamp(roughWidth(titleOf(node, definition)) + 64, 96, 320);
  const title = { x: 0, y: -TITLE, w: width, h: TITLE };
  /** @type {SlotPlace[]} */
  const slots = [
    ...node.inputs.map((slot, index) => pillSlot('input', slot, index, 0)),
    ...node.outputs.map((slot, index) => pillSlot('output', slot, index, width)),
  ];
  return {
    shape: 'pill', bounds: title, title, body: { ...title, h: 0 }, slots, widgets: [], preview: null,
    width, height: 0, needed: 0,
  };
}

/** @param {'input' | 'output'} side @param {Slot} slot @param {number} index @param {number} x @returns {SlotPlace} */
const pillSlot = (side, slot, index, x) => ({ side, index, slot, x, y: -TITLE / 2, named: false });

/** The class Reroute: a point on a link, without a title. @param {NodeRecord} node @returns {Layout} */
function pointLayout(node) {
  const [width, height] = [Math.max(Math.min(node.w, 75), 3 * REROUTE), Math.max(Math.min(node.h, 26), ROW)];
  const body = { x: 0, y: 0, w: width, h: height };
  const y = height / 2;
  /** @type {SlotPlace[]} */
  const slots = [
    ...node.inputs.map((slot, index) => ({ ...pillSlot('input', slot, index, 0), y })),
    ...node.outputs.map((slot, index) => ({ ...pillSlot('output', slot, index, width), y })),
  ];
  return {
    shape: 'point', bounds: body, title: { ...body, h: 0 }, body, slots, widgets: [], preview: null,
    width, height, needed: height,
  };
}
