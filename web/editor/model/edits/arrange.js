// @ts-check
/**
 * Laying nodes out in columns: each to the right of all that feed it, few links crossing.
 *
 * The layered drawing of Sugiyama, Tagawa and Toda (1981), with the longest path for the layers and
 * a few sweeps of barycentres for the order within them.
 */

import { keyOf, nodeKey } from '../keys.js';
import { TITLE_HEIGHT, around } from '../size.js';
import { place } from './moving.js';

/** @typedef {import('../store.js').Transaction} Transaction */
/** @typedef {import('../store.js').Store} Store */
/** @typedef {import('../records.js').NodeRecord} NodeRecord */
/** @typedef {Map<string, string[]>} Neighbours */

const SWEEPS = 4;
const GAP_X = 60;
const GAP_Y = 30;

/** Lay out nodes, by default all of a graph; the upper left corner stays.
 * @param {Transaction} tx @param {string} graph @param {Iterable<string>} [keys] */
export function arrange(tx, graph, keys) {
  const chosen = keys && new Set(keys);
  const nodes = [...tx.store.all('node', graph)].filter((node) => !chosen || chosen.has(keyOf(node)));
  const corner = around(nodes);
  if (corner) place(tx, placesFor(tx.store, nodes, corner.x, corner.y));
}

/** @param {Store} store @param {readonly NodeRecord[]} nodes @param {number} left @param {number} top
 * @returns {Map<string, {x: number, y: number}>} where each goes, by key */
export function placesFor(store, nodes, left, top) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const { before, after } = neighbours(store, nodes, byId);
  const columns = columnsOf(nodes, before, after);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const forth = sweep % 2 === 0;
    order(forth ? columns : columns.toReversed(), forth ? before : after);
  }
  return stack(columns, byId, left, top);
}

/** @param {Store} store @param {readonly NodeRecord[]} nodes @param {Map<string, NodeRecord>} byId */
function neighbours(store, nodes, byId) {
  /** @type {Neighbours} */
  const before = new Map(nodes.map(({ id }) => [id, []]));
  /** @type {Neighbours} */
  const after = new Map(nodes.map(({ id }) => [id, []]));
  for (const node of nodes) {
    for (const link of store.linksInto(nodeKey(node.graph, node.id))) {
      if (!byId.has(link.from)) continue;
      before.get(node.id)?.push(link.from);
      after.get(link.from)?.push(node.id);
    }
  }
  return { before, after };
}

/** Columns of ids: a node is one to the right of the rightmost that feeds it, and what feeds only
 * nodes far to the right is drawn close to them.
 * @param {readonly NodeRecord[]} nodes @param {Neighbours} before @param {Neighbours} after */
function columnsOf(nodes, before, after) {
  /** @type {Map<string, number>} */
  const depth = new Map();
  const sorted = inOrder(nodes, before, after);
  for (const id of sorted) {
    depth.set(id, Math.max(0, ...(before.get(id) ?? []).map((one) => (depth.get(one) ?? 0) + 1)));
  }
  for (const id of sorted.toReversed()) {
    const readers = after.get(id) ?? [];
    if (readers.length === 0) continue;
    depth.set(id, Math.max(depth.get(id) ?? 0, Math.min(...readers.map((one) => depth.get(one) ?? 0)) - 1));
  }
  /** @type {string[][]} */
  const columns = [];
  for (const { id } of nodes) (columns[depth.get(id) ?? 0] ??= []).push(id);
  return [...columns].map((column) => column ?? []).filter((column) => column.length > 0);
}

/** Each after those that feed it; what goes round in a circle comes last.
 * @param {readonly NodeRecord[]} nodes @param {Neighbours} before @param {Neighbours} after */
function inOrder(nodes, before, after) {
  const waiting = new Map(nodes.map(({ id }) => [id, before.get(id)?.length ?? 0]));
  const ready = nodes.filter(({ id }) => waiting.get(id) === 0).map(({ id }) => id);
  for (const id of ready) {
    waiting.delete(id);
    for (const reader of after.get(id) ?? []) {
      const left = (waiting.get(reader) ?? 0) - 1;
      waiting.set(reader, left);
      if (left === 0) ready.push(reader);
    }
  }
  return [...ready, ...waiting.keys()];
}

/** Sort each column by the middle of the neighbours on the side that was sorted before.
 * @param {string[][]} columns @param {Neighbours} towards */
function order(columns, towards) {
  /** @type {Map<string, number>} */
  const place = new Map();
  for (const column of columns) {
    const middle = new Map(
      column.map((id, index) => {
        const places = (towards.get(id) ?? []).flatMap((one) => place.get(one) ?? []);
        const sum = places.reduce((total, one) => total + one, 0);
        return [id, places.length ? sum / places.length : index / column.length];
      }),
    );
    column.sort((a, b) => (middle.get(a) ?? 0) - (middle.get(b) ?? 0));
    column.forEach((id, index) => place.set(id, (index + 0.5) / column.length));
  }
}

/** @param {string[][]} columns @param {Map<string, NodeRecord>} byId @param {number} left @param {number} top */
function stack(columns, byId, left, top) {
  /** @type {Map<string, {x: number, y: number}>} */
  const places = new Map();
  let x = left;
  for (const column of columns) {
    let y = top;
    let width = 0;
    for (const id of column) {
      const node = byId.get(id);
      if (!node) continue;
      places.set(keyOf(node), { x, y: y + TITLE_HEIGHT });
      y += TITLE_HEIGHT + (node.collapsed ? 0 : node.h) + GAP_Y;
      width = Math.max(width, node.w);
    }
    x += width + GAP_X;
  }
  return places;
}
