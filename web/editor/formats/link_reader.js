// @ts-check
/** Links and reroutes as files have them, in both versions. */

import { asList, asNumber, asObject, isObject, without } from '../lib/json.js';
import { OUTPUTS, ROOT } from '../model/records.js';
import { socketType } from '../model/types.js';
import { readId } from './slots.js';

/** @typedef {import('../lib/json.js').Json} Json */
/** @typedef {import('../lib/json.js').JsonObject} JsonObject */
/** @typedef {import('../model/records.js').LinkRecord} LinkRecord */
/** @typedef {import('../model/records.js').RerouteRecord} RerouteRecord */

/** A link as the file has it. @typedef {{id: string, from: string, fromSlot: number, to: string, toSlot: number,
 *   type: Json, rest: JsonObject, raw: Json}} FileLink */

const LINK_KEYS = ['id', 'origin_id', 'origin_slot', 'target_id', 'target_slot', 'type', 'parentId'];

/** Two numbers, in a list or, in old files, in an object. @param {unknown} data @param {number} otherwise @returns {[number, number]} */
export function pair(data, otherwise) {
  const list = Array.isArray(data) ? data : [asObject(data)['0'], asObject(data)['1']];
  return [asNumber(list[0], otherwise), asNumber(list[1], otherwise)];
}

/** @param {JsonObject} data @param {string} graph @returns {RerouteRecord[]} */
export function readReroutes(data, graph) {
  const listed = Array.isArray(data.reroutes) ? data.reroutes : asList(asObject(data.extra).reroutes);
  return listed.map(asObject).flatMap((reroute) => {
    const id = readId(reroute.id);
    const [x, y] = pair(reroute.pos, 0);
    const extra = without(reroute, ['id', 'pos', 'parentId', 'linkIds']);
    return id === null ? [] : [{ kind: 'reroute', id, graph, x, y, parent: readId(reroute.parentId), extra }];
  });
}

/** @param {Json} data @returns {FileLink | null} */
function readLink(data) {
  const names = LINK_KEYS.slice(0, 6);
  const link = Array.isArray(data) ? Object.fromEntries(names.map((name, i) => [name, data[i] ?? null])) : asObject(data);
  const [id, from, to] = [readId(link.id), readId(link.origin_id), readId(link.target_id)];
  if (id === null || from === null || to === null) return null;
  const [fromSlot, toSlot] = [asNumber(Number(link.origin_slot), 0), asNumber(Number(link.target_slot), 0)];
  const rest = Array.isArray(data) ? {} : without(link, LINK_KEYS.slice(0, 6));
  return { id, from, fromSlot, to, toSlot, type: link.type ?? null, rest, raw: data };
}

/** Links as the inputs that they go to know them.
 * @param {JsonObject} data @param {string} graph @param {readonly RerouteRecord[]} reroutes */
export function settleLinks(data, graph, reroutes) {
  const listed = isObject(data.links) ? Object.values(data.links) : asList(data.links);
  const extensions = asList(asObject(data.extra).linkExtensions).map(asObject);
  const parents = new Map(extensions.map((entry) => [readId(entry.id), readId(entry.parentId)]));
  const byId = new Map(listed.map(readLink).flatMap((link) => (link ? [[link.id, link]] : [])));
  const points = new Map(reroutes.map((reroute) => [reroute.id, reroute]));
  /** @type {LinkRecord[]} */
  const links = [];
  const used = new Set();
  let next = Math.max(0, ...[...byId.keys()].map(Number).filter(Number.isSafeInteger)) + 1;
  const end = (/** @type {unknown} */ written, /** @type {string} */ to, /** @type {number} */ toSlot) => {
    const found = byId.get(readId(written) ?? '');
    if (!found) return;
    const id = used.has(found.id) ? String(next++) : found.id;
    used.add(found.id);
    const reroutes = chain(readId(found.rest.parentId) ?? parents.get(found.id) ?? null, points);
    const extra = without(found.rest, ['parentId']);
    if (typeof found.type !== 'string') extra.type = found.type;
    const { from, fromSlot } = found;
    links.push({ kind: 'link', id, graph, from, fromSlot, to, toSlot, type: socketType(found.type), reroutes, extra });
  };
  for (const node of asList(data.nodes).map(asObject)) {
    asList(node.inputs).forEach((input, slot) => end(asObject(input).link, String(node.id), slot));
  }
  asList(graph === ROOT ? [] : data.outputs).forEach((port, slot) => {
    const first = asList(asObject(port).linkIds).find((id) => byId.has(readId(id) ?? ''));
    end(first, OUTPUTS, slot);
  });
  const orphans = [...byId.values()].filter((link) => !used.has(link.id)).map((link) => link.raw);
  return { links, orphans };
}

/** The points that lead up to one, first to last. @param {string | null} last @param {ReadonlyMap<string, RerouteRecord>} points */
function chain(last, points) {
  /** @type {string[]} */
  const found = [];
  for (let id = last; id !== null && points.has(id) && !found.includes(id); id = points.get(id)?.parent ?? null) {
    found.unshift(id);
  }
  return found;
}

