// @ts-check
/** Fetches the words of node classes and the server's sentences in a language; readers of English fetch none of ours. */

import { asObject } from '../lib/json.js';
import { NO_WORDS, nodeWords } from '../model/node_words.js';
import { getJson } from './api.js';

/** @typedef {import('../model/node_words.js').NodeWords} NodeWords */
/** @typedef {import('../lib/i18n.js').Language} Language */

/** What there is in `locales/`; the files beginning with `texts_` are sentences.
 * @type {{readonly [language: string]: readonly string[]}} */
const FILES = { zh: ['vocabulary', 'titles', 'sentences', 'texts_prompts', 'texts_sampling', 'texts_pictures'] };

/** @type {Map<Language, Promise<NodeWords>>} */
const asked = new Map();

/** What cannot be fetched stays in English. @param {Language} language @returns {Promise<NodeWords>} */
export function fetchNodeWords(language) {
  const known = asked.get(language) ?? gather(language);
  asked.set(language, known);
  return known;
}

/** @param {Language} language */
async function gather(language) {
  const names = FILES[language] ?? [];
  const [packs, ...files] = await Promise.all([
    getJson('/i18n').catch(() => ({})),
    ...names.map((name) => fetchFile(new URL(`../locales/${language}/${name}.json`, import.meta.url))),
  ]);
  const theirs = asObject(asObject(packs)[language]);
  if (!names.length && !Object.keys(theirs).length) return NO_WORDS;
  return nodeWords(joined(names, files), theirs);
}

/** One object of several files. @param {readonly string[]} names @param {readonly unknown[]} files */
export function joined(names, files) {
  const byName = new Map(names.map((name, index) => [name, asObject(files[index])]));
  const texts = names.filter((name) => name.startsWith('texts_')).map((name) => byName.get(name));
  return { ...byName.get('vocabulary'), spoken: byName.get('sentences') ?? {}, titles: byName.get('titles') ?? {}, texts: Object.assign({}, ...texts) };
}

/** @param {URL} url */
async function fetchFile(url) {
  const answer = await fetch(url).catch(() => null);
  return answer?.ok ? answer.json() : {};
}
