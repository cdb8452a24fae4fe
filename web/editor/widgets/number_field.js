// @ts-check
/** A number that is typed: arithmetic, arrow keys, its range. */

import { evaluate, fit } from '../lib/arithmetic.js';
import { addWhole, longInteger } from '../lib/exact.js';
import { layOver, nameOf, rectOfField, setField, valueOf } from './desk.js';

/** @typedef {import('./desk.js').Place} Place */

/** @param {Place} place @param {(step: 1 | -1) => void} goOn to the next field or the one before */
export function editNumber(place, goOn) {
  const { desk, key, widget } = place;
  const input = document.createElement('input');
  input.className = 'field-number';
  input.inputMode = 'decimal';
  input.value = String(valueOf(place) ?? 0);
  input.setAttribute('aria-label', nameOf(widget));
  let kept = true;
  desk.history.mark();
  const take = () => {
    const value = longInteger(input.value) ?? evaluate(input.value);
    if (kept && value !== null) setField(place, fitted(place, value));
  };
  const close = layOver(desk, key, rectOfField(widget.name), input, take);
  input.addEventListener('input', () => input.toggleAttribute('aria-invalid', evaluate(input.value) === null));
  input.addEventListener('keydown', (event) => {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (by) step(by * (event.shiftKey ? 10 : 1));
    else if (event.key === 'Enter') close();
    else if (event.key === 'Escape') {
      kept = false;
      desk.history.bail();
      close();
    } else if (event.key === 'Tab') {
      close();
      goOn(event.shiftKey ? -1 : 1);
    } else return;
    event.preventDefault();
  });
  /** @param {number} by */
  function step(by) {
    const definition = widget.field.input;
    const width = definition?.kind === 'int' ? Math.max(Math.round(definition.step), 1) : definition?.step || 0.01;
    const now = longInteger(input.value) ?? evaluate(input.value) ?? 0;
    const next = typeof now === 'bigint' ? addWhole(now, by * width, definition ?? EVERY) : fitted(place, now + by * width);
    input.value = String(next);
    input.select();
    setField(place, next);
  }
  input.focus({ preventScroll: true });
  input.select();
}

const EVERY = { min: -Infinity, max: Infinity };

/** @param {Place} place @param {number | bigint} value @returns {number | bigint} */
function fitted({ widget }, value) {
  const { input } = widget.field;
  if (typeof value === 'bigint' || !Number.isSafeInteger(value) && input?.kind === 'int') return addWhole(value, 0, input ?? EVERY);
  return input ? fit(value, { min: input.min, max: input.max, round: input.round }) : value;
}
