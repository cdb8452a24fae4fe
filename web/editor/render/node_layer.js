// @ts-check
/** Draws the nodes of a frame: from their sprites, or as boxes from far away, with what a run adds. */

import { RADIUS } from '../view/metrics.js';
import { grow } from '../view/geometry.js';
import { FAR_BELOW, drawFarNodes } from './far_nodes.js';
import { MARGIN } from './node_face.js';
import { drawPictures } from './pictures.js';
import { drawRun } from './run_marks.js';
import { paintNode } from './sprites.js';

/** @typedef {import('../view/scene.js').NodeView} NodeView */
/** @typedef {import('./renderer.js').Frame} Frame */
/** @typedef {import('./sprites.js').Sprite} Sprite */

/** Milliseconds a frame may spend on pictures that are nicer or wanted soon, not needed now. */
const SPARE = 1.5;
/** CSS pixels around the screen for which pictures are made ahead. */
const AHEAD = 160;

/** @param {Frame} frame @param {readonly NodeView[]} views @returns {boolean} whether more frames are needed to make it crisp */
export function drawNodes(frame, views) {
  if (frame.scale < FAR_BELOW) {
    frame.toGraph();
    drawFarNodes(frame.context, views, frame.theme);
    for (const view of views) drawExtras(frame, view);
    return false;
  }
  let stale = false;
  const deadline = performance.now() + SPARE * 2;
  for (const view of views) {
    if (frame.selection.has(view.key)) drawGlow(frame, view);
    const old = frame.sprites.near(view, frame.density);
    const upgrade = !old || old.density === frame.density || (frame.rests && performance.now() < deadline);
    const sprite = upgrade ? frame.sprites.get(view, frame.density) : old;
    stale ||= Boolean(sprite && sprite.density !== frame.density);
    if (sprite) copySprite(frame, view, sprite);
    else paintHere(frame, view);
    drawExtras(frame, view);
  }
  return stale;
}

/** Make pictures of what will come into sight next. @param {Frame} frame */
export function prepareAhead(frame) {
  if (frame.scale < FAR_BELOW || !frame.rests) return;
  const deadline = performance.now() + SPARE;
  for (const view of frame.scene.nodesIn(grow(frame.visible, AHEAD / frame.scale))) {
    if (frame.sprites.near(view, frame.density)) continue;
    frame.sprites.get(view, frame.density);
    if (performance.now() > deadline) return;
  }
}

/** On whole device pixels, so that text stays crisp. @param {Frame} frame @param {NodeView} view @param {Sprite} sprite */
function copySprite(frame, { record, layout }, { picture, density }) {
  const stretch = frame.density / density;
  const margin = Math.ceil(MARGIN * density);
  const top = Math.round(-layout.bounds.y * density);
  const x = Math.round(record.x * frame.density + frame.originX) - margin * stretch;
  const y = Math.round(record.y * frame.density + frame.originY) - (margin + top) * stretch;
  frame.toDevice();
  if (stretch === 1) frame.context.drawImage(picture, x, y);
  else frame.context.drawImage(picture, x, y, picture.width * stretch, picture.height * stretch);
}

/** @param {Frame} frame @param {NodeView} view */
function paintHere(frame, view) {
  const { context, density, sprites } = frame;
  const { record } = view;
  context.setTransform(density, 0, 0, density, record.x * density + frame.originX, record.y * density + frame.originY);
  frame.forgetTransform();
  paintNode(context, view, density, sprites);
}

/** @param {Frame} frame @param {NodeView} view */
function drawGlow(frame, view) {
  frame.toGraph();
  const { context, theme, scale } = frame;
  const { record, layout } = view;
  const radius = layout.shape === 'pill' || layout.shape === 'point' ? layout.bounds.h / 2 : RADIUS;
  const top = record.y + layout.bounds.y;
  const height = layout.height - layout.bounds.y;
  context.strokeStyle = theme.css.selection;
  for (const [reach, width, alpha] of /** @type {const} */ ([[5, 8, 0.14], [3, 4, 0.3], [1.5, 3, 1]])) {
    context.globalAlpha = alpha;
    context.lineWidth = Math.max(width, (width * 0.6) / scale);
    context.beginPath();
    context.roundRect(record.x - reach, top - reach, layout.width + 2 * reach, height + 2 * reach, radius + reach);
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** Pictures, and how the node fares. @param {Frame} frame @param {NodeView} view */
function drawExtras(frame, view) {
  const { context, theme, scale } = frame;
  const run = frame.runOf(view.key);
  if (scale < FAR_BELOW && frame.selection.has(view.key)) {
    frame.toGraph();
    context.fillStyle = theme.css.selection;
    context.globalAlpha = 0.55;
    context.fillRect(view.bounds.x, view.bounds.y, view.bounds.w, view.bounds.h);
    context.globalAlpha = 1;
  }
  const urls = view.layout.preview ? frame.picturesOf(view.record) : [];
  if (urls.length) {
    frame.toGraph();
    drawPreview(frame, view, urls);
  }
  if (run && run.status !== 'idle') {
    frame.toGraph();
    drawRun(context, view, run, theme, scale);
  }
}

/** @param {Frame} frame @param {NodeView} view @param {readonly string[]} urls */
function drawPreview({ context, theme, pictures, density }, { record, layout }, urls) {
  const rect = layout.preview;
  if (!rect) return;
  const place = { x: record.x + rect.x, y: record.y + rect.y, w: rect.w, h: rect.h };
  context.beginPath();
  context.roundRect(place.x, place.y, place.w, place.h, 6);
  context.fillStyle = theme.css['field-background'];
  context.fill();
  const there = urls.flatMap((url) => pictures.get(url) ?? []);
  if (there.length === 0) return;
  context.save();
  context.beginPath();
  context.roundRect(place.x, place.y, place.w, place.h, 6);
  context.clip();
  drawPictures(context, there, place, density);
  context.restore();
}
