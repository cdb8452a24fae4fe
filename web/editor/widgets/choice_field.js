// @ts-check
/** One of many options, or several of them, found by typing a part of its name. */

import { score } from '../lib/fuzzy.js';
import { hasText, t } from '../lib/i18n.js';
import { optionLabel } from '../model/node_words.js';
import { viewUrl } from '../net/api.js';
import { layOver, nameOf, rectOfField, setField, valueOf } from './desk.js';
import { pickPicture } from './upload.js';

/** @typedef {import('./desk.js').Place} Place */
/** @typedef {import('../model/records.js').Json} Json */

const MOST = 300;

/** @param {Place} place @param {readonly Json[]} options @param {(step: 1 | -1) => void} goOn to the next field or the one before */
export function chooseOption(place, options, goOn) {
  const { desk, key, widget } = place;
  const several = widget.kind === 'choices';
  const panel = make('div', 'field-choices');
  const filter = /** @type {HTMLInputElement} */ (make('input', 'field-filter'));
  filter.setAttribute('aria-label', nameOf(widget));
  filter.placeholder = t('field.filter');
  filter.setAttribute('role', 'combobox');
  filter.setAttribute('aria-expanded', 'true');
  filter.setAttribute('aria-controls', 'field-options');
  const list = make('div', 'field-options');
  list.setAttribute('role', 'listbox');
  list.id = 'field-options';
  panel.append(filter, list);
  const drop = make('div', 'field-drop');
  drop.append(panel);
  desk.history.mark();
  const close = layOver(desk, key, dropRect(place), drop);
  const leave = (/** @type {KeyboardEvent} */ event) => {
    close();
    goOn(event.shiftKey ? -1 : 1);
    event.preventDefault();
  };
  const upload = widget.kind === 'image' ? uploadButton(place, close) : null;
  if (upload) panel.append(upload);
  upload?.addEventListener('keydown', (event) => event.key === 'Tab' && leave(event));
  /** @type {readonly Json[]} */
  let found = [];
  let at = 0;

  const mark = () => {
    [...list.children].forEach((row, index) => row.classList.toggle('is-at', index === at));
    list.children[at]?.scrollIntoView({ block: 'nearest' });
    filter.setAttribute('aria-activedescendant', list.children[at]?.id ?? '');
  };
  /** @param {Json | undefined} option */
  const choose = (option) => {
    if (option === undefined) return;
    const now = valueOf(place);
    const chosen = Array.isArray(now) ? now : [];
    if (several) setField(place, chosen.includes(option) ? chosen.filter((one) => one !== option) : [...chosen, option]);
    else setField(place, option);
    if (several) show();
    else close();
  };
  const show = () => {
    const now = valueOf(place);
    const isChosen = (/** @type {Json} */ option) => (Array.isArray(now) ? now.includes(option) : now === option);
    list.replaceChildren(...found.map((option, index) => {
      const row = make('div', 'field-option');
      row.setAttribute('role', 'option');
      row.id = `field-option-${index}`;
      row.setAttribute('aria-selected', String(isChosen(option)));
      if (widget.kind === 'image') row.append(thumbnail(String(option)));
      row.append(optionText(place, option));
      row.addEventListener('pointermove', () => ((at = index), mark()));
      // On the press, before the filter loses the focus and with it the whole list.
      row.addEventListener('pointerdown', (event) => (event.preventDefault(), choose(option)));
      return row;
    }));
    mark();
  };
  const search = () => {
    found = matching(options, filter.value, (option) => optionText(place, option)).slice(0, MOST);
    at = filter.value ? 0 : Math.max(found.indexOf(valueOf(place)), 0);
    show();
  };
  filter.addEventListener('input', search);
  filter.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (event.key === 'Enter') choose(found[at]);
    else if (event.key === 'Escape') close();
    else if (event.key === 'Tab' && upload && !event.shiftKey) upload.focus();
    else if (event.key === 'Tab') return leave(event);
    else if (step && found.length) at = Math.min(Math.max(at + step, 0), found.length - 1);
    else return;
    event.preventDefault();
    mark();
  });
  search();
  filter.focus({ preventScroll: true });
}

/** Those that answer a query by their value or as they are shown, best first.
 * @param {readonly Json[]} options @param {string} query @param {(option: Json) => string} [shown] @returns {Json[]} */
export function matching(options, query, shown = String) {
  if (!query.trim()) return [...options];
  return options
    .map((option) => ({ option, rank: Math.max(score(query, String(option)), score(query, shown(option))) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank)
    .map(({ option }) => option);
}

/** @param {Place} place @param {Json} option */
function optionText({ widget }, option) {
  const key = `field.control.${option}`;
  return widget.kind === 'control' && hasText(key) ? t(key) : optionLabel(widget.field.input, option);
}

/** Below the field, with room for a list that is long enough to be read. @param {Place} place @returns {ReturnType<typeof rectOfField>} */
function dropRect({ widget }) {
  return (view) => {
    const rect = rectOfField(widget.name)(view);
    return rect && { x: rect.x, y: rect.y, w: Math.max(rect.w, 220), h: 260 };
  };
}

/** @param {Place} place @param {() => void} close */
function uploadButton(place, close) {
  const button = /** @type {HTMLButtonElement} */ (make('button', 'field-upload'));
  button.textContent = t('field.upload');
  button.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    close();
    pickPicture(place);
  });
  // By keys; a pointer's click finds it gone.
  button.addEventListener('click', () => (close(), pickPicture(place)));
  return button;
}

/** @param {string} name of a file in the input folder */
function thumbnail(name) {
  const image = /** @type {HTMLImageElement} */ (make('img', 'field-thumb'));
  const parts = name.split('/');
  image.src = viewUrl({ filename: parts.pop() ?? '', subfolder: parts.join('/'), type: 'input' }, { small: true });
  image.loading = 'lazy';
  image.alt = '';
  return image;
}

/** @param {string} tag @param {string} name */
function make(tag, name) {
  const element = document.createElement(tag);
  element.className = name;
  return element;
}
