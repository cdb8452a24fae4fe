// @ts-check
/** Edits of where things are. What is pinned stays where it is. Graph points, y down. */

import { keyOf } from '../keys.js';
import { TITLE_HEIGHT } from '../size.js';

/** @typedef {import('../store.js').Transaction} Transaction */
/** @typedef {import('../store.js').Store} Store */
/** @typedef {import('../records.js').NodeRecord} NodeRecord */
/** @typedef {import('../records.js').GroupRecord} GroupRecord */
/** @typedef {import('../records.js').RerouteRecord} RerouteRecord */
/** @typedef {NodeRecord | GroupRecord | RerouteRecord} Movable */
/** @typedef {import('../size.js').Rect} Rect */

/** What a group carries: nodes and reroutes whose middle, and groups all of which, lie within it.
 * @param {Store} store @param {GroupRecord} group @returns {string[]} keys */
export function carried(store, group) {
  const within = (/** @type {number} */ x, /** @type {number} */ y) =>
    x >= group.x && x <= group.x + group.w && y >= group.y && y <= group.y + group.h;
  const nodes = [...store.all('node', group.graph)].filter((node) =>
    within(node.x + node.w / 2, node.y + (node.collapsed ? -TITLE_HEIGHT / 2 : node.h / 2)),
  );
  const reroutes = [...store.all('reroute', group.graph)].filter(({ x, y }) => within(x, y));
  const groups = [...store.all('group', group.graph)].filter(
    (one) => one !== group && within(one.x, one.y) && within(one.x + one.w, one.y + one.h),
  );
  return [...nodes, ...reroutes, ...groups].map(keyOf);
}

/** Keys with what the groups among them carry. @param {Store} store @param {Iterable<string>} keys @returns {Set<string>} */
export function withCarried(store, keys) {
  const all = new Set(keys);
  for (const key of all) {
    const record = store.get(key);
    if (record?.kind === 'group') for (const inner of carried(store, record)) all.add(inner);
  }
  return all;
}

/** Move nodes, groups and reroutes. Groups do not take along what they carry: see `withCarried`.
 * @param {Transaction} tx @param {Iterable<string>} keys @param {number} dx @param {number} dy */
export function move(tx, keys, dx, dy) {
  for (const key of keys) {
    const record = movable(tx.store, key);
    if (record) tx.put({ ...record, x: record.x + dx, y: record.y + dy });
  }
}

/** Put each thing where it is said to go. @param {Transaction} tx
 * @param {Iterable<readonly [string, {readonly x: number, readonly y: number}]>} places by key */
export function place(tx, places) {
  for (const [key, { x, y }] of places) {
    const record = movable(tx.store, key);
    if (record && (record.x !== x || record.y !== y)) tx.put({ ...record, x, y });
  }
}

/** @param {Transaction} tx @param {string} key a node's or group's
 * @param {{readonly x?: number, readonly y?: number, readonly w: number, readonly h: number}} rect */
export function resize(tx, key, { x, y, w, h }) {
  const record = tx.store.get(key);
  if (record?.kind !== 'node' && record?.kind !== 'group') return;
  tx.put({ ...record, x: x ?? record.x, y: y ?? record.y, w: Math.max(w, 40), h: Math.max(h, 20) });
}

/** Where a thing is seen; a node may be larger than its record says, or collapsed. @typedef {(record: NodeRecord | GroupRecord) => Rect} BoxOf */

/** Line things up, as they are seen. @param {Transaction} tx @param {Iterable<string>} keys
 * @param {'left' | 'right' | 'top' | 'bottom' | 'centerX' | 'centerY'} how @param {BoxOf} [boxOf] */
export function align(tx, keys, how, boxOf) {
  const all = sized(tx.store, keys, boxOf);
  if (all.length < 2) return;
  const left = Math.min(...all.map(({ box }) => box.x));
  const top = Math.min(...all.map(({ box }) => box.y));
  const right = Math.max(...all.map(({ box }) => box.x + box.w));
  const bottom = Math.max(...all.map(({ box }) => box.y + box.h));
  for (const { record, box } of all) {
    const { x, y } = {
      left: { x: left, y: box.y },
      right: { x: right - box.w, y: box.y },
      top: { x: box.x, y: top },
      bottom: { x: box.x, y: bottom - box.h },
      centerX: { x: (left + right - box.w) / 2, y: box.y },
      centerY: { x: box.x, y: (top + bottom - box.h) / 2 },
    }[how];
    if (x !== box.x || y !== box.y) tx.put({ ...record, x: record.x + x - box.x, y: record.y + y - box.y });
  }
}

/** Make the gaps between things equal, as they are seen; the outermost two stay.
 * @param {Transaction} tx @param {Iterable<string>} keys @param {'x' | 'y'} axis @param {BoxOf} [boxOf] */
export function distribute(tx, keys, axis, boxOf) {
  const extent = axis === 'x' ? 'w' : 'h';
  const all = sized(tx.store, keys, boxOf).sort((a, b) => a.box[axis] - b.box[axis]);
  const [first, last] = [all[0], all.at(-1)];
  if (!first || !last || all.length < 3) return;
  const room = last.box[axis] - first.box[axis] - first.box[extent];
  const taken = all.slice(1, -1).reduce((sum, { box }) => sum + box[extent], 0);
  const gap = (room - taken) / (all.length - 1);
  let at = first.box[axis] + first.box[extent] + gap;
  for (const { record, box } of all.slice(1, -1)) {
    tx.put({ ...record, [axis]: record[axis] + at - box[axis] });
    at += box[extent] + gap;
  }
}

/** @param {Store} store @param {string} key @returns {Movable | null} */
function movable(store, key) {
  const record = store.get(key);
  if (record?.kind === 'node') return record.pinned ? null : record;
  return record?.kind === 'group' || record?.kind === 'reroute' ? record : null;
}

/** @param {Store} store @param {Iterable<string>} keys @param {BoxOf} [boxOf] */
function sized(store, keys, boxOf = (record) => record) {
  return [...keys]
    .map((key) => movable(store, key))
    .filter((one) => one?.kind === 'node' || one?.kind === 'group')
    .map((record) => ({ record, box: boxOf(record) }));
}
