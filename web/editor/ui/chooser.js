// @ts-check
/** A field to type in, and below it a list of what answers, of which one is chosen: by keys, by a mouse, by a finger. */

import { h } from './dom.js';

/** How many rows are made at a time. */
const PAGE = 60;

/**
 * @template T
 * @typedef {{readonly label: string, readonly placeholder: string, readonly none: string,
 *   find(query: string): readonly T[], row(item: T, index: number, all: readonly T[]): readonly import('./dom.js').Child[],
 *   isOther?(index: number): boolean, choose(item: T): void}} Choice
 * `isOther` says what fits less well.
 */

/** @template T @param {Choice<T>} choice */
export function openChooser({ label, placeholder, none, find, row, isOther = () => false, choose }) {
  const field = h('input', { type: 'search', class: 'search-field', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'search-list',
    'aria-label': label, placeholder, spellcheck: 'false', autocomplete: 'off' });
  const list = h('div', { class: 'search-list', id: 'search-list', role: 'listbox', 'aria-label': label });
  const dialog = h('dialog', { class: 'search', 'aria-label': label }, field, list);
  let chosen = 0;
  /** @type {readonly T[]} */
  let found = [];
  const mark = () => {
    [...list.children].forEach((one, index) => one.setAttribute('aria-selected', String(index === chosen)));
    const one = list.children[chosen];
    one?.scrollIntoView({ block: 'nearest' });
    field.setAttribute('aria-activedescendant', one?.id ?? '');
  };
  const take = () => {
    const item = found[chosen];
    dialog.close();
    if (item !== undefined) choose(item);
  };
  /** Rows are made as far as somebody looks. @param {number} upTo */
  const grow = (upTo) => {
    for (let index = list.querySelectorAll('[role=option]').length; index < Math.min(upTo, found.length); index += 1) {
      list.append(h('div', {
        role: 'option', id: `search-${index}`, class: isOther(index) ? 'search-row is-other' : 'search-row', 'aria-setsize': found.length, 'aria-posinset': index + 1,
        onpointermove: () => chosen !== index && ((chosen = index), mark()), onclick: () => ((chosen = index), take()),
      }, ...row(/** @type {T} */ (found[index]), index, found)));
    }
  };
  const search = () => {
    found = find(field.value);
    chosen = 0;
    list.replaceChildren();
    list.scrollTop = 0;
    grow(PAGE);
    if (!found.length) list.append(h('p', { class: 'empty' }, none));
    mark();
  };
  list.addEventListener('scroll', () => list.scrollTop + 2 * list.clientHeight > list.scrollHeight && grow(list.childElementCount + PAGE));
  field.addEventListener('input', search);
  field.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    if (event.key === 'Enter') take();
    else if (step && found.length) chosen = Math.abs(step) > 1 ? Math.min(Math.max(chosen + step, 0), found.length - 1) : (chosen + step + found.length) % found.length;
    else return;
    grow(chosen + 1);
    event.preventDefault();
    mark();
  });
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  search();
  field.focus();
}
