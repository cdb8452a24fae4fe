// @ts-check
/** API format as records, laid out automatically, since it says nothing of where things are. */

import { asObject, asText, isObject } from '../lib/json.js';
import { uuid } from '../lib/uuid.js';
import { keyOf } from '../model/keys.js';
import { placesFor } from '../model/edits/arrange.js';
import { inputSlots, isLinkableField, outputSlots, slot, socketFor } from '../model/slots.js';
import { sizeOf } from '../model/size.js';
import { ROOT } from '../model/records.js';
import { Store } from '../model/store.js';
import { FormatError } from './errors.js';

/** @typedef {import('../lib/json.js').Json} Json */
/** @typedef {import('../lib/json.js').JsonObject} JsonObject */
/** @typedef {import('../model/catalogue.js').Catalogue} Catalogue */
/** @typedef {import('../model/definition.js').Definition} Definition */
/** @typedef {import('../model/records.js').AnyRecord} AnyRecord */
/** @typedef {import('../model/records.js').NodeRecord} NodeRecord */
/** @typedef {import('../model/records.js').LinkRecord} LinkRecord */
/** @typedef {import('../model/records.js').GraphRecord} GraphRecord */
/** @typedef {{readonly from: string, readonly fromSlot: number}} Source */

/** Whether JSON is meant to be API format. @param {unknown} data @returns {boolean} */
export function isApi(data) {
  const looksLike = (/** @type {unknown} */ item) => isObject(item) && (Object.hasOwn(item, 'class_type') || Object.hasOwn(item, 'inputs'));
  return isObject(data) && Object.values(data).some(looksLike);
}

/** What an empty workflow consists of. @returns {GraphRecord} */
export function emptyRoot() {
  const extra = { id: uuid(), revision: 0, config: {}, extra: {}, version: 0.4 };
  return { kind: 'graph', id: ROOT, name: '', inputs: [], outputs: [], promoted: [], extra };
}

/** @param {unknown} data @param {Catalogue} catalogue @returns {AnyRecord[]} @throws {FormatError} a node has no class */
export function readApi(data, catalogue) {
  const prompt = asObject(data);
  const ids = new Set(Object.keys(prompt));
  /** @type {NodeRecord[]} */
  const nodes = [];
  /** @type {LinkRecord[]} */
  const links = [];
  const outputsUsed = countOutputs(prompt, ids);
  for (const [id, entry] of Object.entries(prompt)) {
    const type = asText(asObject(entry).class_type);
    if (!type) throw new FormatError('formats.noClass', { id });
    const node = readNode(id, type, asObject(entry), catalogue.get(type), ids, outputsUsed.get(id) ?? 0);
    nodes.push(node);
    for (const [name, value] of Object.entries(asObject(asObject(entry).inputs))) {
      const source = readSource(value, ids);
      const toSlot = node.inputs.findIndex((input) => input.name === name);
      if (source && ids.has(source.from) && toSlot >= 0) links.push(linkTo(String(links.length + 1), source, id, toSlot));
    }
  }
  const typed = nameTypes(nodes, links);
  return [emptyRoot(), ...laidOut(nodes, typed), ...typed];
}

/** @param {string} id @param {Source} source @param {string} to @param {number} toSlot @returns {LinkRecord} */
function linkTo(id, source, to, toSlot) {
  return { kind: 'link', id, graph: ROOT, ...source, to, toSlot, type: '*', reroutes: [], extra: {} };
}

/** A link is a list of two: a node's id, and an output's number.
 * @param {Json} value @param {ReadonlySet<string>} ids @returns {Source | null} */
function readSource(value, ids) {
  if (!Array.isArray(value) || value.length !== 2) return null;
  const [node, number] = value;
  const names = typeof node === 'string' || (typeof node === 'number' && ids.has(String(node)));
  if (!names || typeof number !== 'number' || !Number.isInteger(number) || number < 0) return null;
  return { from: String(node), fromSlot: number };
}

/** How many outputs of each node are linked to, for classes that are not known.
 * @param {JsonObject} prompt @param {ReadonlySet<string>} ids */
function countOutputs(prompt, ids) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const entry of Object.values(prompt)) {
    for (const value of Object.values(asObject(asObject(entry).inputs))) {
      const source = readSource(value, ids);
      if (source) counts.set(source.from, Math.max(counts.get(source.from) ?? 0, Math.min(source.fromSlot + 1, 256)));
    }
  }
  return counts;
}

/** @param {string} id @param {string} type @param {JsonObject} entry @param {Definition | undefined} definition
 * @param {ReadonlySet<string>} ids @param {number} used how many of its outputs are @returns {NodeRecord} */
function readNode(id, type, entry, definition, ids, used) {
  const given = asObject(entry.inputs);
  const linked = Object.keys(given).filter((name) => readSource(given[name] ?? null, ids));
  const slots = definition ? inputSlots(definition) : [];
  const known = new Set(slots.map((input) => input.name));
  for (const name of linked.filter((one) => !known.has(one))) {
    const declared = definition?.inputs.find((input) => input.name === name);
    slots.push(declared && isLinkableField(declared) ? socketFor(declared) : slot(name, '*'));
  }
  const outputs = definition ? outputSlots(definition) : [];
  while (outputs.length < used) outputs.push(slot(`output ${outputs.length}`, '*'));
  const values = readFields(given, linked, definition);
  const size = definition ? sizeOf(definition) : { w: 210, h: 30 + 24 * Math.max(slots.length + Object.keys(values).length, used) };
  const title = asText(asObject(entry._meta).title);
  return {
    kind: 'node',
    id,
    graph: ROOT,
    type,
    title: title && title !== (definition?.displayName ?? type) ? title : null,
    x: 0,
    y: 0,
    ...size,
    mode: 0,
    collapsed: false,
    pinned: false,
    color: null,
    bgcolor: null,
    inputs: slots,
    outputs,
    values,
    raw: definition ? null : { ...values },
    extra: { properties: { 'Node name for S&R': type } },
  };
}

/** @param {JsonObject} given @param {readonly string[]} linked @param {Definition | undefined} definition */
function readFields(given, linked, definition) {
  /** @type {{[name: string]: Json}} */
  const values = {};
  for (const field of definition?.fields ?? []) {
    if (field.forced || field.initial === null) continue;
    values[field.name] = field.kind === 'control' ? 'fixed' : field.initial;
  }
  for (const [name, value] of Object.entries(given)) {
    if (linked.includes(name)) continue;
    values[name] = isObject(value) && Object.hasOwn(value, '__value__') ? (value.__value__ ?? null) : value;
  }
  return values;
}

/** Links have the type of the output that they come from. @param {readonly NodeRecord[]} nodes
 * @param {readonly LinkRecord[]} links @returns {LinkRecord[]} */
function nameTypes(nodes, links) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return links.map((link) => ({ ...link, type: byId.get(link.from)?.outputs[link.fromSlot]?.type ?? '*' }));
}

/** @param {readonly NodeRecord[]} nodes @param {readonly LinkRecord[]} links @returns {NodeRecord[]} */
function laidOut(nodes, links) {
  const places = placesFor(new Store([...nodes, ...links]), nodes, 60, 60);
  return nodes.map((node) => ({ ...node, ...places.get(keyOf(node)) }));
}
