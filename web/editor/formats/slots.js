// @ts-check
/** Slots of nodes and of subgraphs as files have them. */

import { asObject, asText, isObject, without } from '../lib/json.js';
import { socketType } from '../model/types.js';

/** @typedef {import('../lib/json.js').Json} Json */
/** @typedef {import('../lib/json.js').JsonObject} JsonObject */
/** @typedef {import('../model/records.js').Slot} Slot */

const READ = ['name', 'type', 'label', 'widget', 'link', 'links', 'linkIds'];

/** @param {unknown} data @returns {Slot} */
export function readSlot(data) {
  const slot = asObject(data);
  const widget = isObject(slot.widget) ? asText(slot.widget.name) || null : null;
  const label = typeof slot.label === 'string' ? slot.label : null;
  const extra = without(slot, READ);
  if (typeof slot.type !== 'string' && slot.type !== undefined) extra.type = slot.type;
  if (isObject(slot.widget) && (widget === null || Object.keys(slot.widget).length > 1)) extra.widget = slot.widget;
  if (slot.label !== undefined && label === null) extra.label = slot.label;
  return { name: asText(slot.name), type: socketType(slot.type), label, widget, optional: slot.shape === 7, extra };
}

/** @param {Slot} slot @returns {JsonObject} without its links */
export function writeSlot({ name, type, label, widget, extra }) {
  /** @type {JsonObject} */
  const written = { name, type, ...extra };
  if (socketType(extra.type) !== type) written.type = type;
  if (label !== null) written.label = label;
  if (widget !== null) written.widget = { ...asObject(extra.widget), name: widget };
  return written;
}

/** Ids are text here whatever they are in files; numbers are written as numbers.
 * @param {string} id @returns {string | number} */
export function writeId(id) {
  return /^(-?[1-9]\d{0,14}|0)$/.test(id) ? Number(id) : id;
}

/** @param {unknown} id @returns {string | null} */
export function readId(id) {
  if (typeof id === 'number' && Number.isFinite(id)) return String(id);
  return typeof id === 'string' && id ? id : null;
}
