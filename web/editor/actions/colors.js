// @ts-check
/** The colours that nodes and groups can be given: those that files of ComfyUI's editor have. */

import { setColor } from '../model/edits.js';

/** @typedef {{readonly name: string, readonly color: string | null, readonly bgcolor: string | null, readonly group: string | null}} NamedColor */

/** @type {readonly NamedColor[]} */
export const COLORS = [
  { name: 'none', color: null, bgcolor: null, group: null },
  { name: 'red', color: '#322', bgcolor: '#533', group: '#A88' },
  { name: 'brown', color: '#332922', bgcolor: '#593930', group: '#b06634' },
  { name: 'green', color: '#232', bgcolor: '#353', group: '#8A8' },
  { name: 'blue', color: '#223', bgcolor: '#335', group: '#88A' },
  { name: 'cyan', color: '#233', bgcolor: '#355', group: '#8AA' },
  { name: 'purple', color: '#323', bgcolor: '#535', group: '#a1309b' },
  { name: 'yellow', color: '#432', bgcolor: '#653', group: '#b58b2a' },
];

/** @param {import('../model/store.js').Transaction} tx @param {Iterable<string>} keys @param {string | null} color @param {string | null} bgcolor */
export function colorize(tx, keys, color, bgcolor) {
  const named = COLORS.find((one) => one.color === color);
  for (const key of [...keys]) {
    if (tx.store.get(key)?.kind === 'group') setColor(tx, [key], named?.group ?? null);
    else setColor(tx, [key], color, bgcolor);
  }
}
