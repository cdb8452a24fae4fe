// @ts-check
/** Links: soft curves in the colour of what flows through them, drawn one path a colour. */

import { nodeKey } from '../model/keys.js';
import { middleOf } from '../view/link_path.js';

/** @typedef {import('./theme.js').Theme} Theme */
/** @typedef {import('../view/scene.js').LinkView} LinkView */

/** Below this scale curves cannot be told from straight lines. */
const STRAIGHT_BELOW = 0.16;
/** Paths are cut into pieces, since filling one with thousands of curves is slower than many short ones. */
const PIECE = 96;

/** @typedef {{readonly theme: Theme, readonly scale: number, readonly hovered: string | null,
 *   readonly anySelected: boolean, readonly isSelected: (key: string) => boolean}} LinkStyle */

/** @param {CanvasRenderingContext2D} context in graph points @param {readonly LinkView[]} links @param {LinkStyle} style */
export function drawLinks(context, links, style) {
  const { theme, scale } = style;
  const straight = scale < STRAIGHT_BELOW;
  const width = straight ? 1 / scale : Math.max(2.5, 1.2 / scale);
  context.lineCap = 'round';
  if (scale >= 0.5) {
    context.strokeStyle = theme.css['canvas-outline'];
    context.lineWidth = width + 3;
    strokeAll(context, links, straight);
  }
  context.lineWidth = width;
  context.globalAlpha = scale < 0.3 ? 0.7 : 0.9;
  for (const [type, some] of byType(links)) {
    context.strokeStyle = theme.types.get(type);
    strokeAll(context, some, straight);
  }
  context.globalAlpha = 1;
  if (style.hovered === null && !style.anySelected) return;
  drawStrong(context, links.filter((link) => isStrong(link, style)), style, width);
}

/** Links of selected nodes, selected links and the one under the pointer stand out.
 * @param {CanvasRenderingContext2D} context @param {readonly LinkView[]} links @param {LinkStyle} style @param {number} width */
function drawStrong(context, links, { theme, hovered, isSelected }, width) {
  for (const link of links) {
    const color = theme.types.get(link.record.type);
    if (link.key === hovered || isSelected(link.key)) {
      context.globalAlpha = 0.35;
      context.strokeStyle = color;
      context.lineWidth = width + 7;
      strokeAll(context, [link], false);
    }
    context.globalAlpha = 1;
    context.strokeStyle = color;
    context.lineWidth = width + 1;
    strokeAll(context, [link], false);
    if (link.key === hovered || isSelected(link.key)) drawMiddle(context, link, color, theme.css['canvas-outline'], width);
  }
}

/** Where a link can be taken hold of. @param {CanvasRenderingContext2D} context @param {LinkView} link
 * @param {string} color @param {string} outline @param {number} width */
function drawMiddle(context, { path }, color, outline, width) {
  const { x, y } = middleOf(path);
  context.beginPath();
  context.arc(x, y, width * 2, 0, Math.PI * 2);
  context.fillStyle = color;
  context.strokeStyle = outline;
  context.lineWidth = width * 0.8;
  context.fill();
  context.stroke();
}

/** @param {LinkView} link @param {LinkStyle} style */
function isStrong({ key, record }, { hovered, isSelected }) {
  return key === hovered || isSelected(key) || isSelected(nodeKey(record.graph, record.from)) || isSelected(nodeKey(record.graph, record.to));
}

/** @param {readonly LinkView[]} links @returns {Map<string, LinkView[]>} */
function byType(links) {
  /** @type {Map<string, LinkView[]>} */
  const groups = new Map();
  for (const link of links) {
    const group = groups.get(link.record.type);
    if (group) group.push(link);
    else groups.set(link.record.type, [link]);
  }
  return groups;
}

/** @param {CanvasRenderingContext2D} context @param {readonly LinkView[]} links @param {boolean} straight */
function strokeAll(context, links, straight) {
  for (let from = 0; from < links.length; from += PIECE) {
    context.beginPath();
    const end = Math.min(from + PIECE, links.length);
    for (let index = from; index < end; index += 1) {
      const link = links[index];
      if (link) trace(context, link.path, straight);
    }
    context.stroke();
  }
}

/** @param {CanvasRenderingContext2D | Path2D} context @param {Float64Array} path @param {boolean} straight */
export function trace(context, path, straight) {
  const at = (/** @type {number} */ index) => /** @type {number} */ (path[index]);
  for (let index = 0; index < path.length; index += 8) {
    context.moveTo(at(index), at(index + 1));
    if (straight) context.lineTo(at(index + 6), at(index + 7));
    else context.bezierCurveTo(at(index + 2), at(index + 3), at(index + 4), at(index + 5), at(index + 6), at(index + 7));
  }
}
