// @ts-check
/** Menus: of actions, at a point or under a button; keyboard and touch alike. */

import { hasText, t } from '../lib/i18n.js';
import { h, withArrows } from './dom.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** A line of a menu: an action's id, '-' for a rule, or something of its own.
 * @typedef {string | {readonly label: string, readonly run: () => unknown, readonly isOn?: boolean}} Entry */

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
  const rows = entries.map((entry) => row(editor, entry, close));
  const menu = h('div', { class: 'menu', role: 'menu' }, ...tidy(rows));
  menu.addEventListener('keydown', (event) => {
    event.stopPropagation();
    if (event.key === 'Escape' || event.key === 'Tab') close();
  });
  menu.addEventListener('contextmenu', (event) => event.preventDefault());
  withArrows(menu, '[role^=menuitem]');
  document.body.append(menu);
  opened = menu;
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(Math.min(at.x, innerWidth - width - 8), 8)}px`;
  menu.style.top = `${Math.max(Math.min(at.y, innerHeight - height - 8), 8)}px`;
  menu.querySelector('button')?.focus();
  setTimeout(() => addEventListener('pointerdown', outside, true));
}

/** @param {Editor} editor @param {Entry} entry @param {() => void} close @returns {HTMLElement | null} */
function row(editor, entry, close) {
  if (entry === '-') return h('hr');
  if (typeof entry !== 'string') {
    const { label, run, isOn } = entry;
    const role = isOn === undefined ? 'menuitem' : 'menuitemradio';
    return h('button', { role, 'aria-checked': isOn === undefined ? null : String(isOn), onclick: () => (close(), run()) }, h('span', {}, label));
  }
  const action = editor.actions.get(entry);
  if (!action) return null;
  const label = hasText(action.labelKey) ? t(action.labelKey) : action.labelKey;
  return h('button', {
    role: 'menuitem', disabled: action.when?.(editor) === false,
    onclick: () => (close(), editor.actions.run(entry, editor)),
  }, h('span', {}, label), action.keys?.[0] ? h('kbd', {}, action.keys[0]) : null);
}

/** No rule at an end or after another. @param {(HTMLElement | null)[]} rows */
function tidy(rows) {
  const there = rows.filter((one) => one !== null);
  const isRule = (/** @type {HTMLElement | undefined} */ one) => !one || one.tagName === 'HR';
  return there.filter((one, index) => !isRule(one) || !(isRule(there[index - 1]) || isRule(there[index + 1])));
}
