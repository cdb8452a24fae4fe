// @ts-check
/** What begins on a field: a click edits it, a drag over a number scrubs it. */

import { fit } from '../lib/arithmetic.js';
import { addWhole } from '../lib/exact.js';
import { isCovered, setValue } from '../model/edits.js';
import { linkInNote } from '../render/note_face.js';
import { ToolState } from './chart.js';
import { Pointing } from './pointing.js';

/** @typedef {import('./chart.js').Press} Press */
/** @typedef {import('./chart.js').Chart} Chart */
/** @typedef {import('../view/hit.js').Hit} Hit */

/** How wide the arrows at the ends of a number are. Graph points. */
const ARROW = 18;

/** @extends {Pointing<Hit & {part: 'widget'}>} */
export class PointingField extends Pointing {
  /** @override @param {Press} press */
  click(press) {
    const { view, widget, key } = this.hit;
    const { store } = this.bench;
    if (isCovered(store, view.record, widget.name)) return this.chart.wishes.say('tools.linkedField', { name: widget.name });
    if (view.record.type === 'MarkdownNote' && view.record.values[widget.name]) return this.#readNote(press);
    const arrow = this.#arrow();
    if (widget.kind === 'toggle') this.#set(key, view.record.values[widget.name] !== true);
    else if (arrow) this.#set(key, stepped(view.record.values[widget.name], arrow, widget));
    else this.chart.wishes.field(view, widget);
  }

  /** @override @param {Press} press */
  drag(press) {
    const { view, widget } = this.hit;
    const scrubs = ['int', 'number'].includes(widget.kind) && !isCovered(this.bench.store, view.record, widget.name);
    if (scrubs) this.chart.go('scrubbing', { press: this.press, hit: this.hit });
    else {
      if (!this.bench.selection.has(this.hit.key)) this.bench.selection.set([this.hit.key]);
      this.chart.go('draggingNodes', { press: this.press });
    }
    this.chart.state.move(press);
  }

  /** A click on a rendered note opens the link there, or selects the note; a double click edits it. @param {Press} press */
  #readNote(press) {
    const { view, widget, key } = this.hit;
    const at = this.chart.point(press);
    const text = String(view.record.values[widget.name] ?? '');
    const link = linkInNote(widget.rect, text, { x: at.x - view.record.x, y: at.y - view.record.y },
      (url) => this.bench.renderer.pictures?.size(url) ?? null);
    if (link) open(link, '_blank', 'noopener,noreferrer');
    else if (press.shift || press.ctrl) this.bench.selection.toggle(key);
    else this.bench.selection.set([key]);
  }

  /** Which way the arrow under the pointer goes; 0 where there is none. */
  #arrow() {
    const { view, widget } = this.hit;
    if (!['int', 'number'].includes(widget.kind)) return 0;
    const x = this.chart.point(this.press).x - view.record.x - widget.rect.x;
    return x < ARROW ? -1 : x > widget.rect.w - ARROW ? 1 : 0;
  }

  /** @param {string} key @param {import('../model/records.js').Json} value */
  #set(key, value) {
    const { store, history } = this.bench;
    history.mark();
    store.transact('value', (tx) => setValue(tx, key, this.hit.widget.name, value));
  }
}

/** Right or up is more; Shift makes it ten times faster, Ctrl ten times slower. */
export class Scrubbing extends ToolState {
  /** @param {Chart} chart @param {{press: Press, hit: Hit & {part: 'widget'}}} facts */
  constructor(chart, { press, hit }) {
    super(chart);
    this.hit = hit;
    this.last = press.at;
    this.value = Number(hit.view.record.values[hit.widget.name]) || 0;
  }

  /** @override */
  enter() {
    this.bench.history.mark();
    this.chart.wishes.cursor('ew-resize');
  }

  /** @override @param {Press} press */
  move(press) {
    const input = this.hit.widget.field.input;
    if (!input) return;
    const by = press.at.x - this.last.x - (press.at.y - this.last.y);
    this.last = press.at;
    const speed = press.shift ? 10 : press.ctrl ? 0.1 : 1;
    const { min, max } = input;
    this.value = Math.min(Math.max(this.value + (by / 4) * stepOf(input) * speed, min), max);
    const fitted = fit(this.value, { min, max, round: input.round || stepOf(input) });
    const next = input.kind === 'int' ? addWhole(fitted, 0, input) : fitted;
    this.bench.store.transact('value', (tx) => setValue(tx, this.hit.key, this.hit.widget.name, next));
  }

  /** @override */
  up() {
    this.chart.go('idle');
  }

  /** @override */
  cancel() {
    this.bench.history.bail();
    super.cancel();
  }
}

/** @param {{readonly step: number, readonly kind: string}} input */
const stepOf = ({ step, kind }) => (kind === 'int' ? Math.max(Math.round(step), 1) : step || 0.01);

/** A number one step on. @param {import('../model/records.js').Json | undefined} value @param {number} by
 * @param {import('../view/layout.js').WidgetPlace} widget @returns {number | bigint} */
export function stepped(value, by, { field }) {
  const { input } = field;
  const now = typeof value === 'bigint' ? value : Number(value) || 0;
  if (input?.kind === 'int' && input.round <= 1) return addWhole(now, by * stepOf(input), input);
  return steppedFraction(Number(now), by, input);
}

/** @param {number} now @param {number} by @param {import('../model/definition.js').InputDefinition | null} input */
function steppedFraction(now, by, input) {
  if (!input) return now + by;
  return fit(now + by * stepOf(input), { min: input.min, max: input.max, round: input.round });
}
