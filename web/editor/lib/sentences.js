// @ts-check
/**
 * What the server says, in the reader's language.
 *
 * It speaks English, in sentences of known shapes. Such a shape, `expected {what}, got {value}`, has
 * one in the other language; what stands in it is said likewise, `{class}` and
 * `{input}` as nodes show them. What has no shape stays as it is: the sentence of a pack's exception, say.
 */

/** Shapes in English and in the reader's language, the first that fits counts.
 * @typedef {readonly (readonly [string, string])[]} Shapes */
/** `reasons` say why a node runs, `sentences` everything else.
 * @typedef {{readonly sentences: Shapes, readonly reasons: Shapes}} Spoken */
/** @typedef {readonly {readonly fits: RegExp, readonly says: string}[]} Compiled */
/** What classes and inputs are called. @typedef {{readonly [kind: string]: {readonly [name: string]: string}}} Names */

/** What a class is called in English. @typedef {(type: string) => string | undefined} TitleOf */

/** @type {{sentences: Compiled, reasons: Compiled, names: Names, titleOf: TitleOf}} */
let known = { sentences: [], reasons: [], names: {}, titleOf: () => undefined };

/** @param {Partial<Spoken>} spoken of the reader's language; nothing where it is English
 * @param {Names} [names] by `class` and `input` @param {TitleOf} [titleOf] */
export function useSentences({ sentences = [], reasons = [] }, names = {}, titleOf = () => undefined) {
  known = { sentences: sentences.map(compile), reasons: reasons.map(compile), names, titleOf };
}

/** Something that the server says: a problem, a failure, a warning; each line on its own.
 * @param {string} text @returns {string} */
export const say = (text) => text.split('\n').map((line) => sayIn(known.sentences, line)).join('\n');

/** Why a node runs: several changes with commas between them. @param {string} text @returns {string} */
export function sayReason(text) {
  const parts = text.split(OUTSIDE_QUOTES);
  const said = parts.map((part) => sayIn(known.reasons, part));
  return said.some((part, index) => part !== parts[index]) ? said.join('，') : sayIn(known.reasons, text);
}

const OUTSIDE_QUOTES = /, (?=(?:[^']*'[^']*')*[^']*$)/;

/** @param {readonly [string, string]} shape */
function compile([english, says]) {
  const pattern = english.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{(\w+)\}/g, (_, name) => `(?<${name}>${name === 'input' ? '[\\w.]+' : '.+?'})`);
  return { fits: new RegExp(`^${pattern}$`, 'su'), says };
}

/** @param {Compiled} shapes @param {string} text @returns {string} */
function sayIn(shapes, text) {
  for (const { fits, says } of shapes) {
    const found = fits.exec(text);
    if (!found) continue;
    const { groups = {} } = found;
    return says.replace(/\{(\w+)\}/g, (whole, name) => {
      const part = groups[name] ?? whole;
      const named = known.names[name]?.[part] ?? (name === 'class' ? titled(part) : undefined);
      if (named) return named;
      // A shape that is all of a text would find itself again and again.
      return part.length < text.length ? sayIn(shapes, part) : part;
    });
  }
  return text;
}

/** A class and what its node is called, which is said only where somebody has named it. @param {string} text @returns {string | undefined} */
function titled(text) {
  const [, type = '', title] = /^(\S+) "(.*)"$/s.exec(text) ?? [];
  const named = known.names['class']?.[type];
  return named && (title === known.titleOf(type) || title === named ? named : `${named}“${title}”`);
}
