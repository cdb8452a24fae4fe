// @ts-check
/** Texts in the reader's language. Whoever shows one listens for another language and shows it anew. */

import { en } from './words/en.js';
import { zh } from './words/zh.js';

/** @typedef {keyof typeof en} Key */
/** @typedef {'en' | 'zh'} Language */
/** @typedef {{readonly [name: string]: string | number}} Facts */

/** @type {{readonly [language in Language]: {readonly [key in Key]: string}}} */
const WORDS = { en, zh };

/** What languages call themselves. @type {{readonly [language in Language]: string}} */
export const LANGUAGES = { en: 'English', zh: '简体中文' };

/** @type {Language} */
let current = 'en';
/** @type {Set<(language: Language) => void>} */
const listeners = new Set();

/** A text, with `{name}` replaced by facts. A key that is not known is shown as it is.
 * @param {Key | (string & {})} key @param {Facts} [facts] @returns {string} */
export function t(key, facts = {}) {
  const text = WORDS[current][/** @type {Key} */ (key)] ?? String(key);
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(facts[name] ?? whole));
}

/** Whether there is a text of this key. @param {string} key @returns {key is Key} */
export const hasText = (key) => Object.hasOwn(en, key);

export const language = () => current;

/** @param {Language} next */
export function useLanguage(next) {
  if (next === current || !(next in WORDS)) return;
  current = next;
  for (const listener of [...listeners]) listener(next);
}

/** The language that a browser asks for. @param {readonly string[]} wanted @returns {Language} */
export const languageFor = (wanted) => (wanted[0]?.toLowerCase().startsWith('zh') ? 'zh' : 'en');

/** @param {(language: Language) => void} listener @returns {() => void} */
export function onLanguage(listener) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
