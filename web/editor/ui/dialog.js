// @ts-check
/** Questions and forms over everything else: the browser's own dialog, which keeps the focus. */

import { t } from '../lib/i18n.js';
import { h } from './dom.js';
import { icon } from './icons.js';

/** Show a dialog; it is gone once closed. @param {string} title @param {(import('./dom.js').Child)[]} content
 * @param {{readonly wide?: boolean}} [options] @returns {HTMLDialogElement} */
export function showDialog(title, content, { wide = false } = {}) {
  const dialog = h('dialog', { class: wide ? 'dialog dialog-wide' : 'dialog', 'aria-label': title },
    h('header', {}, h('h2', {}, title),
      h('button', { class: 'icon-button', 'aria-label': t('close'), onclick: () => dialog.close() }, icon('close'))),
    h('div', { class: 'dialog-body' }, ...content));
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Ask for a choice. @template {string} C @param {string} title @param {string} text
 * @param {readonly {readonly id: C, readonly label: string, readonly tone?: 'primary' | 'danger'}[]} choices
 * @returns {Promise<C | null>} null if nothing was chosen */
export function choose(title, text, choices) {
  return new Promise((answer) => {
    /** @type {C | null} */
    let chosen = null;
    const buttons = choices.map(({ id, label, tone }) =>
      h('button', { class: `button ${tone ?? ''}`, onclick: () => ((chosen = id), dialog.close()) }, label));
    const dialog = showDialog(title, [h('p', {}, text), h('footer', {}, ...buttons)]);
    dialog.addEventListener('close', () => answer(chosen));
    buttons.at(-1)?.focus();
  });
}

/** Ask for a name. @param {string} title @param {string} label @param {string} initial
 * @returns {Promise<string | null>} null if none was given */
export function askName(title, label, initial) {
  return new Promise((answer) => {
    /** @type {string | null} */
    let given = null;
    const field = h('input', { type: 'text', value: initial, required: true, 'aria-label': label, spellcheck: 'false' });
    const form = h('form', {
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        given = field.value.trim() || null;
        dialog.close();
      },
    }, h('label', { class: 'field' }, h('span', {}, label), field),
      h('footer', {}, h('button', { type: 'submit', class: 'button primary' }, t('ok'))));
    const dialog = showDialog(title, [form]);
    dialog.addEventListener('close', () => answer(given));
    field.select();
  });
}
