// @ts-check
/** A press that may yet become a click, a drag or, on a touch screen, a long press. */

import { isDrag, ToolState } from './chart.js';

/** @typedef {import('./chart.js').Press} Press */
/** @typedef {import('../view/hit.js').Hit} Hit */

const LONG_PRESS = 500;

/** @abstract @template {Hit | null} H */
export class Pointing extends ToolState {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {import('./chart.js').Chart} chart @param {{press: Press, hit: H}} facts */
  constructor(chart, { press, hit }) {
    super(chart);
    this.press = press;
    this.hit = hit;
  }

  /** @override */
  enter() {
    if (this.press.touch) this.#timer = setTimeout(() => this.longPress(), LONG_PRESS);
  }

  /** @override */
  exit() {
    clearTimeout(this.#timer);
  }

  /** @override @param {Press} press */
  move(press) {
    if (isDrag(this.press, press)) this.drag(press);
  }

  /** @override @param {Press} press */
  up(press) {
    this.click(press);
    if (this.chart.state === this) this.chart.go('idle');
  }

  longPress() {
    const { press, hit, chart } = this;
    if (hit && 'key' in hit && !this.bench.selection.has(hit.key)) this.bench.selection.set([hit.key]);
    chart.go('idle');
    chart.wishes.menu(press.at, hit);
  }

  /** @param {Press} _press */
  click(_press) {}

  /** @param {Press} press */
  drag(press) {
    this.chart.go('panning', { press: this.press });
    this.chart.state.move(press);
  }
}
