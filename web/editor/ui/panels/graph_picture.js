// @ts-check
/** A workflow in small: where its nodes are and how they are linked, from its file. */

import { asList, asNumber, asObject, asText } from '../../lib/json.js';
import { h } from '../dom.js';

/** @typedef {{readonly x: number, readonly y: number, readonly w: number, readonly h: number, readonly color: string, readonly makes: string}} Box */
/** @typedef {{readonly from: string, readonly to: string, readonly type: string}} Pair */
/** @typedef {import('../../render/type_colors.js').TypeColors} TypeColors */

const WIDTH = 288;
const HEIGHT = 120;
const MARGIN = 10;
/** The height of a title, in graph points. */
const TITLE = 30;

/** @param {unknown} json in the editor's format @param {TypeColors} types @returns {HTMLCanvasElement} */
export function graphPicture(json, types) {
  const canvas = h('canvas', { class: 'graph-picture', width: WIDTH * 2, height: HEIGHT * 2, 'aria-hidden': 'true' });
  const context = canvas.getContext('2d');
  const boxes = readBoxes(json);
  if (context && boxes.size) draw(context, boxes, readPairs(json), types);
  return canvas;
}

/** @param {unknown} json @returns {Map<string, Box>} */
function readBoxes(json) {
  /** @type {Map<string, Box>} */
  const boxes = new Map();
  for (const node of asList(asObject(json)['nodes']).map(asObject)) {
    const [x, y] = [0, 1].map((axis) => asNumber(/** @type {any} */ (node['pos'])?.[axis], 0));
    const [w, tall] = [0, 1].map((axis) => asNumber(/** @type {any} */ (node['size'])?.[axis], 100));
    boxes.set(String(node['id']), { x: x ?? 0, y: (y ?? 0) - TITLE, w: w ?? 100, h: (tall ?? 100) + TITLE, color: asText(node['bgcolor']), makes: madeBy(node) });
  }
  return boxes;
}

/** The type of what a node makes; of what it is given, where it makes nothing. @param {import('../../lib/json.js').JsonObject} node */
const madeBy = (node) => asText(asObject(asList(node['outputs'])[0] ?? asList(node['inputs'])[0])['type']);

/** Which node feeds which. @param {unknown} json @returns {Pair[]} */
function readPairs(json) {
  return asList(asObject(json)['links']).map((link) => {
    if (Array.isArray(link)) return { from: String(link[1]), to: String(link[3]), type: String(link[5]) };
    const { origin_id: from, target_id: to, type } = asObject(link);
    return { from: String(from), to: String(to), type: String(type) };
  });
}

/** @param {CanvasRenderingContext2D} context @param {Map<string, Box>} boxes @param {readonly Pair[]} pairs @param {TypeColors} types */
function draw(context, boxes, pairs, types) {
  const all = [...boxes.values()];
  const left = Math.min(...all.map(({ x }) => x));
  const top = Math.min(...all.map(({ y }) => y));
  const wide = Math.max(...all.map(({ x, w }) => x + w)) - left;
  const tall = Math.max(...all.map(({ y, h: height }) => y + height)) - top;
  const scale = Math.min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / tall);
  const style = getComputedStyle(document.documentElement);
  const color = (/** @type {string} */ name) => style.getPropertyValue(name);
  context.scale(2, 2);
  context.translate((WIDTH - wide * scale) / 2, (HEIGHT - tall * scale) / 2);
  context.scale(scale, scale);
  context.translate(-left, -top);
  context.globalAlpha = 0.8;
  context.lineWidth = 1.2 / scale;
  for (const { from, to, type } of pairs) {
    const [a, b] = [boxes.get(from), boxes.get(to)];
    if (!a || !b) continue;
    const [x, y, u, v] = [a.x + a.w, a.y + a.h / 2, b.x, b.y + b.h / 2];
    const bend = Math.max(Math.abs(u - x) / 2, 30);
    context.strokeStyle = types.get(type);
    context.beginPath();
    context.moveTo(x, y);
    context.bezierCurveTo(x + bend, y, u - bend, v, u, v);
    context.stroke();
  }
  context.globalAlpha = 1;
  context.lineWidth = 1 / scale;
  for (const box of all) {
    context.fillStyle = color('--node-title');
    context.strokeStyle = color('--node-border');
    context.beginPath();
    context.roundRect(box.x, box.y, box.w, box.h, 3 / scale);
    context.fill();
    // A node's own colour is made for a dark ground: as a tint it suits a light one, too.
    context.globalAlpha = box.color ? 0.45 : 0;
    context.fillStyle = box.color;
    context.fill();
    context.globalAlpha = 0.55;
    context.fillStyle = types.get(box.makes);
    context.beginPath();
    context.roundRect(box.x, box.y, box.w, TITLE, [3 / scale, 3 / scale, 0, 0]);
    context.fill();
    context.globalAlpha = 1;
    context.beginPath();
    context.roundRect(box.x, box.y, box.w, box.h, 3 / scale);
    context.stroke();
  }
}
