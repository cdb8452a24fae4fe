// @ts-check
/** Makes presses for the tools of what the browser tells: mouse, pen, fingers, wheel, space bar. */

import { Chart } from './chart.js';
import { hitUnder } from './idle.js';
import { STATES } from './states.js';

/** @typedef {import('./chart.js').Press} Press */
/** @typedef {import('./chart.js').Workbench} Workbench */
/** @typedef {import('./chart.js').Wishes} Wishes */

/** A tap after another counts as double within this time and distance. */
const DOUBLE = { milliseconds: 350, pixels: 24 };

export class CanvasInput {
  #canvas;
  #bench;
  #held = false;
  /** Fingers on the canvas. @type {Map<number, {x: number, y: number}>} */
  #fingers = new Map();
  #pinched = false;
  #tap = { time: -Infinity, x: 0, y: 0 };

  /** @param {HTMLCanvasElement} canvas @param {Workbench} bench @param {Omit<Wishes, 'cursor'>} wishes */
  constructor(canvas, bench, wishes) {
    this.#canvas = canvas;
    this.#bench = bench;
    this.chart = new Chart(STATES, bench, { ...wishes, cursor: (name) => void (canvas.style.cursor = name) });
    this.#listen();
  }

  #listen() {
    const canvas = this.#canvas;
    const on = (/** @type {string} */ name, /** @type {(event: any) => void} */ listener, /** @type {boolean} */ passive = true) =>
      canvas.addEventListener(name, listener, { passive });
    on('pointerdown', (event) => this.#down(event));
    on('pointermove', (event) => this.#move(event));
    on('pointerup', (event) => this.#up(event));
    on('pointercancel', (event) => this.#lost(event));
    on('dblclick', (event) => this.chart.state.double(this.#press(event)));
    on('wheel', (event) => this.#wheel(event), false);
    on('contextmenu', (event) => this.#menu(event), false);
    // Else browsers make a click of it, which lands on what a tap or a long press has just opened.
    on('touchend', (event) => event.cancelable && event.preventDefault(), false);
    addEventListener('keydown', (event) => this.#key(event));
    addEventListener('keyup', (event) => (this.#held &&= event.code !== 'Space'));
    addEventListener('blur', () => (this.#held = false));
  }

  /** @param {PointerEvent} event */
  #down(event) {
    this.#canvas.focus({ preventScroll: true });
    this.#canvas.setPointerCapture(event.pointerId);
    if (event.pointerType === 'touch') this.#fingers.set(event.pointerId, this.#at(event));
    if (this.#fingers.size === 2) {
      this.chart.cancel();
      this.#pinched = true;
    }
    if (this.#pinched || event.button === 2) return;
    this.chart.state.down(this.#press(event));
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (this.#pinched) this.#pinch(event);
    else this.chart.state.move(this.#press(event));
  }

  /** @param {PointerEvent} event */
  #up(event) {
    this.#fingers.delete(event.pointerId);
    if (this.#pinched) this.#pinched = this.#fingers.size > 0;
    else if (event.button !== 2) this.chart.state.up(this.#press(event));
    if (event.pointerType === 'touch') this.#countTaps(event);
  }

  /** @param {PointerEvent} event */
  #lost(event) {
    this.#fingers.delete(event.pointerId);
    this.#pinched &&= this.#fingers.size > 0;
    this.chart.cancel();
  }

  /** Two fingers move and zoom what is under them. @param {PointerEvent} event */
  #pinch(event) {
    const before = this.#fingers.get(event.pointerId);
    const other = [...this.#fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (!before || !other) return;
    const now = this.#at(event);
    const { viewport } = this.#bench;
    viewport.panBy((now.x - before.x) / 2, (now.y - before.y) / 2);
    const gap = (/** @type {{x: number, y: number}} */ one) => Math.max(Math.hypot(one.x - other.x, one.y - other.y), 8);
    viewport.zoomAt({ x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 }, gap(now) / gap(before));
    this.#fingers.set(event.pointerId, now);
  }

  /** Browsers tell of double clicks with a mouse only. @param {PointerEvent} event */
  #countTaps(event) {
    const at = this.#at(event);
    const near = Math.hypot(at.x - this.#tap.x, at.y - this.#tap.y) < DOUBLE.pixels;
    const soon = event.timeStamp - this.#tap.time < DOUBLE.milliseconds;
    this.#tap = { time: near && soon ? -Infinity : event.timeStamp, ...at };
    if (near && soon && this.chart.name === 'idle') this.chart.state.double(this.#press(event));
  }

  /** The wheel zooms; with Shift, or sideways, it moves. @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    const { viewport } = this.#bench;
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
    if (event.shiftKey) viewport.panBy(-(dx || dy), 0);
    else if (dx !== 0 && !event.ctrlKey) viewport.panBy(-dx, -dy);
    // Touchpads tell a pinch as a wheel with Ctrl, in much smaller steps.
    else viewport.zoomAt(this.#at(event), Math.exp(-dy * (event.ctrlKey && Math.abs(dy) < 50 ? 0.01 : 0.0015)));
  }

  /** @param {MouseEvent} event */
  #menu(event) {
    event.preventDefault();
    if (this.chart.name !== 'idle') return;
    const press = this.#press(event);
    const hit = hitUnder(this.#bench, press);
    const { selection } = this.#bench;
    if (hit && hit.part !== 'border' && !selection.has(hit.key)) selection.set([hit.key]);
    this.chart.wishes.menu(press.at, hit);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.code === 'Space' && event.target === this.#canvas) {
      this.#held = true;
      event.preventDefault();
    }
    if (event.key !== 'Escape' || this.chart.name === 'idle') return;
    this.chart.cancel();
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** @param {MouseEvent} event */
  #at({ clientX, clientY }) {
    const box = this.#canvas.getBoundingClientRect();
    return { x: clientX - box.x, y: clientY - box.y };
  }

  /** @param {MouseEvent} event @returns {Press} */
  #press(event) {
    return {
      at: this.#at(event),
      button: event.button < 0 ? 0 : event.button,
      shift: event.shiftKey,
      ctrl: event.ctrlKey || event.metaKey,
      alt: event.altKey,
      held: this.#held,
      touch: 'pointerType' in event && event.pointerType === 'touch',
    };
  }
}
