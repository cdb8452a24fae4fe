// @ts-check
/** Text that is typed: one line or many. In prompts Ctrl+↑ and Ctrl+↓ change the weight of words. */

import { layOver, nameOf, rectOfField, setField, valueOf } from './desk.js';
import { Suggestions } from './suggestions.js';
import { weigh } from './weights.js';

/** @typedef {import('./desk.js').Place} Place */

/** @param {Place} place @param {(step: 1 | -1) => void} goOn */
export function editText(place, goOn) {
  const { desk, key, widget } = place;
  const isLong = widget.field.input?.multiline === true;
  const box = document.createElement(isLong ? 'textarea' : 'input');
  box.className = isLong ? 'field-text' : 'field-line';
  box.value = String(valueOf(place) ?? '');
  box.spellcheck = false;
  box.setAttribute('aria-label', nameOf(widget));
  const suggestions = isLong ? new Suggestions(box) : null;
  desk.history.mark();
  const close = layOver(desk, key, rectOfField(widget.name), box, () => suggestions?.close());
  box.addEventListener('input', () => setField(place, box.value));
  box.addEventListener('keydown', (/** @type {Event} */ pressed) => {
    const event = /** @type {KeyboardEvent} */ (pressed);
    if (event.isComposing) return;
    if (suggestions?.takes(event)) return event.preventDefault();
    const isArrow = event.key === 'ArrowUp' || event.key === 'ArrowDown';
    if (isArrow && (event.ctrlKey || event.metaKey)) changeWeight(event.key === 'ArrowUp' ? 1 : -1);
    else if (event.key === 'Escape' || (event.key === 'Enter' && !isLong && !event.ctrlKey)) close();
    else if (event.key === 'Tab') {
      close();
      goOn(event.shiftKey ? -1 : 1);
    } else return;
    event.preventDefault();
  });
  /** @param {1 | -1} direction */
  function changeWeight(direction) {
    const next = weigh({ text: box.value, start: box.selectionStart ?? 0, end: box.selectionEnd ?? 0 }, direction);
    box.value = next.text;
    box.setSelectionRange(next.start, next.end);
    setField(place, next.text);
  }
  box.focus({ preventScroll: true });
  if (!isLong) box.select();
}
