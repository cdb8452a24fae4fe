// @ts-check
/** A link is in the hand. Only sockets that may take it light up; one that may not says why. */

import { disconnect } from '../model/edits.js';
import { pathThrough } from '../view/link_path.js';
import { ToolState } from './chart.js';
import { hitUnder } from './idle.js';
import { LinkInHand } from './link_in_hand.js';
import { drawBubble, drawLoose, drawSocket } from './marks.js';

/** @typedef {import('./chart.js').Press} Press */
/** @typedef {import('../render/renderer.js').Frame} Frame */
/** @typedef {import('../model/slots.js').End} End */
/** @typedef {import('../model/records.js').LinkRecord} LinkRecord */

export class DraggingLink extends ToolState {
  /** The links as they were before one end was taken off. @type {LinkRecord[]} */
  held = [];
  /** What would take it if it were let go. @type {End | null} */
  target = null;
  /** @type {import('../model/rules.js').Answer} */
  answer = { ok: true };

  /** @param {import('./chart.js').Chart} chart
   * @param {{press: Press, grip: import('./link_in_hand.js').Grip, sticks?: boolean}} facts */
  constructor(chart, { press, grip, sticks = false }) {
    super(chart);
    this.hand = new LinkInHand(this.bench, grip);
    this.start = press;
    this.at = chart.point(press);
    /** It was taken by a tap, so that the release of that tap does not let it go. */
    this.sticks = sticks;
    this.overlay = (/** @type {Frame} */ frame) => this.#draw(frame);
  }

  /** @override */
  enter() {
    const { renderer, store, history } = this.bench;
    history.mark();
    const { taken } = this.hand.grip;
    // Taken off now, so that neither the rules nor the eye see it twice; letting go decides.
    if (taken.length) {
      this.held = taken.flatMap((key) => /** @type {LinkRecord} */ (store.get(key)));
      store.transact('disconnect', (tx) => taken.forEach((key) => disconnect(tx, key)));
    }
    renderer.overlays.add(this.overlay);
    this.chart.wishes.cursor('crosshair');
  }

  /** @override */
  exit() {
    this.bench.renderer.overlays.delete(this.overlay);
  }

  /** @override @param {Press} press */
  move(press) {
    this.at = this.chart.point(press);
    const hit = hitUnder(this.bench, press);
    this.target = this.hand.placeAt(hit);
    this.answer = this.target ? this.hand.may(this.target) : { ok: true };
    this.chart.wishes.cursor(this.answer.ok ? 'crosshair' : 'not-allowed');
    this.bench.renderer.invalidate();
  }

  /** @override @param {Press} press */
  down(press) {
    this.sticks = false;
    this.move(press);
  }

  /** @override @param {Press} press */
  up(press) {
    if (this.sticks) return;
    this.move(press);
    const { target, answer, chart } = this;
    const hit = hitUnder(this.bench, press);
    if (target && !answer.ok) {
      this.cancel();
      chart.wishes.say(answer.reason, answer.facts);
    } else if (target) this.#give(target);
    else if (hit && 'view' in hit) {
      this.cancel();
      chart.wishes.say('tools.nothingFits', { type: this.hand.type });
    } else this.#drop(press);
  }

  /** @override */
  cancel() {
    this.bench.history.bail();
    super.cancel();
  }

  /** @param {End} target */
  #give(target) {
    if (this.held.some((link) => isAt(link, this.hand.wanted, target))) return this.cancel();
    this.bench.store.transact('connect', (tx) => {
      // Back for a moment, so that the points that links were led through go with them.
      for (const link of this.held) tx.put(link);
      this.hand.give(tx, target);
    });
    this.chart.go('idle');
  }

  /** On the empty canvas: a link that was taken off stays off; a new one asks what it should go to. @param {Press} press */
  #drop(press) {
    const { chart, hand } = this;
    chart.go('idle');
    if (hand.grip.taken.length) return;
    chart.wishes.search(chart.point(press), { side: hand.wanted, type: hand.type, ends: hand.grip.ends });
  }

  /** @param {Frame} frame */
  #draw(frame) {
    const { scene } = this.bench.renderer;
    const { side, ends } = this.hand.grip;
    this.#light(frame);
    const goal = this.answer.ok && this.target ? scene.socket(this.target.node, this.hand.wanted, this.target.slot) : null;
    for (const end of ends) {
      const fixed = scene.socket(end.node, side, end.slot);
      if (!fixed) continue;
      const free = goal ?? this.at;
      drawLoose(frame, pathThrough(side === 'output' ? [fixed, free] : [free, fixed]), this.hand.type);
    }
    if (!this.answer.ok) drawBubble(frame, this.at, this.chart.wishes.text(this.answer.reason, this.answer.facts));
  }

  /** @param {Frame} frame */
  #light(frame) {
    const { scene } = this.bench.renderer;
    const { wanted, grip } = this.hand;
    for (const { record, layout } of scene.nodesIn(frame.visible)) {
      for (const slot of layout.slots) {
        const place = { graph: record.graph, node: record.id, slot: slot.index };
        const point = { x: record.x + slot.x, y: record.y + slot.y };
        const isFixed = slot.side === grip.side && grip.ends.some((end) => end.node === record.id && end.slot === slot.index);
        if (isFixed) drawSocket(frame, point, slot.slot.type, 'fits');
        else if (slot.side !== wanted || !this.hand.may(place).ok) drawSocket(frame, point, slot.slot.type, 'not');
        else drawSocket(frame, point, slot.slot.type, this.target?.node === record.id && this.target.slot === slot.index ? 'target' : 'fits');
      }
    }
  }
}

/** Whether a link has one of its ends at a place. @param {LinkRecord} link @param {'input' | 'output'} side @param {End} place */
const isAt = (link, side, { node, slot }) =>
  side === 'input' ? link.to === node && link.toSlot === slot : link.from === node && link.fromSlot === slot;
