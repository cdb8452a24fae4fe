// @ts-check
/** Nothing is held: says what is under the pointer, and what a press on it begins. */

import { hitAt } from '../view/hit.js';
import { disconnectSlot } from '../model/edits.js';
import { ToolState } from './chart.js';

/** @typedef {import('./chart.js').Press} Press */
/** @typedef {import('../view/hit.js').Hit} Hit */

/** Fingers are wide. CSS pixels. */
const FINGER = 20;

/** @type {{readonly [part: string]: string}} */
const CURSORS = {
  slot: 'crosshair', border: 'crosshair', title: 'grab', collapse: 'pointer', body: 'grab', preview: 'pointer',
  resize: 'nwse-resize', groupResize: 'nwse-resize', link: 'pointer', reroute: 'grab', group: 'grab',
};

/** @type {{readonly [part: string]: string}} */
const BEGINS = {
  slot: 'pointingSlot', border: 'pointingBorder', widget: 'pointingField', title: 'pointingNode', body: 'pointingNode',
  preview: 'pointingNode', collapse: 'pointingNode', resize: 'resizing', groupResize: 'resizing',
  link: 'pointingLink', reroute: 'pointingNode', group: 'pointingNode',
};

export class Idle extends ToolState {
  /** @override */
  enter() {
    this.chart.wishes.cursor('');
  }

  /** @override */
  exit() {
    this.#hover(null);
  }

  /** @override @param {Press} press */
  move(press) {
    const hit = hitUnder(this.bench, press);
    this.#hover(hit?.part === 'link' ? hit.key : null);
    this.chart.wishes.cursor(press.held ? 'grab' : cursorOf(hit));
    this.chart.wishes.hover(hit, press.at);
  }

  /** @override @param {Press} press */
  down(press) {
    if (press.button === 1 || press.held) return this.chart.go('panning', { press });
    if (press.button !== 0) return;
    const hit = hitUnder(this.bench, press);
    if (!hit) return this.#onCanvas(press);
    if (hit.part === 'slot' && press.ctrl && press.alt) return this.#disconnect(hit);
    this.chart.go(BEGINS[hit.part] ?? 'pointingCanvas', { press, hit });
  }

  /** @override @param {Press} press */
  double(press) {
    const { wishes } = this.chart;
    const hit = hitUnder(this.bench, press);
    if (!hit) return wishes.search(this.chart.point(press), null);
    if (hit.part === 'title' || hit.part === 'group') return wishes.title(hit.key);
    if (hit.part === 'preview') return wishes.picture(hit.view);
    if (hit.part === 'body') wishes.enter(hit.view);
    if (hit.part === 'widget' && hit.view.record.type === 'MarkdownNote') wishes.field(hit.view, hit.widget);
  }

  /** @param {Press} press */
  #onCanvas(press) {
    if (press.ctrl && press.shift) this.chart.go('zooming', { press });
    else if (press.alt && !press.ctrl) this.chart.go('knife', { press });
    else this.chart.go('pointingCanvas', { press, hit: null });
  }

  /** @param {Hit & {part: 'slot'}} hit */
  #disconnect({ view, slot }) {
    const { store, history, graph } = this.bench;
    history.mark();
    store.transact('disconnect', (tx) => disconnectSlot(tx, { graph, node: view.record.id, slot: slot.index }, slot.side));
  }

  /** @param {string | null} key */
  #hover(key) {
    const { renderer } = this.bench;
    if (renderer.hovered === key) return;
    renderer.hovered = key;
    renderer.invalidate();
  }
}

/** @param {import('./chart.js').Workbench} bench @param {Press} press @returns {Hit | null} */
export function hitUnder({ renderer, store, viewport }, press) {
  const reach = press.touch ? FINGER : 9;
  return hitAt(renderer.scene, store, viewport.toGraph(press.at), {
    socket: Math.max(reach / viewport.scale, press.touch ? 0 : 10),
    link: Math.max((press.touch ? FINGER : 6) / viewport.scale, 4),
  });
}

/** @param {Hit | null} hit */
function cursorOf(hit) {
  if (hit?.part !== 'widget') return hit ? (CURSORS[hit.part] ?? '') : '';
  if (hit.widget.kind === 'int' || hit.widget.kind === 'number') return 'ew-resize';
  return hit.widget.kind === 'text' ? 'text' : 'pointer';
}
