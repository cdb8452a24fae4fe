// @ts-check
/** What is under a point, and what lies in a rectangle. */

import { between, contains, encloses, grow, overlap } from './geometry.js';
import { distanceTo, isCut } from './link_path.js';
import { RESIZE_CORNER, SOCKET, TITLE } from './metrics.js';
import { groupTitleRect, rerouteRect } from './scene.js';
import { keyOf } from '../model/keys.js';

/** @typedef {import('./geometry.js').Rect} Rect */
/** @typedef {import('./geometry.js').GraphPoint} GraphPoint */
/** @typedef {import('./scene.js').Scene} Scene */
/** @typedef {import('./scene.js').NodeView} NodeView */
/** @typedef {import('./layout.js').SlotPlace} SlotPlace */
/** @typedef {import('./layout.js').WidgetPlace} WidgetPlace */
/** @typedef {import('../model/store.js').Store} Store */

/**
 * What a point hits. `key` is the record's, except on a border of a subgraph, where it is '-10' or '-20'.
 * @typedef {{readonly part: 'slot', readonly key: string, readonly view: NodeView, readonly slot: SlotPlace}
 *   | {readonly part: 'widget', readonly key: string, readonly view: NodeView, readonly widget: WidgetPlace}
 *   | {readonly part: 'title' | 'collapse' | 'body' | 'resize' | 'preview', readonly key: string, readonly view: NodeView}
 *   | {readonly part: 'link', readonly key: string, readonly segment: number}
 *   | {readonly part: 'border', readonly key: string, readonly index: number}
 *   | {readonly part: 'reroute' | 'group' | 'groupResize', readonly key: string}
 * } Hit
 */

/**
 * @typedef {object} Reach how far from a thing it is still hit, in graph points
 * @property {number} [socket]
 * @property {number} [link]
 */

/** @param {Scene} scene @param {Store} store @param {GraphPoint} point @param {Reach} [reach] @returns {Hit | null} */
export function hitAt(scene, store, point, { socket = SOCKET + 5, link = 6 } = {}) {
  const near = grow({ ...point, w: 0, h: 0 }, Math.max(socket, link));
  const nodes = scene.nodesIn(near).reverse();
  for (const view of nodes) {
    const hit = slotAt(view, point, socket) ?? (contains(view.bounds, point) ? partAt(view, point) : null);
    if (hit) return hit;
  }
  return borderAt(scene, store, point) ?? rerouteAt(scene, store, point) ?? linkAt(scene, point, link) ?? groupAt(scene, store, point);
}

/** The nearest socket of a node within reach. @param {NodeView} view @param {GraphPoint} point @param {number} reach @returns {Hit | null} */
export function slotAt(view, point, reach) {
  const { record, layout, key } = view;
  let nearest = reach;
  /** @type {Hit | null} */
  let hit = null;
  for (const slot of layout.slots) {
    const distance = Math.hypot(record.x + slot.x - point.x, record.y + slot.y - point.y);
    if (distance > nearest) continue;
    nearest = distance;
    hit = { part: 'slot', key, view, slot };
  }
  return hit;
}

/** @param {NodeView} view @param {GraphPoint} point @returns {Hit | null} */
function partAt(view, point) {
  const { layout, record, key } = view;
  const local = { x: point.x - record.x, y: point.y - record.y };
  if (layout.shape !== 'point' && contains(layout.title, local)) {
    return { part: local.x < TITLE ? 'collapse' : 'title', key, view };
  }
  const { width, height } = layout;
  const inCorner = local.x >= width - RESIZE_CORNER && local.y >= height - RESIZE_CORNER && local.y <= height;
  if (inCorner && layout.shape !== 'pill') return { part: 'resize', key, view };
  const widget = layout.widgets.find(({ rect }) => contains(rect, local));
  if (widget) return { part: 'widget', key, view, widget };
  if (layout.preview && contains(layout.preview, local)) return { part: 'preview', key, view };
  return contains(layout.body, local) ? { part: 'body', key, view } : null;
}

/** @param {Scene} scene @param {Store} store @param {GraphPoint} point @returns {Hit | null} */
function borderAt(scene, store, point) {
  for (const [key, rect] of scene.borders) {
    if (!contains(grow(rect, SOCKET), point)) continue;
    const graph = store.graph(scene.graph);
    const slots = (key === '-10' ? graph?.inputs : graph?.outputs)?.length ?? 0;
    const index = Math.floor((point.y - rect.y - TITLE) / 20);
    return { part: 'border', key, index: Math.min(index, slots) };
  }
  return null;
}

/** @param {Scene} scene @param {Store} store @param {GraphPoint} point @returns {Hit | null} */
function rerouteAt(scene, store, point) {
  for (const reroute of store.all('reroute', scene.graph)) {
    if (contains(rerouteRect(reroute), point)) return { part: 'reroute', key: keyOf(reroute) };
  }
  return null;
}

/** @param {Scene} scene @param {GraphPoint} point @param {number} reach @returns {Hit | null} */
function linkAt(scene, point, reach) {
  let nearest = reach;
  /** @type {Hit | null} */
  let hit = null;
  for (const view of scene.linksIn(grow({ ...point, w: 0, h: 0 }, reach))) {
    const { distance, segment } = distanceTo(view.path, point);
    if (distance > nearest) continue;
    nearest = distance;
    hit = { part: 'link', key: view.key, segment };
  }
  return hit;
}

/** Groups are taken by their title and resized by their corner; what is between belongs to the canvas.
 * @param {Scene} scene @param {Store} store @param {GraphPoint} point @returns {Hit | null} */
function groupAt(scene, store, point) {
  for (const group of [...store.all('group', scene.graph)].reverse()) {
    const corner = { x: group.x + group.w - RESIZE_CORNER, y: group.y + group.h - RESIZE_CORNER, w: RESIZE_CORNER, h: RESIZE_CORNER };
    if (contains(corner, point)) return { part: 'groupResize', key: keyOf(group) };
    if (contains(groupTitleRect(group), point)) return { part: 'group', key: keyOf(group) };
  }
  return null;
}

/** The keys of nodes and reroutes that touch a rectangle, and of groups that it encloses.
 * @param {Scene} scene @param {Store} store @param {Rect} rect @returns {string[]} */
export function keysIn(scene, store, rect) {
  const nodes = scene.nodesIn(rect).map(({ key }) => key);
  const reroutes = [...store.all('reroute', scene.graph)].filter((one) => overlap(rerouteRect(one), rect));
  const groups = [...store.all('group', scene.graph)].filter((one) => encloses(rect, one));
  return [...nodes, ...reroutes.map(keyOf), ...groups.map(keyOf)];
}

/** The keys of the links that a straight cut crosses. @param {Scene} scene @param {GraphPoint} from @param {GraphPoint} to @returns {string[]} */
export function linksCut(scene, from, to) {
  const near = scene.linksIn(between(from, to));
  return near.filter(({ path }) => isCut(path, from, to)).map(({ key }) => key);
}
