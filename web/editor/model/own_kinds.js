// @ts-check
/** The classes that only editors know: the engine never hears of nodes of these. */

import { field } from './fields.js';
import { readInput } from './definition.js';

/** @typedef {import('./definition.js').Definition} Definition */

/** @param {string} name @param {Partial<Definition>} facts @returns {Definition} */
const own = (name, facts) => ({
  name,
  displayName: name,
  title: facts.displayName ?? name,
  category: 'utils',
  description: '',
  source: 'editor',
  aliases: [],
  inputs: [],
  outputs: [],
  fields: [],
  output: false,
  deprecated: false,
  experimental: false,
  original: null,
  ...facts,
});

const text = readInput('text', ['STRING', { multiline: true, socketless: true, default: '' }], false);
const note = { inputs: [text], fields: [field('text', { input: text, initial: '', sent: false })] };
const anything = { name: '', type: '*', label: '', isList: false, tooltip: '' };
const TO_FIELD = 'connect to widget input';

/** @type {readonly Definition[]} */
export const OWN_KINDS = [
  own('Note', note),
  own('MarkdownNote', { ...note, displayName: 'Markdown Note' }),
  own('Reroute', { inputs: [readInput('', ['*'], true)], outputs: [anything] }),
  own('PrimitiveNode', { displayName: 'Primitive', outputs: [{ ...anything, name: TO_FIELD, label: TO_FIELD }] }),
];

const NAMES = new Set(OWN_KINDS.map((kind) => kind.name));

/** @param {string} type */
export const isOwnKind = (type) => NAMES.has(type);

/** @param {string} type */
export const isNote = (type) => type === 'Note' || type === 'MarkdownNote';
