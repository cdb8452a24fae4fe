// @ts-check
/** What begins on a socket, on a link or on the border of a subgraph. */

import { addReroute, originOf, targetOf } from '../model/edits.js';
import { INPUTS } from '../model/records.js';
import { keyFor } from '../model/keys.js';
import { Pointing } from './pointing.js';

/** @typedef {import('./chart.js').Press} Press */
/** @typedef {import('../view/hit.js').Hit} Hit */
/** @typedef {import('../model/slots.js').End} End */
/** @typedef {import('./link_in_hand.js').Grip} Grip */

/** How near its end a link is taken by it. CSS pixels. */
const END = 48;

/** @extends {Pointing<Hit & {part: 'slot'}>} */
export class PointingSlot extends Pointing {
  /** On a touch screen a tap takes the link, and the next one says where it goes. @override @param {Press} press */
  click(press) {
    if (press.touch) this.chart.go('draggingLink', { grip: this.#grip(), press, sticks: true });
  }

  /** @override @param {Press} press */
  drag(press) {
    this.chart.go('draggingLink', { grip: this.#grip(), press });
    this.chart.state.move(press);
  }

  /** @returns {Grip} */
  #grip() {
    const { store, graph } = this.bench;
    const { view, slot } = this.hit;
    const end = { graph, node: view.record.id, slot: slot.index };
    if (slot.side === 'input') {
      const [link] = store.linksInto(view.key, slot.index);
      // With Shift the link stays, and another from the same place is in the hand.
      if (link && this.press.shift) return { side: 'output', ends: [originOf(link)], taken: [] };
      return link ? { side: 'output', ends: [originOf(link)], taken: [keyFor('link', graph, link.id)] } : { side: 'input', ends: [end], taken: [] };
    }
    const links = this.press.shift ? store.linksFrom(view.key, slot.index) : [];
    if (!links.length) return { side: 'output', ends: [end], taken: [] };
    return { side: 'input', ends: links.map(targetOf), taken: links.map(({ id }) => keyFor('link', graph, id)) };
  }
}

/** @extends {Pointing<Hit & {part: 'border'}>} */
export class PointingBorder extends Pointing {
  /** @override @param {Press} press */
  drag(press) {
    const { graph } = this.bench;
    const end = { graph, node: this.hit.key, slot: this.hit.index };
    this.chart.go('draggingLink', { grip: { side: this.hit.key === INPUTS ? 'output' : 'input', ends: [end], taken: [] }, press });
    this.chart.state.move(press);
  }
}

/** A click selects a link, Alt+click puts a reroute on it; near its ends it can be pulled off. @extends {Pointing<Hit & {part: 'link'}>} */
export class PointingLink extends Pointing {
  /** @override @param {Press} press */
  click(press) {
    const { selection, store, history } = this.bench;
    const { key, segment } = this.hit;
    if (press.alt) {
      const { x, y } = this.chart.point(press);
      history.mark();
      store.transact('reroute', (tx) => void addReroute(tx, key, Math.round(x), Math.round(y), segment));
    } else if (press.shift || press.ctrl) selection.toggle(key);
    else selection.set([key]);
  }

  /** @override @param {Press} press */
  drag(press) {
    const grip = this.#grip();
    if (grip) this.chart.go('draggingLink', { grip, press });
    else this.chart.go('panning', { press: this.press });
    this.chart.state.move(press);
  }

  /** @returns {Grip | null} */
  #grip() {
    const { store, renderer, viewport } = this.bench;
    const link = store.get(this.hit.key);
    if (link?.kind !== 'link') return null;
    const far = (/** @type {import('../view/geometry.js').GraphPoint | null} */ place) => {
      if (!place) return Infinity;
      const { x, y } = viewport.toScreen(place);
      return Math.hypot(x - this.press.at.x, y - this.press.at.y);
    };
    const toTarget = far(renderer.scene.socket(link.to, 'input', link.toSlot));
    const toOrigin = far(renderer.scene.socket(link.from, 'output', link.fromSlot));
    if (Math.min(toTarget, toOrigin) > END) return null;
    const taken = this.press.shift ? [] : [this.hit.key];
    if (toTarget <= toOrigin) return { side: 'output', ends: [originOf(link)], taken };
    return { side: 'input', ends: [targetOf(link)], taken };
  }
}
