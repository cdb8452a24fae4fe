// @ts-check
/** All actions and their keys: found by typing, given other keys by a click and a press. */

import { forgetKeys, keyOfEvent, rebind, resetKeys } from '../actions/keymap.js';
import { hasText, t } from '../lib/i18n.js';
import { h } from './dom.js';
import { showDialog } from './dialog.js';
import { icon } from './icons.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {import('../actions/registry.js').Action} Action */

/** What browsers do themselves before a page hears of it. */
const RESERVED = /^Ctrl\+(Shift\+)?[NTW]$|^Alt\+F4$|^Ctrl\+Tab$/;

/** @param {Editor} editor */
export function showShortcuts(editor) {
  const field = h('input', { type: 'search', class: 'text-input', placeholder: t('keys.search'), 'aria-label': t('keys.search'), spellcheck: 'false' });
  const list = h('div', { class: 'shortcuts', role: 'list' });
  const all = h('button', { class: 'button', onclick: () => (forgetKeys(editor), show()) }, t('keys.resetAll'));
  const show = () => {
    const rows = editor.actions.all().filter((action) => answers(action, field.value)).sort((a, b) => Number(!a.keys?.length) - Number(!b.keys?.length));
    list.replaceChildren(...rows.map((action) => row(editor, action, show)));
    if (!rows.length) list.append(h('p', { class: 'empty' }, t('search.none')));
    all.disabled = Object.keys(editor.actions.bindings).length === 0;
  };
  field.addEventListener('input', show);
  show();
  showDialog(t('action.shortcuts'), [field, list, h('p', { class: 'hint' }, t('shortcuts.canvas')), h('footer', {}, all)], { wide: true });
  field.focus();
}

/** @param {Action} action */
const nameOf = ({ labelKey }) => (hasText(labelKey) ? t(labelKey) : labelKey);

/** By name or by keys. @param {Action} action @param {string} query */
function answers(action, query) {
  const words = query.toLowerCase().trim().split(/\s+/);
  const text = `${nameOf(action)} ${(action.keys ?? []).join(' ')}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** @param {Editor} editor @param {Action} action @param {() => void} changed */
function row(editor, action, changed) {
  const { id, keys = [] } = action;
  const isOwn = Object.hasOwn(editor.actions.bindings, id);
  const button = h('button', { class: 'shortcut-keys', 'aria-label': t('keys.change', { name: nameOf(action) }), title: t('keys.click') },
    ...(keys.length ? keys.map((key) => h('kbd', {}, key)) : [h('span', { class: 'muted' }, t('keys.none'))]));
  const note = h('small', { class: 'shortcut-note', role: 'status' });
  const reset = h('button', { class: 'icon-button', 'aria-label': t('keys.reset'), title: t('keys.reset'), hidden: !isOwn, onclick: () => (resetKeys(editor, id), changed()) }, icon('undo'));
  const line = h('div', { class: 'shortcut', role: 'listitem' }, h('span', {}, nameOf(action), note), h('span', {}, button, reset));
  const clash = keys.flatMap((key) => othersWith(editor, id, key));
  if (clash.length) note.textContent = t('keys.shared', { names: clash.join(', ') });
  button.addEventListener('click', () => record(editor, action, button, note, changed));
  return line;
}

/** The names of other actions that have some keys. @param {Editor} editor @param {string} id @param {string} keys */
const othersWith = ({ actions }, id, keys) => actions.all().filter((one) => one.id !== id && one.keys?.includes(keys)).map(nameOf);

/** Wait for keys. Those of another action are taken from it when they are pressed a second time.
 * @param {Editor} editor @param {Action} action @param {HTMLElement} button @param {HTMLElement} note @param {() => void} changed */
function record(editor, action, button, note, changed) {
  let asked = '';
  button.classList.add('is-waiting');
  button.replaceChildren(h('span', {}, t('keys.press')));
  const end = () => {
    button.removeEventListener('keydown', press);
    button.removeEventListener('blur', end);
    changed();
  };
  const press = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing || /^(Control|Shift|Alt|Meta|AltGraph|CapsLock)$/.test(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape') return end();
    const keys = keyOfEvent(event);
    if (keys === 'Delete' || keys === 'Backspace') return give([]);
    if (RESERVED.test(keys)) return void (note.textContent = t('keys.reserved', { keys }));
    const others = othersWith(editor, action.id, keys);
    if (!others.length || asked === keys) return give([keys]);
    asked = keys;
    note.textContent = t('keys.taken', { keys, names: others.join(', ') });
  };
  const give = (/** @type {string[]} */ keys) => {
    rebind(editor, action.id, keys);
    end();
  };
  button.addEventListener('keydown', press);
  button.addEventListener('blur', end);
  button.focus();
}
