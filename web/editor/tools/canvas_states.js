// @ts-check
/** What begins on the empty canvas: clicks, panning, zooming, and selecting by a box. */

import { between } from '../view/geometry.js';
import { keysIn } from '../view/hit.js';
import { ToolState } from './chart.js';
import { drawBox } from './marks.js';
import { Pointing } from './pointing.js';

/** @typedef {import('./chart.js').Press} Press */
/** @typedef {import('./chart.js').Chart} Chart */

/** @extends {Pointing<null>} */
export class PointingCanvas extends Pointing {
  /** @override @param {Press} press */
  click(press) {
    if (!press.shift && !press.ctrl) this.bench.selection.clear();
  }

  /** @override @param {Press} press */
  drag(press) {
    const boxed = this.press.ctrl || this.press.shift;
    this.chart.go(boxed ? 'boxSelecting' : 'panning', { press: this.press });
    this.chart.state.move(press);
  }
}

export class Panning extends ToolState {
  /** @param {Chart} chart @param {{press: Press}} facts */
  constructor(chart, { press }) {
    super(chart);
    this.last = press.at;
  }

  /** @override */
  enter() {
    this.chart.wishes.cursor('grabbing');
  }

  /** @override @param {Press} press */
  move({ at }) {
    this.bench.viewport.panBy(at.x - this.last.x, at.y - this.last.y);
    this.last = at;
  }

  /** @override */
  up() {
    this.chart.go('idle');
  }
}

/** Ctrl+Shift and a drag up or down. */
export class Zooming extends ToolState {
  /** @param {Chart} chart @param {{press: Press}} facts */
  constructor(chart, { press }) {
    super(chart);
    this.start = press.at;
    this.last = press.at;
  }

  /** @override @param {Press} press */
  move({ at }) {
    this.bench.viewport.zoomAt(this.start, Math.exp((this.last.y - at.y) * 0.008));
    this.last = at;
  }

  /** @override */
  up() {
    this.chart.go('idle');
  }
}

export class BoxSelecting extends ToolState {
  /** @param {Chart} chart @param {{press: Press}} facts */
  constructor(chart, { press }) {
    super(chart);
    this.start = chart.point(press);
    this.end = this.start;
    this.before = [...this.bench.selection.keys];
    /** Ctrl+Shift is zooming, so Shift alone adds; Ctrl+Alt takes away. */
    this.kept = press.shift || press.alt ? this.before : [];
    this.takes = press.alt;
    this.overlay = (/** @type {import('../render/renderer.js').Frame} */ frame) => drawBox(frame, between(this.start, this.end));
  }

  /** @override */
  enter() {
    this.bench.renderer.overlays.add(this.overlay);
  }

  /** @override */
  exit() {
    this.bench.renderer.overlays.delete(this.overlay);
  }

  /** @override @param {Press} press */
  move(press) {
    this.end = this.chart.point(press);
    const { renderer, store, selection } = this.bench;
    const boxed = keysIn(renderer.scene, store, between(this.start, this.end));
    selection.set(this.takes ? this.kept.filter((key) => !boxed.includes(key)) : [...this.kept, ...boxed]);
    renderer.invalidate();
  }

  /** @override */
  up() {
    this.chart.go('idle');
  }

  /** @override */
  cancel() {
    this.bench.selection.set(this.before);
    super.cancel();
  }
}
