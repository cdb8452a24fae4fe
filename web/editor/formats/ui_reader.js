// @ts-check
/**
 * The editor's document, version 0.4 or 1.0, as records.
 *
 * Files in the wild are sloppy where it does not matter, which is let pass. What nobody here
 * understands is kept in `extra`. Which link feeds an input is what the input says, as in
 * `graph/formats`; links that nothing refers to are kept in the graph's `extra.links`.
 */

import { asList, asNumber, asObject, asText, isObject, without } from '../lib/json.js';
import { Definitions } from '../model/definitions.js';
import { ROOT } from '../model/records.js';
import { sizeOf } from '../model/size.js';
import { Store } from '../model/store.js';
import { FormatError } from './errors.js';
import { pair, readReroutes, settleLinks } from './link_reader.js';
import { readId, readSlot } from './slots.js';
import { readValues } from './values.js';

/** @typedef {import('../lib/json.js').JsonObject} JsonObject */
/** @typedef {import('../model/catalogue.js').Catalogue} Catalogue */
/** @typedef {import('../model/records.js').AnyRecord} AnyRecord */
/** @typedef {import('../model/records.js').NodeRecord} NodeRecord */
/** @typedef {import('../model/records.js').GroupRecord} GroupRecord */
/** @typedef {import('../model/records.js').GraphRecord} GraphRecord */

const MAX_NESTING = 100;
const NODE_KEYS = ['id', 'type', 'pos', 'size', 'mode', 'inputs', 'outputs', 'title', 'color', 'bgcolor', 'flags'];
const GROUP_KEYS = ['id', 'title', 'bounding', 'color', 'font_size'];
const GRAPH_KEYS = ['nodes', 'links', 'groups', 'reroutes'];

/** Whether JSON is meant to be the editor's document. @param {unknown} data @returns {boolean} */
export function isUi(data) {
  if (!isObject(data) || !Object.hasOwn(data, 'nodes')) return false;
  return !isObject(data.nodes) || !Object.hasOwn(data.nodes, 'class_type');
}

/** @param {unknown} data @param {Catalogue} catalogue @returns {AnyRecord[]}
 * @throws {FormatError} something that the meaning depends on is missing */
export function readUi(data, catalogue) {
  const copied = structuredClone(asObject(data));
  const subgraphs = definitionsIn(copied);
  const root = rootOf(copied);
  /** @type {AnyRecord[]} */
  const records = [root, ...readContents(copied, root)];
  const known = new Set([ROOT]);
  for (const subgraph of subgraphs) {
    const graph = graphOf(subgraph);
    if (known.has(graph.id)) throw new FormatError('formats.twoSubgraphs', { id: graph.id });
    known.add(graph.id);
    records.push(graph, ...readContents(subgraph, graph));
  }
  return nameAllValues(records, catalogue);
}

/** Name the values of nodes that have them as the file had them.
 * @param {AnyRecord[]} records @param {Catalogue} catalogue @returns {AnyRecord[]} */
function nameAllValues(records, catalogue) {
  const store = new Store(records);
  const definitions = new Definitions(store, catalogue);
  return records.map((record) => {
    if (record.kind !== 'node') return record;
    const definition = definitions.of(record);
    const { widgets_values: saved, ...extra } = record.extra;
    const initials = !store.graph(record.type);
    const named = readValues(record, saved, definition?.fields, { initials });
    const empty = saved !== undefined && (saved === null || (Array.isArray(saved) && saved.length === 0));
    const size = record.w > 0 ? {} : definition ? sizeOf(definition) : { w: 210, h: 100 };
    return { ...record, ...size, ...named, extra: empty ? record.extra : extra };
  });
}

/** All subgraphs, also those that are kept within one another. @param {JsonObject} document @returns {JsonObject[]} */
function definitionsIn(document) {
  /** @type {JsonObject[]} */
  const found = [];
  const pending = [{ holder: document, depth: 0 }];
  for (const { holder, depth } of pending) {
    if (depth > MAX_NESTING) throw new FormatError('formats.tooDeep', { depth: MAX_NESTING });
    for (const entry of asList(asObject(holder.definitions).subgraphs)) {
      if (!isObject(entry)) continue;
      found.push(entry);
      pending.push({ holder: entry, depth: depth + 1 });
    }
  }
  return found;
}

/** @param {JsonObject} document @returns {GraphRecord} */
function rootOf(document) {
  const extra = without(document, [...GRAPH_KEYS, 'definitions']);
  const others = without(asObject(document.definitions), ['subgraphs']);
  if (Object.keys(others).length) extra.definitions = others;
  return { kind: 'graph', id: ROOT, name: asText(document.name), inputs: [], outputs: [], promoted: [], extra };
}

/** @param {JsonObject} data @returns {GraphRecord} */
function graphOf(data) {
  const id = readId(data.id);
  if (id === null) throw new FormatError('formats.noId', { what: 'subgraph' });
  const widgets = asList(data.widgets).map(asObject);
  return {
    kind: 'graph',
    id,
    name: asText(data.name) || id,
    inputs: asList(data.inputs).map(readSlot),
    outputs: asList(data.outputs).map(readSlot),
    promoted: widgets.map((widget) => ({ node: readId(widget.id) ?? '', widget: asText(widget.name) })),
    extra: without(data, [...GRAPH_KEYS, 'definitions', 'id', 'name', 'inputs', 'outputs', 'widgets']),
  };
}

/** @param {JsonObject} data @param {GraphRecord} holder @returns {AnyRecord[]} */
function readContents(data, holder) {
  const { id: graph, name: where } = holder;
  if (!Array.isArray(data.nodes)) throw new FormatError('formats.noNodes', { where });
  const nodes = data.nodes.map((node) => readNode(asObject(node), graph));
  const ids = new Set(nodes.map((node) => node.id));
  if (ids.size < nodes.length) throw new FormatError('formats.twoNodes', { where });
  const reroutes = readReroutes(data, graph);
  const { links, orphans } = settleLinks(data, graph, reroutes);
  const groups = asList(data.groups).map((group, index) => readGroup(asObject(group), graph, index));
  if (orphans.length) holder.extra.links = orphans;
  return [...nodes, ...links, ...uniqueGroups(groups), ...reroutes];
}

/** @param {JsonObject} data @param {string} graph @returns {NodeRecord} */
function readNode(data, graph) {
  const id = readId(data.id);
  const type = asText(data.type);
  if (id === null) throw new FormatError('formats.noId', { what: type || 'node' });
  if (!type) throw new FormatError('formats.noClass', { id });
  const [x, y] = pair(data.pos, 0);
  const [w, h] = pair(data.size, 0);
  const flags = asObject(data.flags);
  const extra = without(data, NODE_KEYS);
  const otherFlags = without(flags, ['collapsed', 'pinned']);
  if (Object.keys(otherFlags).length) extra.flags = otherFlags;
  const mode = data.mode === 2 || data.mode === 4 ? data.mode : 0;
  if (mode === 0 && data.mode) extra.mode = data.mode;
  return {
    kind: 'node',
    id,
    graph,
    type,
    title: typeof data.title === 'string' ? data.title : null,
    x,
    y,
    w,
    h,
    mode,
    collapsed: flags.collapsed === true,
    pinned: flags.pinned === true,
    color: typeof data.color === 'string' ? data.color : null,
    bgcolor: typeof data.bgcolor === 'string' ? data.bgcolor : null,
    inputs: asList(data.inputs).map(readSlot),
    outputs: asList(data.outputs).map(readSlot),
    values: {},
    raw: null,
    extra,
  };
}

/** @param {JsonObject} data @param {string} graph @param {number} index @returns {GroupRecord} */
function readGroup(data, graph, index) {
  const bounding = asList(data.bounding);
  const [x, y] = pair(bounding, 0);
  const [w, h] = pair(bounding.slice(2), 140);
  return {
    kind: 'group',
    id: readId(data.id) ?? String(index + 1),
    graph,
    title: asText(data.title),
    x,
    y,
    w,
    h,
    color: typeof data.color === 'string' ? data.color : null,
    fontSize: asNumber(data.font_size, 24),
    extra: without(data, GROUP_KEYS),
  };
}

/** Groups refer to nothing, so that two with one id are no harm: the second gets another.
 * @param {readonly GroupRecord[]} groups @returns {GroupRecord[]} */
function uniqueGroups(groups) {
  const taken = new Set(groups.map((group) => group.id));
  const seen = new Set();
  let next = groups.length;
  return groups.map((group) => {
    if (!seen.has(group.id)) return seen.add(group.id), group;
    while (taken.has(String(next))) next += 1;
    taken.add(String(next));
    return { ...group, id: String(next) };
  });
}
