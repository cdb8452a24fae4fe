// @ts-check
/** Records as the editor's document, in the version that they were read from (a new one: 0.4). */

import { asList, asNumber, asObject } from '../lib/json.js';
import { Definitions } from '../model/definitions.js';
import { keyOf, nodeKey } from '../model/keys.js';
import { INPUTS, OUTPUTS, ROOT } from '../model/records.js';
import { writeValues } from './values.js';
import { writeId, writeSlot } from './slots.js';

/** @typedef {import('../lib/json.js').Json} Json */
/** @typedef {import('../lib/json.js').JsonObject} JsonObject */
/** @typedef {import('../model/store.js').Store} Store */
/** @typedef {import('../model/catalogue.js').Catalogue} Catalogue */
/** @typedef {import('../model/records.js').NodeRecord} NodeRecord */
/** @typedef {import('../model/records.js').LinkRecord} LinkRecord */
/** @typedef {import('../model/records.js').GraphRecord} GraphRecord */
/** @typedef {import('../model/records.js').Slot} Slot */

/** Where the canvas is looked at. @typedef {{readonly scale: number, readonly offset: readonly [number, number]}} ViewState */

/** @param {Store} store @param {Catalogue} catalogue @param {ViewState | null} [view] by default as it was in the file
 * @returns {JsonObject} */
export function writeUi(store, catalogue, view = null) {
  const definitions = new Definitions(store, catalogue);
  const root = store.graph(ROOT);
  /** @type {JsonObject} */
  const extra = { version: 0.4, config: {}, ...structuredClone(root?.extra ?? {}) };
  const document = withContents(store, definitions, ROOT, extra, extra.version === 1);
  const subgraphs = [...store.all('graph')].filter((graph) => graph.id !== ROOT);
  if (subgraphs.length) {
    const written = subgraphs.map((graph) => writeSubgraph(store, definitions, graph));
    document.definitions = { ...asObject(extra.definitions), subgraphs: written };
  }
  if (view) document.extra = { ...asObject(document.extra), ds: { scale: view.scale, offset: [...view.offset] } };
  return document;
}

/** @param {Store} store @param {Definitions} definitions @param {GraphRecord} graph @returns {JsonObject} */
function writeSubgraph(store, definitions, graph) {
  /** @type {JsonObject} */
  const extra = { version: 1, revision: 0, config: {}, ...structuredClone(graph.extra) };
  /** @param {Slot} slot @param {readonly LinkRecord[]} links */
  const port = (slot, links) => ({ ...writeSlot(slot), linkIds: links.map((link) => writeId(link.id)) });
  return {
    id: graph.id,
    ...withContents(store, definitions, graph.id, extra, true),
    name: graph.name,
    inputNode: extra.inputNode ?? border(store, graph, -10),
    outputNode: extra.outputNode ?? border(store, graph, -20),
    inputs: graph.inputs.map((slot, i) => port(slot, store.linksFrom(nodeKey(graph.id, INPUTS), i))),
    outputs: graph.outputs.map((slot, i) => port(slot, store.linksInto(nodeKey(graph.id, OUTPUTS), i))),
    widgets: graph.promoted.map(({ node, widget }) => ({ id: writeId(node), name: widget })),
  };
}

/** The rectangle of a subgraph's border where none is known: beside its nodes.
 * @param {Store} store @param {GraphRecord} graph @param {number} id @returns {JsonObject} */
function border(store, graph, id) {
  const nodes = [...store.all('node', graph.id)];
  const left = Math.min(...nodes.map((node) => node.x), Infinity);
  const right = Math.max(...nodes.map((node) => node.x + node.w), -Infinity);
  const top = Math.min(...nodes.map((node) => node.y), Infinity);
  const x = id === -10 ? left - 200 : right + 80;
  const ports = id === -10 ? graph.inputs : graph.outputs;
  const place = nodes.length ? [x, top] : [0, 0];
  return { id, bounding: [...place, 120, 40 + 20 * ports.length] };
}

/** @param {Store} store @param {Definitions} definitions @param {string} graph @param {JsonObject} extra
 * @param {boolean} newer whether links are objects @returns {JsonObject} */
function withContents(store, definitions, graph, extra, newer) {
  const { links: orphans, ...others } = extra;
  const nodes = [...store.all('node', graph)].map((node, index) => writeNode(store, definitions, node, index));
  const links = [...store.all('link', graph)].sort((a, b) => Number(a.id) - Number(b.id));
  /** @type {JsonObject} */
  const written = {
    ...others,
    nodes,
    links: [...links.map((link) => writeLink(link, newer)), ...asList(orphans)],
    groups: [...store.all('group', graph)].map((group) => ({
      ...group.extra,
      id: writeId(group.id),
      title: group.title,
      bounding: [group.x, group.y, group.w, group.h],
      ...(group.color === null ? {} : { color: group.color }),
      font_size: group.fontSize,
    })),
  };
  writeReroutes(store, graph, written, newer, links);
  writeCounters(store, graph, written, newer);
  return written;
}

/** @param {Store} store @param {Definitions} definitions @param {NodeRecord} node @param {number} index @returns {JsonObject} */
function writeNode(store, definitions, node, index) {
  const key = keyOf(node);
  const extra = structuredClone(node.extra);
  const flags = { ...asObject(extra.flags) };
  if (node.collapsed) flags.collapsed = true;
  if (node.pinned) flags.pinned = true;
  /** @type {JsonObject} */
  const written = {
    id: writeId(node.id),
    type: node.type,
    pos: [node.x, node.y],
    size: [node.w, node.h],
    order: index,
    ...extra,
    flags,
    mode: node.mode || asNumber(extra.mode, 0),
    inputs: node.inputs.map((slot, i) => {
      const link = store.linksInto(key, i)[0];
      return { ...writeSlot(slot), link: link ? writeId(link.id) : null };
    }),
    outputs: node.outputs.map((slot, i) => ({
      ...writeSlot(slot),
      links: store.linksFrom(key, i).map((link) => writeId(link.id)),
    })),
  };
  if (node.title !== null) written.title = node.title;
  if (node.color !== null) written.color = node.color;
  if (node.bgcolor !== null) written.bgcolor = node.bgcolor;
  putValues(written, node, definitions);
  return written;
}

/** @param {JsonObject} written @param {NodeRecord} node @param {Definitions} definitions */
function putValues(written, node, definitions) {
  const values = structuredClone(writeValues(node, definitions.of(node)?.fields));
  const none = Array.isArray(values) && values.length === 0;
  if (none) {
    if (!Object.hasOwn(node.extra, 'widgets_values') && Array.isArray(node.raw)) written.widgets_values = values;
    return;
  }
  written.widgets_values = values;
}

/** @param {LinkRecord} link @param {boolean} newer @returns {Json} */
function writeLink(link, newer) {
  const ids = [writeId(link.id), writeId(link.from), link.fromSlot, writeId(link.to), link.toSlot];
  const type = link.extra.type === undefined ? link.type : link.extra.type;
  if (!newer) return [...ids, type];
  const [id, origin_id, origin_slot, target_id, target_slot] = /** @type {[Json, Json, Json, Json, Json]} */ (ids);
  const parent = link.reroutes.at(-1);
  /** @type {JsonObject} */
  const written = { ...link.extra, id, origin_id, origin_slot, target_id, target_slot, type };
  if (parent !== undefined) written.parentId = writeId(parent);
  return written;
}

/** @param {Store} store @param {string} graph @param {JsonObject} written @param {boolean} newer @param {readonly LinkRecord[]} links */
function writeReroutes(store, graph, written, newer, links) {
  const reroutes = [...store.all('reroute', graph)].map((reroute) => ({
    ...reroute.extra,
    id: writeId(reroute.id),
    ...(reroute.parent === null ? {} : { parentId: writeId(reroute.parent) }),
    pos: [reroute.x, reroute.y],
    linkIds: links.filter((link) => link.reroutes.includes(reroute.id)).map((link) => writeId(link.id)),
  }));
  const known = asObject(written.extra);
  if (newer) {
    if (reroutes.length) written.reroutes = reroutes;
    return;
  }
  if (reroutes.length === 0 && !known.reroutes && !known.linkExtensions) return;
  const led = links.filter((link) => link.reroutes.length);
  const linkExtensions = led.map((link) => ({ id: writeId(link.id), parentId: writeId(link.reroutes.at(-1) ?? '') }));
  written.extra = { ...known, reroutes, linkExtensions };
}

/** The highest numbers that ids have had. @param {Store} store @param {string} graph @param {JsonObject} written @param {boolean} newer */
function writeCounters(store, graph, written, newer) {
  const highest = (/** @type {'node' | 'link' | 'group' | 'reroute'} */ kind) =>
    [...store.all(kind, graph)].reduce((most, record) => Math.max(most, Number(record.id) || 0), 0);
  const most = (/** @type {Json | undefined} */ known, /** @type {'node' | 'link' | 'group' | 'reroute'} */ kind) =>
    Math.max(asNumber(known, 0), highest(kind));
  if (!newer) {
    written.last_node_id = most(written.last_node_id, 'node');
    written.last_link_id = most(written.last_link_id, 'link');
    return;
  }
  const state = asObject(written.state);
  written.state = {
    ...state,
    lastGroupId: most(state.lastGroupId, 'group'),
    lastNodeId: most(state.lastNodeId, 'node'),
    lastLinkId: most(state.lastLinkId, 'link'),
    lastRerouteId: most(state.lastRerouteId, 'reroute'),
  };
}
