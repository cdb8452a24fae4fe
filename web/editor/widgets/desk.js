// @ts-check
/** What fields need of the editor, and the element that is laid over a field while it is edited. */

import { t } from '../lib/i18n.js';
import { setValue } from '../model/edits.js';

/** @typedef {import('../model/records.js').Json} Json */
/** @typedef {import('../view/scene.js').NodeView} NodeView */
/** @typedef {import('../view/layout.js').WidgetPlace} WidgetPlace */
/** @typedef {import('../view/geometry.js').Rect} Rect */

/**
 * @typedef {{
 *   readonly store: import('../model/store.js').Store,
 *   readonly history: import('../history/history.js').History,
 *   readonly viewport: import('../view/viewport.js').Viewport,
 *   readonly catalogue: import('../model/catalogue.js').Catalogue,
 *   readonly renderer: {readonly canvas: HTMLCanvasElement, readonly scene: import('../view/scene.js').Scene},
 * }} Desk
 */

/** A field of a node that is edited. @typedef {{readonly desk: Desk, readonly key: string, readonly widget: WidgetPlace}} Place */

/** @param {Place} place @returns {Json} */
export function valueOf({ desk, key, widget }) {
  const node = desk.store.get(key);
  return node?.kind === 'node' ? (node.values[widget.name] ?? widget.field.initial) : null;
}

/** @param {Place} place @param {Json} value */
export function setField(place, value) {
  const { desk, key, widget } = place;
  if (valueOf(place) === value) return;
  desk.store.transact('value', (tx) => setValue(tx, key, widget.name, value));
}

/** A field's name as people read it. @param {WidgetPlace} widget */
export const nameOf = ({ field }) => (field.steers ? t('canvas.control') : field.input?.label || field.name);

/** The scale at which a field is large enough for fingers. */
const NEAR = 1.35;

/** @type {(() => void) | null} */
let closeOpen = null;

/** End whatever is being edited. */
export function closeField() {
  closeOpen?.();
}

/**
 * Lay an element over a rectangle of a node; it moves and grows with the view. It goes when it
 * loses the focus, when its node is gone, or when another is laid.
 * @param {Desk} desk @param {string} key the node's @param {(view: NodeView) => Rect | undefined} rectOf relative to the node
 * @param {HTMLElement} element @param {() => void} [onClose] @returns {() => void} what takes it away
 */
export function layOver(desk, key, rectOf, element, onClose = () => undefined) {
  closeField();
  const { viewport, store, renderer } = desk;
  const follow = () => {
    const view = renderer.scene.nodes.get(key);
    const rect = view && rectOf(view);
    if (!view || !rect) return close();
    const { x, y } = viewport.toScreen({ x: view.record.x + rect.x, y: view.record.y + rect.y });
    element.style.width = `${rect.w}px`;
    element.style.height = `${rect.h}px`;
    element.style.transform = `translate(${x}px, ${y}px) scale(${viewport.scale})`;
  };
  if (matchMedia('(pointer: coarse)').matches) bringNear(desk, key, rectOf);
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    closeOpen = null;
    ends.forEach((end) => end());
    onClose();
    const hadFocus = element.contains(document.activeElement);
    element.remove();
    if (hadFocus) renderer.canvas.focus({ preventScroll: true });
  };
  const ends = [viewport.subscribe(follow), store.subscribe(() => queueMicrotask(() => open && follow()))];
  closeOpen = close;
  element.classList.add('field-over');
  renderer.canvas.parentElement?.append(element);
  follow();
  element.addEventListener('focusout', (event) => !(event.relatedTarget instanceof Node && element.contains(event.relatedTarget)) && close());
  return close;
}

/** Under fingers, what is edited is as large as elsewhere on a page, and above the keyboard.
 * @param {Desk} desk @param {string} key @param {(view: NodeView) => Rect | undefined} rectOf */
function bringNear({ viewport, renderer }, key, rectOf) {
  const view = renderer.scene.nodes.get(key);
  const rect = view && rectOf(view);
  if (!view || !rect || viewport.scale >= NEAR) return;
  const [x, y] = [view.record.x + rect.x, view.record.y + rect.y];
  const scale = Math.min(NEAR, (viewport.width - 24) / rect.w);
  viewport.set({ scale, x: viewport.width / 2 - (x + rect.w / 2) * scale, y: viewport.height * 0.3 - y * scale });
}

/** Where a field is on its node now. @param {string} name @returns {(view: NodeView) => Rect | undefined} */
export const rectOfField = (name) => (view) => view.layout.widgets.find((one) => one.name === name)?.rect;
