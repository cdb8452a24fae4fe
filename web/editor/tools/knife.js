// @ts-check
/** Alt and a drag over the empty canvas cut every link that they cross. */

import { disconnect } from '../model/edits.js';
import { linksCut } from '../view/hit.js';
import { ToolState } from './chart.js';
import { drawCut } from './marks.js';

/** @typedef {import('./chart.js').Press} Press */

export class Knife extends ToolState {
  /** @param {import('./chart.js').Chart} chart @param {{press: Press}} facts */
  constructor(chart, { press }) {
    super(chart);
    this.start = chart.point(press);
    this.end = this.start;
    this.overlay = (/** @type {import('../render/renderer.js').Frame} */ frame) => drawCut(frame, this.start, this.end);
  }

  /** @override */
  enter() {
    this.bench.renderer.overlays.add(this.overlay);
    this.chart.wishes.cursor('crosshair');
  }

  /** @override */
  exit() {
    this.bench.renderer.overlays.delete(this.overlay);
  }

  /** @override @param {Press} press */
  move(press) {
    this.end = this.chart.point(press);
    this.bench.renderer.invalidate();
  }

  /** @override */
  up() {
    const { renderer, store, history } = this.bench;
    const cut = linksCut(renderer.scene, this.start, this.end);
    history.mark();
    if (cut.length) store.transact('cut', (tx) => cut.forEach((key) => disconnect(tx, key)));
    this.chart.go('idle');
  }
}
