// @ts-check
/** Groups, the borders of subgraphs, and reroutes. */

import { css, fromHsl, mix, parseHex, toHsl } from './colors.js';
import { fitText } from './text.js';
import { INPUTS } from '../model/records.js';
import { borderSocket } from '../view/borders.js';
import { ROW, SOCKET, TITLE } from '../view/metrics.js';

/** @typedef {import('./theme.js').Theme} Theme */
/** @typedef {import('../view/geometry.js').Rect} Rect */
/** @typedef {import('../model/records.js').GroupRecord} GroupRecord */
/** @typedef {import('../model/records.js').RerouteRecord} RerouteRecord */
/** @typedef {import('../model/records.js').GraphRecord} GraphRecord */

/** @param {CanvasRenderingContext2D} context in graph points @param {GroupRecord} group @param {Theme} theme
 * @param {number} pixel the size of a device pixel @param {boolean} isSelected */
export function drawGroup(context, group, theme, pixel, isSelected) {
  const color = groupColor(group, theme);
  context.beginPath();
  context.roundRect(group.x, group.y, group.w, group.h, 12);
  context.globalAlpha = theme.isLight ? 0.13 : 0.12;
  context.fillStyle = color;
  context.fill();
  context.globalAlpha = isSelected ? 1 : 0.5;
  context.strokeStyle = isSelected ? theme.css.selection : color;
  context.lineWidth = isSelected ? Math.max(2, 2 * pixel) : Math.max(1, pixel);
  context.stroke();
  context.globalAlpha = 1;
  const size = Math.min(Math.max(group.fontSize * 0.7, 12), 64);
  if (size / pixel < 4) return;
  context.font = `600 ${size}px ${theme.font}`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillStyle = theme.css['group-text'];
  context.fillText(fitText(context, group.title, group.w - 24), group.x + 12, group.y + 8 + size / 2 + 2);
  context.strokeStyle = color;
  context.lineWidth = 2;
  context.lineCap = 'round';
  context.globalAlpha = 0.7;
  context.beginPath();
  for (const inset of [5, 9]) {
    context.moveTo(group.x + group.w - inset, group.y + group.h - 4);
    context.lineTo(group.x + group.w - 4, group.y + group.h - inset);
  }
  context.stroke();
  context.globalAlpha = 1;
}

/** @param {GroupRecord} group @param {Theme} theme */
function groupColor(group, theme) {
  const { hue, saturation } = toHsl(parseHex(group.color ?? '') ?? [63, 120, 158]);
  return css(fromHsl(hue, Math.min(saturation * 1.1, 0.6), theme.isLight ? 0.42 : 0.62));
}

/** @param {CanvasRenderingContext2D} context in graph points @param {RerouteRecord} reroute
 * @param {string} type @param {Theme} theme @param {boolean} isSelected */
export function drawReroute(context, reroute, type, theme, isSelected) {
  context.beginPath();
  context.arc(reroute.x, reroute.y, 7, 0, Math.PI * 2);
  context.fillStyle = theme.types.get(type);
  context.fill();
  context.lineWidth = 2.5;
  context.strokeStyle = isSelected ? theme.css.selection : theme.css['canvas-outline'];
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context in graph points @param {GraphRecord} graph @param {string} border @param {Rect} rect @param {Theme} theme */
export function drawBorder(context, graph, border, rect, theme) {
  const isInput = border === INPUTS;
  const slots = isInput ? graph.inputs : graph.outputs;
  context.beginPath();
  context.roundRect(rect.x, rect.y, rect.w, rect.h, 12);
  context.fillStyle = css(mix(theme.colors['canvas-background'], theme.colors['node-title'], 0.7));
  context.fill();
  context.lineWidth = 1;
  context.strokeStyle = theme.css['node-border'];
  context.stroke();
  context.font = theme.labelFont;
  context.textBaseline = 'middle';
  for (let index = 0; index <= slots.length; index += 1) {
    const slot = slots[index];
    const { x, y } = borderSocket(rect, border, index);
    context.beginPath();
    context.arc(x, y, slot ? SOCKET : 4, 0, Math.PI * 2);
    context.fillStyle = slot ? theme.types.get(slot.type) : theme.css['node-border'];
    context.fill();
    if (!slot) continue;
    context.textAlign = isInput ? 'right' : 'left';
    context.fillStyle = theme.css['node-text-muted'];
    const text = fitText(context, slot.label ?? slot.name, rect.w - ROW - 8);
    context.fillText(text, isInput ? x - 14 : x + 14, y + 0.5);
  }
  context.fillStyle = theme.css['node-border'];
  context.fillRect(rect.x + 12, rect.y + TITLE - 10, rect.w - 24, 1);
}
