// @ts-check
/** The two borders of a subgraph, which links inside it come from (-10) and go to (-20): where they are. */

import { asList, asNumber, asObject } from '../lib/json.js';
import { INPUTS } from '../model/records.js';
import { ROW, TITLE } from './metrics.js';

/** @typedef {import('./geometry.js').Rect} Rect */
/** @typedef {import('../model/records.js').GraphRecord} GraphRecord */

export const BORDER_WIDTH = 140;

/** Where a border is: as the file says, else beside what the subgraph holds. One more row takes new links.
 * @param {GraphRecord} graph @param {string} border '-10' or '-20' @param {Rect | null} content @returns {Rect} */
export function borderRect(graph, border, content) {
  const isInput = border === INPUTS;
  const slots = isInput ? graph.inputs : graph.outputs;
  const saved = asList(asObject(graph.extra[isInput ? 'inputNode' : 'outputNode'])['bounding']);
  const h = (slots.length + 1) * ROW + TITLE;
  const inside = content ?? { x: 0, y: 0, w: 400, h: 200 };
  return {
    x: asNumber(saved[0], isInput ? inside.x - BORDER_WIDTH - 80 : inside.x + inside.w + 80),
    y: asNumber(saved[1], inside.y + inside.h / 2 - h / 2),
    w: BORDER_WIDTH,
    h,
  };
}

/** Where a slot of a border is; the number behind the last is the place for a new one.
 * @param {Rect} rect @param {string} border @param {number} slot */
export function borderSocket(rect, border, slot) {
  return { x: border === INPUTS ? rect.x + rect.w : rect.x, y: rect.y + TITLE + slot * ROW + ROW / 2 };
}
