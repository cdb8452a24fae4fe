// @ts-check
/** A link, or several, of which one end is held: what may take it, and what it is offered to. */

import { connect, disconnect } from '../model/edits.js';
import { mayConnect } from '../model/rules.js';
import { nodeKey } from '../model/keys.js';
import { INPUTS } from '../model/records.js';
import { sourceSlots, targetSlots } from '../model/slots.js';

/** @typedef {import('./chart.js').Workbench} Workbench */
/** @typedef {import('../model/slots.js').End} End */
/** @typedef {import('../model/rules.js').Answer} Answer */
/** @typedef {import('../view/hit.js').Hit} Hit */
/** @typedef {import('../model/records.js').NodeRecord} NodeRecord */

/**
 * The fixed ends, and which side of a link they are; `taken` are the keys of the links that they had.
 * @typedef {{readonly side: 'input' | 'output', readonly ends: readonly End[], readonly taken: readonly string[]}} Grip
 */

export class LinkInHand {
  #bench;
  /** What mayConnect answered, by place: asking may mean to follow every link. @type {Map<string, Answer>} */
  #answers = new Map();

  /** @param {Workbench} bench @param {Grip} grip */
  constructor(bench, grip) {
    this.#bench = bench;
    this.grip = grip;
    const [end] = grip.ends;
    const slots = end && (grip.side === 'output' ? sourceSlots : targetSlots)(bench.store, end);
    this.type = slots?.[end?.slot ?? 0]?.type ?? '*';
  }

  /** The side that can take it. */
  get wanted() {
    return this.grip.side === 'output' ? 'input' : 'output';
  }

  /** Whether one place may take all of its ends. @param {End} place @returns {Answer} */
  may(place) {
    const key = `${place.node} ${place.slot}`;
    const known = this.#answers.get(key);
    if (known) return known;
    const answers = this.grip.ends.map((end) =>
      this.grip.side === 'output' ? mayConnect(this.#bench.store, end, place) : mayConnect(this.#bench.store, place, end),
    );
    const answer = answers.find(({ ok }) => !ok) ?? { ok: true };
    this.#answers.set(key, answer);
    return answer;
  }

  /** The end that something under the pointer stands for; on a node, its first slot that fits.
   * @param {Hit | null} hit @returns {End | null} */
  placeAt(hit) {
    if (!hit) return null;
    const { graph } = this.#bench;
    if (hit.part === 'border') {
      const side = hit.key === INPUTS ? 'output' : 'input';
      return side === this.wanted ? { graph, node: hit.key, slot: Math.max(hit.index, 0) } : null;
    }
    if (!('view' in hit)) return null;
    if (hit.part === 'slot' && hit.slot.side === this.wanted) return { graph, node: hit.view.record.id, slot: hit.slot.index };
    if (hit.part === 'widget' && this.wanted === 'input' && hit.widget.input >= 0) {
      const place = { graph, node: hit.view.record.id, slot: hit.widget.input };
      if (this.may(place).ok) return place;
    }
    return this.placeOn(hit.view.record);
  }

  /** The best slot of a node. @param {NodeRecord} record @returns {End | null} null for none that fits */
  placeOn(record) {
    const { store, graph } = this.#bench;
    const key = nodeKey(graph, record.id);
    const slots = this.wanted === 'input' ? record.inputs : record.outputs;
    const isTaken = (/** @type {number} */ slot) => this.wanted === 'input' && store.linksInto(key, slot).length > 0;
    const fitting = slots
      .map((slot, index) => ({ slot, index }))
      .filter(({ index }) => this.may({ graph, node: record.id, slot: index }).ok)
      .sort((a, b) => weight(a) - weight(b));
    const [best] = fitting;
    return best ? { graph, node: record.id, slot: best.index } : null;

    /** Unlinked before linked, sockets before fields, the very type before what takes all.
     * @param {{slot: import('../model/records.js').Slot, index: number}} one */
    function weight({ slot, index }) {
      return (isTaken(index) ? 4 : 0) + (slot.widget === null ? 0 : 2) + (slot.type === '*' ? 1 : 0);
    }
  }

  /** Let a place have it. @param {import('../model/store.js').Transaction} tx @param {End} place */
  give(tx, place) {
    const { side, ends, taken } = this.grip;
    const reroutes = taken.map((key) => tx.store.get(key)).map((link) => (link?.kind === 'link' ? link.reroutes : []));
    for (const key of taken) disconnect(tx, key);
    ends.forEach((end, index) => {
      const led = { reroutes: reroutes[index] ?? [] };
      if (side === 'output') connect(tx, end, place, led);
      else connect(tx, place, end, led);
    });
  }
}
