// @ts-check
/** The node classes that there are, by name, and a search through them. */

import { score } from '../lib/fuzzy.js';
import { isObject } from '../lib/json.js';
import { readDefinition } from './definition.js';
import { NO_WORDS, translated } from './node_words.js';
import { OWN_KINDS } from './own_kinds.js';
import { SYNONYMS } from './synonyms.js';
import { typesFit } from './types.js';

/** @typedef {import('./definition.js').Definition} Definition */

/**
 * What a found class must have: an input (or output) that a link of a type can go to.
 * @typedef {{readonly type: string, readonly side: 'input' | 'output'}} Fitting
 */

export class Catalogue {
  /** @type {Map<string, Definition>} */
  #definitions = new Map();
  /** @type {{[type: string]: unknown}} */
  #described;
  /** Grows when classes are to be read anew. */
  revision = 0;
  #words;

  /** @param {unknown} objectInfo what the server answers to `GET /object_info`
   * @param {import('./node_words.js').NodeWords} [words] of the reader's language */
  constructor(objectInfo, words = NO_WORDS) {
    this.#described = isObject(objectInfo) ? objectInfo : {};
    this.#words = words;
    this.#readOwn();
  }

  /** Have the classes in another language. @param {import('./node_words.js').NodeWords} words */
  useWords(words) {
    if (words === this.#words) return;
    this.#words = words;
    this.#definitions.clear();
    this.#readOwn();
    this.revision += 1;
  }

  /** Take what the server says now. @param {unknown} objectInfo */
  describe(objectInfo) {
    this.#described = isObject(objectInfo) ? objectInfo : {};
    this.#definitions.clear();
    this.#readOwn();
    this.revision += 1;
  }

  #readOwn() {
    for (const own of OWN_KINDS) this.#definitions.set(own.name, translated(own, this.#words));
  }

  /** The class of a name; entries are read when they are first asked for.
   * @param {string} type @returns {Definition | undefined} */
  get(type) {
    const known = this.#definitions.get(type);
    if (known || !Object.hasOwn(this.#described, type)) return known;
    const read = translated(readDefinition(type, this.#described[type]), this.#words);
    this.#definitions.set(type, read);
    return read;
  }

  /** @param {string} type @returns {boolean} */
  has(type) {
    return this.#definitions.has(type) || Object.hasOwn(this.#described, type);
  }

  /** Every class, in the server's order, the editor's own last. @returns {Definition[]} */
  all() {
    const names = new Set([...Object.keys(this.#described), ...this.#definitions.keys()]);
    return [...names].map((name) => this.get(name)).filter((found) => found !== undefined);
  }

  /**
   * The classes that answer a query, best first: by title and class name, then by what else people
   * call them, then by category and description, in the reader's language and in English.
   * Deprecated ones come last.
   * @param {string} query
   * @param {{readonly fitting?: Fitting | undefined, readonly more?: readonly Definition[]}} [options] `more` are searched as well
   * @returns {Definition[]}
   */
  search(query, { fitting, more = [] } = {}) {
    /** @type {{definition: Definition, rank: number}[]} */
    const found = [];
    for (const definition of [...more, ...this.all()]) {
      if (fitting && !fits(definition, fitting)) continue;
      const rank = rankOf(definition, query, fitting);
      if (rank > 0) found.push({ definition, rank });
    }
    return found.sort((a, b) => b.rank - a.rank).map(({ definition }) => definition);
  }
}

/** @param {Definition} definition @param {Fitting} fitting @returns {boolean} */
export function fits(definition, { type, side }) {
  const slots = side === 'input' ? definition.inputs : definition.outputs;
  return slots.some((slot) => typesFit(slot.type, type));
}

/** @param {Definition} definition @param {string} query @param {Fitting | undefined} fitting */
function rankOf(definition, query, fitting) {
  const { title, displayName, name, category, description, aliases, original } = definition;
  const names = [title, displayName, name];
  const synonyms = [SYNONYMS[name] ?? '', ...aliases];
  const categories = [category, original?.category ?? ''];
  const rank = Math.max(
    ...names.map((text) => score(query, text)),
    ...synonyms.map((text) => score(query, text) * 0.7),
    ...categories.map((text) => score(query, text) * 0.4),
    hasAll(query, [...names, ...synonyms, ...categories].join(' ')) ? 20 : 0,
    described(query, description),
    described(query, original?.description ?? ''),
  );
  if (rank === 0) return 0;
  return rank * (definition.deprecated ? 0.3 : 1) + (exactly(definition, fitting) ? 3 : 0);
}

/** Whether every word is somewhere in a text. @param {string} query @param {string} text */
function hasAll(query, text) {
  const plain = text.toLowerCase();
  return query.toLowerCase().split(/\s+/).every((word) => plain.includes(word));
}

/** A description is prose: letters scattered over it mean nothing.
 * @param {string} query @param {string} description */
function described(query, description) {
  const words = query.toLowerCase().trim();
  return words.length > 1 + Number(/^[\x00-\x7f]*$/.test(words)) && description.toLowerCase().includes(words) ? 10 : 0;
}

/** @param {Definition} definition @param {Fitting | undefined} fitting */
function exactly(definition, fitting) {
  if (!fitting) return false;
  const slots = fitting.side === 'input' ? definition.inputs : definition.outputs;
  return slots.some((slot) => slot.type === fitting.type);
}
