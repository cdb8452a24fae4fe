// @ts-check
/** Making elements, with texts that follow the language. */

import { onLanguage, t } from '../lib/i18n.js';

/** @typedef {Node | string | null | false | undefined} Child */
/** @typedef {{[name: string]: unknown}} Attributes */

/**
 * Make an element. `onclick` and the like are listeners, `class` and attributes are set as they
 * are, `true` is an attribute without a value, `false` and null are none.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Attributes} [attributes] @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== false && child !== undefined));
  return element;
}

/** Show something that must be made anew in another language. The result of `make` stands in `host`.
 * @param {HTMLElement} host @param {() => Child[]} make @returns {() => void} to make it anew */
export function live(host, make) {
  const show = () => host.replaceChildren(...make().filter((child) => child !== null && child !== false && child !== undefined));
  onLanguage(show);
  show();
  return show;
}

/** Have an element's text or attributes follow the language.
 * @template {HTMLElement} E @param {E} element @param {{text?: string, label?: string, title?: string, placeholder?: string}} keys @returns {E} */
export function worded(element, keys) {
  const say = () => {
    if (keys.text) element.textContent = t(keys.text);
    if (keys.label) element.setAttribute('aria-label', t(keys.label));
    if (keys.title) element.title = t(keys.title);
    if (keys.placeholder) element.setAttribute('placeholder', t(keys.placeholder));
  };
  onLanguage(say);
  say();
  return element;
}

/** @param {number} seconds @returns {string} as short as it can be read */
export function duration(seconds) {
  if (seconds < 10) return `${seconds.toFixed(seconds < 1 ? 2 : 1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${String(Math.round(seconds % 60)).padStart(2, '0')} min`;
}

/** @param {number} bytes */
export function bytesText(bytes) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** Have a list that is moved through with the arrow keys. @param {HTMLElement} list @param {string} selector of what in it can have the focus */
export function withArrows(list, selector) {
  list.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step || !(event.target instanceof HTMLElement) || !event.target.matches(selector)) return;
    const all = /** @type {HTMLElement[]} */ ([...list.querySelectorAll(selector)].filter((one) => !one.matches(':disabled')));
    all[(all.indexOf(event.target) + step + all.length) % all.length]?.focus();
    event.preventDefault();
  });
}
