// @ts-check
/**
 * From `widgets_values` to fields by name, and back.
 *
 * What the names cannot be told of, and what a list has beyond the fields of today's class, stays in
 * `raw` and is written back; what has changed is put over it.
 */

import { equal, isObject } from '../lib/json.js';

/** @typedef {import('../lib/json.js').Json} Json */
/** @typedef {import('../lib/json.js').JsonObject} JsonObject */
/** @typedef {import('../model/fields.js').Field} Field */
/** @typedef {import('../model/records.js').NodeRecord} NodeRecord */
/** @typedef {import('../model/records.js').Slot} Slot */

/** A name for each place of a list; null for a place that has none. @typedef {readonly (string | null)[]} Places */
/** @typedef {{readonly values: {readonly [name: string]: Json}, readonly raw: Json}} Values */
/** @typedef {Pick<NodeRecord, 'type' | 'inputs' | 'extra'>} Unread */

const STEERING = ['fixed', 'increment', 'decrement', 'randomize', 'increment-wrap'];
const PRIMITIVE = ['value', 'value.control', 'value.filter'];

/**
 * Give saved values their names.
 * @param {Unread} node @param {Json | undefined} saved @param {readonly Field[] | undefined} fields
 *   those of its class; undefined if that is not known
 * @param {{readonly initials?: boolean}} [options] whether fields that nothing is saved for hold
 *   their initial value @returns {Values}
 */
export function readValues(node, saved, fields, { initials = true } = {}) {
  const places = placesOf(node, saved, fields);
  /** @type {{[name: string]: Json}} */
  const values = {};
  for (const field of initials && fields ? fields : []) {
    if (!field.forced && field.initial !== null) values[field.name] = field.initial;
  }
  if (Array.isArray(saved)) {
    places.forEach((name, index) => {
      if (name !== null && index < saved.length) values[name] = saved[index] ?? null;
    });
  } else if (isObject(saved)) {
    for (const [name, value] of Object.entries(saved)) values[name] = value;
  }
  if (!fields && node.type !== 'PrimitiveNode') return { values, raw: saved ?? null };
  const regular = Array.isArray(saved) && saved.length === places.length;
  return { values, raw: regular || (saved === undefined && places.length === 0) ? null : (saved ?? []) };
}

/** @param {NodeRecord} node @param {readonly Field[] | undefined} fields @returns {Json[] | JsonObject} */
export function writeValues(node, fields) {
  const { values, raw } = node;
  const initial = new Map((fields ?? []).map((field) => [field.name, field.initial]));
  const valueOf = (/** @type {string} */ name) => values[name] ?? (Object.hasOwn(values, name) ? null : (initial.get(name) ?? null));
  if (isObject(raw)) return overObject(raw, values, initial);
  const places = placesOf(node, raw ?? undefined, fields, values);
  if (!Array.isArray(raw)) return places.map((name) => (name === null ? null : valueOf(name)));
  const list = raw.map((old, index) => {
    const name = places[index];
    return name && Object.hasOwn(values, name) ? (values[name] ?? null) : old;
  });
  const last = places.findLastIndex((name) => name !== null && Object.hasOwn(values, name) && !equal(values[name], initial.get(name) ?? null));
  for (let index = list.length; index <= last; index += 1) list.push(valueOf(places[index] ?? ''));
  return list;
}

/** @param {JsonObject} raw @param {{readonly [name: string]: Json}} values @param {Map<string, Json>} initial */
function overObject(raw, values, initial) {
  const written = { ...raw };
  for (const [name, value] of Object.entries(values)) {
    if (Object.hasOwn(raw, name) || (initial.has(name) && !equal(value, initial.get(name)))) written[name] = value;
  }
  return written;
}

/** @param {Unread} node @param {Json | undefined} saved @param {readonly Field[] | undefined} fields
 * @param {{readonly [name: string]: Json}} [values] those that there are, when writing @returns {Places} */
function placesOf(node, saved, fields, values) {
  if (node.type === 'PrimitiveNode') return primitivePlaces(saved, values);
  if (fields) return knownPlaces(saved, fields, values);
  return Array.isArray(saved) ? (unknownPlaces(node, saved) ?? []) : [];
}

/** @param {Json | undefined} saved @param {{readonly [name: string]: Json}} [values] */
function primitivePlaces(saved, values) {
  if (Array.isArray(saved)) return PRIMITIVE.slice(0, saved.length);
  const last = PRIMITIVE.findLastIndex((name) => values && Object.hasOwn(values, name));
  return PRIMITIVE.slice(0, last + 1);
}

/** Before version 1.16 of ComfyUI's editor, an input forced to be a socket left an unused value.
 * @param {Json | undefined} saved @param {readonly Field[]} fields @param {{readonly [name: string]: Json}} [values] */
function knownPlaces(saved, fields, values) {
  const all = fields.filter((field) => field.saved);
  const free = all.filter((field) => !field.forced);
  const forced = Array.isArray(saved)
    ? saved.length === all.length
    : all.some((field) => field.forced && values && Object.hasOwn(values, field.name));
  return (forced ? all : free).map((field) => field.name);
}

/** The names of a list of an unknown class's values: as the file gives them, or as its inputs do;
 * undefined if they cannot be told. @param {Unread} node @param {readonly Json[]} saved @returns {Places | undefined} */
export function unknownPlaces(node, saved) {
  return matchInputs(node.inputs, saved) ?? namedPlaces(node, saved);
}

/** @param {Unread} node @param {readonly Json[]} saved */
function namedPlaces(node, saved) {
  const named = node.extra.widgets_values_named;
  if (!isObject(named) || Object.keys(named).length !== saved.length) return undefined;
  const names = Object.keys(named);
  return names.map((name, index) => (name === 'control_after_generate' ? `${names[index - 1] ?? ''}.control` : name));
}

/** Between the values that have names there are some that have none: what steers a seed.
 * @param {readonly Slot[]} inputs @param {readonly Json[]} saved @returns {(string | null)[] | undefined} */
function matchInputs(inputs, saved) {
  /** @type {(string | null)[]} */
  const places = [];
  const named = inputs.filter((input) => input.widget);
  let spare = saved.length - named.length;
  for (const input of named) {
    if (places.length >= saved.length) return undefined;
    const button = input.type === 'IMAGEUPLOAD' || input.type === 'AUDIOUPLOAD';
    places.push(button ? null : input.widget);
    const companions = spare > 0 ? steering(input, saved[places.length], spare) : [];
    places.push(...companions);
    spare -= companions.length;
  }
  return places.length === saved.length ? places : undefined;
}

/** @param {Slot} input @param {Json | undefined} following @param {number} spare @returns {(string | null)[]} */
function steering(input, following, spare) {
  const steerable = ['INT', 'FLOAT', 'COMBO'].includes(input.type) || ['seed', 'noise_seed'].includes(input.name);
  if (!steerable || typeof following !== 'string' || !STEERING.includes(following)) return [];
  const names = [`${input.widget}.control`, `${input.widget}.filter`];
  return names.slice(0, Math.min(spare, input.type === 'COMBO' ? 2 : 1));
}
