// @ts-check
/** Edits of groups. */

import { around } from '../size.js';

/** @typedef {import('../store.js').Transaction} Transaction */
/** @typedef {import('../records.js').GroupRecord} GroupRecord */
/** @typedef {import('../size.js').Rect} Rect */

const PADDING = 10;
const HEADING = 40;

/** @param {Transaction} tx @param {string} graph @param {Rect} rect @param {string} title
 * @param {string | null} [color] @returns {GroupRecord} */
export function addGroup(tx, graph, { x, y, w, h }, title, color = '#3f789e') {
  const id = tx.store.newId('group', graph);
  return tx.put({ kind: 'group', id, graph, title, x, y, w, h, color, fontSize: 24, extra: {} });
}

/** Put a frame around things. @param {Transaction} tx @param {string} graph @param {Iterable<string>} keys
 * @param {string} title @returns {GroupRecord | null} null if there is nothing to put it around */
export function groupAround(tx, graph, keys, title) {
  const rect = frame(tx.store, keys);
  return rect && addGroup(tx, graph, rect, title);
}

/** Make a group as large as what it should carry. @param {Transaction} tx @param {string} key @param {Iterable<string>} keys */
export function fitGroup(tx, key, keys) {
  const group = tx.store.get(key);
  const rect = frame(tx.store, keys);
  if (group?.kind === 'group' && rect) tx.put({ ...group, ...rect });
}

/** @param {import('../store.js').Store} store @param {Iterable<string>} keys @returns {Rect | null} */
function frame(store, keys) {
  const framed = [...keys]
    .map((key) => store.get(key))
    .filter((record) => record?.kind === 'node' || record?.kind === 'group');
  const rect = around(framed);
  return rect && {
    x: rect.x - PADDING,
    y: rect.y - HEADING,
    w: rect.w + 2 * PADDING,
    h: rect.h + HEADING + PADDING,
  };
}
