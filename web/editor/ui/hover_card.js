// @ts-check
/**
 * A small card beside what the pointer rests on: what flowed through a link, why a node will run,
 * what is wrong with a field. A link that is selected by a tap or by keys shows its card, too.
 */

import { t } from '../lib/i18n.js';
import { say, sayReason } from '../lib/sentences.js';
import { keyFor } from '../model/keys.js';
import { pointAt } from '../view/link_path.js';
import { statusOf } from './canvas_run.js';
import { h } from './dom.js';
import { makeValueCard, outcomeOf, sourceOfLink } from './value_card.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {import('../view/hit.js').Hit} Hit */
/** @typedef {{readonly x: number, readonly y: number}} Point CSS pixels from the canvas's corner */
/** A thing that can be told of: the same name means that its card is shown already.
 * @typedef {{readonly name: string, readonly make: () => (Node | string)[]}} Subject */

const REST = 300;
const GAP = 14;

export class HoverCard {
  #editor;
  #canvas;
  #card = h('div', { class: 'hover-card', role: 'tooltip', id: 'hover-card', hidden: true });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #name = '';

  /** @param {Editor} editor @param {HTMLElement} canvas */
  constructor(editor, canvas) {
    this.#editor = editor;
    this.#canvas = canvas;
    document.body.append(this.#card);
    for (const name of ['pointerdown', 'pointerleave', 'wheel']) canvas.addEventListener(name, () => this.hide(), { passive: true });
    addEventListener('keydown', ({ key }) => key === 'Escape' && this.hide());
    editor.viewport.subscribe(() => this.hide());
    editor.selection.subscribe(() => this.#followSelection());
    editor.on('shown', () => this.hide());
  }

  /** The pointer is over something. @param {Hit | null} hit @param {Point} at */
  over(hit, at) {
    const subject = hit && subjectOf(this.#editor, hit);
    if (!subject) return this.hide();
    if (subject.name === this.#name) return;
    this.hide();
    this.#name = subject.name;
    this.#timer = setTimeout(() => this.#show(subject, at), REST);
  }

  hide() {
    clearTimeout(this.#timer);
    this.#name = '';
    this.#card.hidden = true;
  }

  #followSelection() {
    const { selection, store, renderer, viewport } = this.#editor;
    const [key] = selection.keys;
    const link = selection.size === 1 && key ? store.get(key) : undefined;
    const path = key && renderer.scene.links.get(key)?.path;
    if (link?.kind !== 'link' || !path) return this.hide();
    const subject = { name: String(key), make: () => [makeValueCard(this.#editor.document, sourceOfLink(this.#editor.document, link), link.type)] };
    this.#name = subject.name;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#show(subject, viewport.toScreen(pointAt(path, Math.floor(path.length / 16), 0.5))));
  }

  /** @param {Subject} subject @param {Point} at */
  #show(subject, at) {
    this.#name = subject.name;
    this.#card.replaceChildren(...subject.make());
    this.#card.hidden = false;
    const box = this.#canvas.getBoundingClientRect();
    const { width, height } = this.#card.getBoundingClientRect();
    const [x, y] = [box.x + at.x + GAP, box.y + at.y + GAP];
    // A picture makes a card larger when it comes: there must be room for it.
    const isFar = x + Math.max(width, 240) > innerWidth;
    this.#card.style.left = isFar ? '' : `${x}px`;
    this.#card.style.right = isFar ? `${Math.max(Math.min(innerWidth - x + 2 * GAP, innerWidth - Math.max(width, 240) - 8), 8)}px` : '';
    const isLow = y + Math.max(height, 340) > innerHeight;
    this.#card.style.top = isLow ? '' : `${y}px`;
    this.#card.style.bottom = isLow ? `${Math.max(innerHeight - y + 2 * GAP, 8)}px` : '';
  }
}

/** What there is to be told of what is hit. @param {Editor} editor @param {Hit} hit @returns {Subject | null} */
function subjectOf(editor, hit) {
  const { document, store } = editor;
  if (hit.part === 'link') {
    const link = store.get(hit.key);
    return link?.kind === 'link' ? { name: hit.key, make: () => [makeValueCard(document, sourceOfLink(document, link), link.type)] } : null;
  }
  if (hit.part === 'slot') return slotSubject(editor, hit);
  if (hit.part === 'widget') return problemSubject(editor, hit.view.record.id, hit.widget.name);
  if (hit.part === 'title') return nodeSubject(editor, hit.view.record.id);
  return null;
}

/** @param {Editor} editor @param {Hit & {part: 'slot'}} hit @returns {Subject | null} */
function slotSubject(editor, { view, slot }) {
  const { document, store } = editor;
  if (slot.side === 'input') {
    const [link] = store.linksInto(view.key, slot.index);
    const key = link && keyFor('link', link.graph, link.id);
    if (link && key) return { name: key, make: () => [makeValueCard(document, sourceOfLink(document, link), link.type)] };
    return problemSubject(editor, view.record.id, slot.slot.name);
  }
  const source = outcomeOf(document, view.record.id, slot.index);
  return { name: `${view.key}/${slot.index}`, make: () => [makeValueCard(document, source, slot.slot.type)] };
}

/** @param {Editor} editor @param {string} node @param {string} input @returns {Subject | null} */
function problemSubject({ document }, node, input) {
  const found = (document.forecast.problems.get(document.named(node)) ?? []).filter((one) => one.input === input);
  return found.length ? { name: `${node}.${input}`, make: () => found.map(({ message }) => h('p', { class: 'hover-problem' }, say(message))) } : null;
}

/** How a node fares, and why. @param {Editor} editor @param {string} node @returns {Subject | null} */
function nodeSubject({ document }, node) {
  const name = document.named(node);
  const status = statusOf(document, name);
  if (status === 'idle') return null;
  return { name: `title ${name} ${status}`, make: () => aboutNode(document, name, status) };
}

/** @param {import('../session/document.js').Document} document @param {string} node as jobs name it @param {string} status @returns {Node[]} */
export function aboutNode({ run, forecast }, node, status) {
  const fate = run.get(node);
  const outlook = forecast.nodes.get(node);
  const problems = forecast.problems.get(node) ?? [];
  const reason = status === 'planned' ? outlook?.reason : fate.reason;
  return [
    h('p', { class: `hover-status status-${status}` }, t(`report.status.${status}`)),
    ...(status === 'unready' ? problems.map(({ message }) => h('p', {}, say(message))) : []),
    ...(['failed', 'invalid'].includes(status) && fate.message ? [h('p', {}, say(fate.message))] : []),
    ...(reason && status !== 'unready' && status !== 'kept' ? [h('p', { class: 'muted' }, sayReason(reason))] : []),
  ];
}
