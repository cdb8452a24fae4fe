// @ts-check
/** Menus: of actions, at a point or under a button; keyboard and touch alike. */

import { hasText, t } from '../lib/i18n.js';
import { h, withArrows } from './dom.js';
import { icon } from './icons.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** A line of a menu: an action's id, '-' for a rule, something of its own, or more lines behind a name.
 * @typedef {string | {readonly label: string, readonly run: () => unknown, readonly isOn?: boolean, readonly color?: string}
 *   | {readonly label: string, readonly entries: readonly Entry[]}} Entry */

/** @type {HTMLElement | null} */
let opened = null;

export function closeMenu() {
  opened?.remove();
  opened = null;
}

/** @param {Editor} editor @param {readonly Entry[]} entries @param {{readonly x: number, readonly y: number}} at CSS pixels of the window */
export function openMenu(editor, entries, at) {
  closeMenu();
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const close = () => {
    closeMenu();
    removeEventListener('pointerdown', outside, true);
    before?.focus?.({ preventScroll: true });
  };
  const outside = (/** @type {PointerEvent} */ event) =>
    event.target instanceof Node && !menu.contains(event.target) && close();
  const menu = h('div', { class: 'menu', role: 'menu' });
  // What stands behind a name takes the menu's place, so that it works on a phone, too.
  const show = (/** @type {readonly Entry[]} */ shown, /** @type {HTMLElement | null} */ back = null) => {
    const rows = shown.map((entry) => row(editor, entry, close, (/** @type {string} */ label, /** @type {readonly Entry[]} */ inner) => show(inner, backRow(label, () => show(entries)))));
    menu.replaceChildren(...(back ? [back] : []), ...tidy(rows));
    put();
    menu.querySelectorAll('button')[back ? 1 : 0]?.focus();
  };
  const put = () => {
    const { width, height } = menu.getBoundingClientRect();
    menu.style.left = `${Math.max(Math.min(at.x, innerWidth - width - 8), 8)}px`;
    menu.style.top = `${Math.max(Math.min(at.y, innerHeight - height - 8), 8)}px`;
  };
  menu.addEventListener('keydown', (event) => {
    event.stopPropagation();
    if (event.key === 'Escape' || event.key === 'Tab') return close();
    const chosen = event.key === 'ArrowRight' ? event.target : event.key === 'ArrowLeft' ? menu.querySelector('.menu-back') : null;
    if (!(chosen instanceof HTMLElement) || !chosen.matches('[aria-haspopup], .menu-back')) return;
    event.stopImmediatePropagation();
    chosen.click();
  });
  menu.addEventListener('contextmenu', (event) => event.preventDefault());
  withArrows(menu, '[role^=menuitem]');
  document.body.append(menu);
  opened = menu;
  show(entries);
  setTimeout(() => addEventListener('pointerdown', outside, true));
}

/** @param {Editor} editor @param {Entry} entry @param {() => void} close
 * @param {(label: string, entries: readonly Entry[]) => void} goIn @returns {HTMLElement | null} */
function row(editor, entry, close, goIn) {
  if (entry === '-') return h('hr');
  if (typeof entry !== 'string' && 'entries' in entry) {
    const { label, entries } = entry;
    return h('button', { role: 'menuitem', 'aria-haspopup': 'menu', onclick: () => goIn(label, entries) }, h('span', {}, label), icon('right'));
  }
  if (typeof entry !== 'string') {
    const { label, run, isOn, color } = entry;
    const role = isOn === undefined ? 'menuitem' : 'menuitemradio';
    return h('button', { role, 'aria-checked': isOn === undefined ? null : String(isOn), onclick: () => (close(), run()) }, h('span', {}, label), color === undefined ? null : swatch(color));
  }
  const action = editor.actions.get(entry);
  if (!action) return null;
  const label = hasText(action.labelKey) ? t(action.labelKey) : action.labelKey;
  return h('button', {
    role: 'menuitem', disabled: action.when?.(editor) === false,
    onclick: () => (close(), editor.actions.run(entry, editor)),
  }, h('span', {}, label), action.keys?.[0] ? h('kbd', {}, action.keys[0]) : null);
}

/** @param {string} label @param {() => void} goBack */
const backRow = (label, goBack) =>
  h('button', { role: 'menuitem', class: 'menu-back', 'aria-label': `${t('menu.back')}: ${label}`, onclick: goBack }, icon('left'), h('span', {}, label));

/** @param {string} color */
function swatch(color) {
  const dot = h('i', { class: 'menu-swatch' });
  dot.style.background = color;
  return dot;
}

/** No rule at an end or after another. @param {(HTMLElement | null)[]} rows */
function tidy(rows) {
  /** @type {HTMLElement[]} */
  const kept = [];
  const isRule = (/** @type {HTMLElement | undefined} */ one) => !one || one.tagName === 'HR';
  for (const row of rows) if (row && !(isRule(row) && isRule(kept.at(-1)))) kept.push(row);
  if (kept.length && isRule(kept.at(-1))) kept.pop();
  return kept;
}
