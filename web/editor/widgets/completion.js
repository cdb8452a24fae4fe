// @ts-check
/**
 * What can complete a prompt where the cursor stands: embeddings (`embedding:NAME`), LoRAs
 * (`<lora:NAME:1>`) and wildcards (`__NAME__`, also as a choice within braces). Pure.
 */

import { score } from '../lib/fuzzy.js';

/** @typedef {{readonly embeddings: readonly string[], readonly loras: readonly string[], readonly wildcards: readonly string[]}} Names */

/** One way to go on: `text` takes the place of what stands from `from` to the cursor.
 * @typedef {{readonly text: string, readonly name: string, readonly kind: 'embedding' | 'lora' | 'wildcard'}} Suggestion */

const MOST = 50;

/** What begins a name, and what is written for it; the first that fits counts.
 * @type {readonly {readonly kind: Suggestion['kind'], readonly of: keyof Names, readonly pattern: RegExp, readonly write: (name: string) => string}[]} */
const WAYS = [
  { kind: 'lora', of: 'loras', pattern: /<lora:([^<>:\n]*)$/i, write: (name) => `<lora:${name}:1>` },
  { kind: 'embedding', of: 'embeddings', pattern: /\bembedding:([^\s,()<>:]*)$/i, write: (name) => `embedding:${name}` },
  { kind: 'wildcard', of: 'wildcards', pattern: /(?<![\w_])__([\w./ -]*?)$/, write: (name) => `__${name}__` },
  { kind: 'wildcard', of: 'wildcards', pattern: /(?<=[{|]\s*)([\w./-]*)$/, write: (name) => `__${name}__` },
];

/** Embeddings are also found by the beginning of their name alone, once it is this long. */
const LONG = 3;

/** @param {string} before the text up to the cursor @param {Names} names
 * @returns {{readonly from: number, readonly found: readonly Suggestion[]}} */
export function suggest(before, names) {
  for (const { kind, of, pattern, write } of WAYS) {
    const match = pattern.exec(before);
    if (!match) continue;
    const found = ranked(names[of], match[1] ?? '').map((name) => ({ kind, name, text: write(name) }));
    return { from: match.index, found };
  }
  const word = /[\w-]+$/.exec(before);
  if (!word || word[0].length < LONG) return { from: before.length, found: [] };
  const begun = word[0].toLowerCase();
  const found = names.embeddings.filter((name) => baseOf(name).toLowerCase().startsWith(begun)).slice(0, MOST);
  return { from: word.index, found: found.map((name) => ({ kind: 'embedding', name, text: `embedding:${name}` })) };
}

/** @param {readonly string[]} names @param {string} query @returns {string[]} */
function ranked(names, query) {
  if (!query.trim()) return names.slice(0, MOST);
  return names
    .map((name) => ({ name, rank: Math.max(score(query, name), score(query, baseOf(name))) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank)
    .slice(0, MOST)
    .map(({ name }) => name);
}

/** @param {string} name a path */
const baseOf = (name) => name.slice(name.lastIndexOf('/') + 1);
