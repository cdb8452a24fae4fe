// @ts-check
/** What begins on a node, a group or a reroute: clicks, dragging, resizing. */

import { duplicate, place, resize, setCollapsed, swap, withCarried } from '../model/edits.js';
import { ToolState } from './chart.js';
import { Inserting } from './inserting.js';
import { drawBox, drawGuide } from './marks.js';
import { Pointing } from './pointing.js';
import { Snapping } from './snapping.js';

/** @typedef {import('./chart.js').Press} Press */
/** @typedef {import('./chart.js').Chart} Chart */
/** @typedef {import('../view/hit.js').Hit} Hit */
/** @typedef {import('../view/geometry.js').GraphPoint} GraphPoint */

/** @extends {Pointing<Hit>} */
export class PointingNode extends Pointing {
  /** Whether the press itself selected it, so that a click has nothing left to toggle. */
  #selected = false;

  /** @override */
  enter() {
    super.enter();
    const { selection, renderer } = this.bench;
    const { key } = this.hit;
    if (selection.has(key)) return;
    if (this.press.shift || this.press.ctrl) selection.add([key]);
    else selection.set([key]);
    this.#selected = true;
    renderer.scene.raise([key]);
  }

  /** @override @param {Press} press */
  click(press) {
    const { selection, store, history } = this.bench;
    const { key, part } = this.hit;
    if (part === 'collapse' && !press.shift && !press.ctrl) {
      const node = store.get(key);
      history.mark();
      if (node?.kind === 'node') store.transact('collapse', (tx) => setCollapsed(tx, [key], !node.collapsed));
    } else if (this.#selected) return;
    else if (press.shift || press.ctrl) selection.toggle(key);
    else selection.set([key]);
  }

  /** @override @param {Press} press */
  drag(press) {
    this.chart.go('draggingNodes', { press: this.press });
    this.chart.state.move(press);
  }
}

/** Alt drags a copy. Nodes catch on the edges of others unless Ctrl is held. A node that is dropped on
 * another one while Alt is held changes places and links with it. */
export class DraggingNodes extends ToolState {
  /** @param {Chart} chart @param {{press: Press}} facts */
  constructor(chart, { press }) {
    super(chart);
    this.start = chart.point(press);
    this.copies = press.alt;
    this.before = [...this.bench.selection.keys];
    /** @type {Map<string, GraphPoint>} */
    this.places = new Map();
    this.guide = /** @type {{x: number | null, y: number | null}} */ ({ x: null, y: null });
    /** The node that it would change places with. @type {string | null} */
    this.marked = null;
    this.overlay = (/** @type {import('../render/renderer.js').Frame} */ frame) => {
      const marked = this.marked && this.bench.renderer.scene.nodes.get(this.marked);
      if (marked) drawBox(frame, marked.bounds);
      else drawGuide(frame, this.guide);
    };
  }

  /** @override */
  enter() {
    const { store, history, selection, renderer } = this.bench;
    history.mark();
    if (this.copies) {
      store.transact('duplicate', (tx) => selection.set(duplicate(tx, selection.keys, { dx: 0, dy: 0, keepIncoming: true })));
    }
    const keys = withCarried(store, selection.keys);
    for (const key of keys) {
      const record = store.get(key);
      if (record && 'x' in record) this.places.set(key, { x: record.x, y: record.y });
    }
    this.snapping = new Snapping(renderer.scene, this.bench.viewport.visible, keys);
    this.inserting = new Inserting(this.bench, keys);
    renderer.scene.raise(keys);
    renderer.overlays.add(this.overlay);
    this.chart.wishes.cursor('grabbing');
  }

  /** @override */
  exit() {
    this.bench.renderer.overlays.delete(this.overlay);
    this.inserting?.end();
  }

  /** The node that the dragged one would change places with. @param {Press} press @returns {string | null} */
  #partner(press) {
    const { renderer: { scene }, store } = this.bench;
    const isOne = this.places.size === 1 && [...this.places.keys()].every((key) => store.get(key)?.kind === 'node');
    if (!press.alt || this.copies || !isOne) return null;
    const under = scene.nodesIn({ ...this.chart.point(press), w: 0, h: 0 }).filter(({ key }) => !this.places.has(key));
    return under.at(-1)?.key ?? null;
  }

  /** @override @param {Press} press */
  move(press) {
    const now = this.chart.point(press);
    const wanted = { x: now.x - this.start.x, y: now.y - this.start.y };
    const reach = press.ctrl ? 0 : 6 / this.bench.viewport.scale;
    const { dx, dy, guide } = this.snapping?.snap(wanted, reach) ?? { dx: wanted.x, dy: wanted.y, guide: this.guide };
    this.guide = guide;
    const moved = [...this.places].map(([key, { x, y }]) => /** @type {const} */ ([key, { x: Math.round(x + dx), y: Math.round(y + dy) }]));
    this.bench.store.transact('move', (tx) => place(tx, moved));
    const partner = this.#partner(press);
    if (!partner) this.inserting?.look(now);
    this.marked = partner;
    this.bench.renderer.invalidate();
  }

  /** @override @param {Press} press */
  up(press) {
    const partner = this.#partner(press);
    const [key] = this.places.keys();
    if (partner && key) {
      this.bench.store.transact('swap', (tx) => {
        place(tx, [...this.places]);
        swap(tx, [key, partner]);
      });
    } else this.inserting?.insert();
    this.chart.go('idle');
  }

  /** @override */
  cancel() {
    this.bench.history.bail();
    this.bench.selection.set(this.before);
    super.cancel();
  }
}

export class Resizing extends ToolState {
  /** @param {Chart} chart @param {{press: Press, hit: Hit}} facts */
  constructor(chart, { press, hit }) {
    super(chart);
    this.key = hit.key;
    this.start = chart.point(press);
    const record = this.bench.store.get(hit.key);
    const { layout } = 'view' in hit ? hit.view : { layout: null };
    const sized = record?.kind === 'node' || record?.kind === 'group' ? record : { w: 0, h: 0 };
    this.size = layout ? { w: layout.width, h: layout.height } : { w: sized.w, h: sized.h };
    this.least = layout ? layout.needed : 60;
    this.before = [...this.bench.selection.keys];
  }

  /** @override */
  enter() {
    this.bench.history.mark();
    if (this.bench.store.get(this.key)?.kind === 'node') this.bench.selection.set([this.key]);
    this.chart.wishes.cursor('nwse-resize');
  }

  /** @override @param {Press} press */
  move(press) {
    const now = this.chart.point(press);
    const w = Math.max(Math.round((this.size.w + now.x - this.start.x) / 4) * 4, 120);
    const h = Math.max(Math.round((this.size.h + now.y - this.start.y) / 4) * 4, this.least);
    this.bench.store.transact('resize', (tx) => resize(tx, this.key, { w, h }));
  }

  /** @override */
  up() {
    this.chart.go('idle');
  }

  /** @override */
  cancel() {
    this.bench.history.bail();
    this.bench.selection.set(this.before);
    super.cancel();
  }
}
