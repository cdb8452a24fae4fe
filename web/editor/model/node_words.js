// @ts-check
/**
 * Node classes in the reader's language.
 *
 * What a class declares is in English. Words of another language are laid over it when the class is
 * read; files never hear of them. The words of the classes that come with the server are in
 * `locales/`: titles by class, the names of inputs and outputs, options and categories by the word,
 * prose by the English sentence that it stands for. Packs bring theirs in ComfyUI's layout
 * (`locales/zh/nodeDefs.json`), by class.
 */

import { asObject, asText } from '../lib/json.js';

/** @typedef {import('./definition.js').Definition} Definition */
/** @typedef {import('./definition.js').InputDefinition} InputDefinition */
/** @typedef {import('./definition.js').OutputDefinition} OutputDefinition */
/** @typedef {{readonly [word: string]: string}} Texts */

/**
 * Words of one language. `titles` and `synonyms` are by class; `inputs`, `outputs`, `categories` by
 * their own name, `options` by input; `texts` by English sentence; `classes` as packs write them;
 * `spoken` is what the server says.
 * @typedef {{
 *   readonly titles: Texts, readonly synonyms: Texts, readonly categories: Texts,
 *   readonly inputs: Texts, readonly outputs: Texts,
 *   readonly options: {readonly [input: string]: Texts},
 *   readonly texts: Texts, readonly classes: {readonly [type: string]: unknown},
 *   readonly spoken: Partial<import('../lib/sentences.js').Spoken>,
 * }} NodeWords
 */

/** @type {NodeWords} */
export const NO_WORDS = Object.freeze({
  titles: {}, synonyms: {}, categories: {}, inputs: {}, outputs: {}, options: {}, texts: {}, classes: {}, spoken: {},
});

/** Words of our own and those that packs bring. @param {unknown} own @param {unknown} packs @returns {NodeWords} */
export function nodeWords(own, packs = {}) {
  const [ours, theirs] = [asObject(own), asObject(packs)];
  const words = /** @type {NodeWords} */ (/** @type {unknown} */ ({ ...NO_WORDS, ...ours }));
  return {
    ...words,
    categories: { ...textsOf(theirs['nodeCategories']), ...words.categories },
    classes: { ...asObject(theirs['nodeDefs']), ...words.classes },
  };
}

/** A class in the reader's language. @param {Definition} definition @param {NodeWords} words @returns {Definition} */
export function translated(definition, words) {
  if (words === NO_WORDS) return definition;
  const about = asObject(words.classes[definition.name]);
  const known = Object.hasOwn(words.titles, definition.name);
  const [inputs, outputs] = [asObject(about['inputs']), asObject(about['outputs'])];
  const read = definition.inputs.map((input) => translatedInput(input, asObject(inputs[keyOf(input.name)]), words, known));
  const byName = new Map(read.map((input) => [input.name, input]));
  return {
    ...definition,
    original: definition,
    title: asText(about['display_name']) || words.titles[definition.name] || definition.title,
    category: categoryIn(definition.category, words),
    description: asText(about['description']) || said(definition.description, words),
    aliases: [...definition.aliases, words.synonyms[definition.name] ?? ''].filter(Boolean),
    inputs: read,
    outputs: definition.outputs.map((output, index) => translatedOutput(output, asObject(outputs[index]), words, known)),
    fields: definition.fields.map((field) => ({ ...field, input: byName.get(field.input?.name ?? '') ?? field.input })),
  };
}

/** @param {InputDefinition} input @param {import('../lib/json.js').JsonObject} about @param {NodeWords} words
 * @param {boolean} known whether the shared words were written with this class in mind @returns {InputDefinition} */
function translatedInput(input, about, words, known) {
  return {
    ...input,
    label: asText(about['name']) || (known && words.inputs[input.name]) || input.label,
    tooltip: asText(about['tooltip']) || said(input.tooltip, words),
    optionLabels: { ...(known ? words.options[input.name] : {}), ...textsOf(about['options']) },
  };
}

/** @param {OutputDefinition} output @param {import('../lib/json.js').JsonObject} about @param {NodeWords} words
 * @param {boolean} known @returns {OutputDefinition} */
function translatedOutput(output, about, words, known) {
  const shared = known || output.name === output.type ? words.outputs[output.name] : '';
  return {
    ...output,
    label: asText(about['name']) || shared || output.label,
    tooltip: asText(about['tooltip']) || said(output.tooltip, words),
  };
}

/** A category is a path; its words are translated each on its own. @param {string} category @param {NodeWords} words */
export const categoryIn = (category, words) =>
  category.split('/').map((word) => words.categories[word] ?? word).join('/');

/** @param {string} text @param {NodeWords} words */
const said = (text, words) => words.texts[text] ?? text;

/** What is called so in files of packs: no dots, since these files nest by dots. @param {string} name */
const keyOf = (name) => name.replaceAll('.', '_');

/** @param {unknown} value @returns {Texts} */
const textsOf = (value) =>
  Object.fromEntries(Object.entries(asObject(value)).flatMap(([key, text]) => (asText(text) ? [[key, asText(text)]] : [])));

/** What a socket of a node is called: as the user says, as its class does, or by its name in the file.
 * @param {Definition | undefined} definition @param {'input' | 'output'} side @param {number} index
 * @param {import('./records.js').Slot} slot @returns {string} */
export function slotLabel(definition, side, index, slot) {
  if (slot.label) return slot.label;
  const declared = side === 'output'
    ? definition?.outputs[index]
    : definition?.inputs.find(({ name }) => name === slot.name);
  return declared?.name === slot.name && declared.label ? declared.label : slot.name || slot.type;
}

/** An option as it is shown. @param {InputDefinition | null | undefined} input @param {unknown} value @returns {string} */
export function optionLabel(input, value) {
  const text = String(value);
  return input?.optionLabels[text] ?? text;
}
