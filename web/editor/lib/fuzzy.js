// @ts-check
/**
 * How well a text answers what someone has typed, so that lists can be ranked while they type.
 *
 * Each word of the query must be found: as the whole text, as its beginning, as the beginning of a
 * word in it, somewhere in it, or letter by letter in order. Earlier and denser is better.
 */

const WHOLE = 100;
const START = 80;
const WORD_START = 60;
const INSIDE = 40;
const SCATTERED = 20;

/** @param {string} query @param {string} text @returns {number} 0 for no match, up to 100 */
export function score(query, text) {
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return 1;
  const plain = text.toLowerCase();
  if (plain === words.join(' ')) return WHOLE;
  let total = 0;
  for (const word of words) {
    const found = scoreWord(word, plain, text);
    if (found === 0) return 0;
    total += found;
  }
  return total / words.length;
}

/** @param {string} word @param {string} plain in small letters @param {string} text */
function scoreWord(word, plain, text) {
  const brevity = word.length / Math.max(plain.length, 1);
  if (plain === word) return WHOLE;
  if (plain.startsWith(word)) return START + 10 * brevity;
  const at = plain.indexOf(word);
  if (at >= 0) {
    const starts = wordStarts(text);
    const atWord = starts.some((start) => plain.startsWith(word, start));
    return (atWord ? WORD_START : INSIDE) + 10 * brevity;
  }
  const initials = wordStarts(text).map((start) => plain[start]).join('');
  if (word.length > 1 && initials.startsWith(word)) return WORD_START - 5 + 10 * brevity;
  return scattered(word, plain);
}

/** What has been found by `wordStarts`: lists are searched again with every letter that is typed.
 * @type {Map<string, number[]>} */
const known = new Map();
const MOST_KNOWN = 20_000;

/** Where words begin, also within CamelCase and snake_case. @param {string} text @returns {number[]} */
function wordStarts(text) {
  const found = known.get(text);
  if (found) return found;
  /** @type {number[]} */
  const starts = [];
  for (const match of text.matchAll(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\x00-\x7f]/g)) {
    starts.push(match.index);
  }
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(text, starts);
  return starts;
}

/** @param {string} word @param {string} plain */
function scattered(word, plain) {
  let from = 0;
  let first = -1;
  for (const letter of word) {
    const at = plain.indexOf(letter, from);
    if (at < 0) return 0;
    if (first < 0) first = at;
    from = at + 1;
  }
  const density = word.length / (from - first);
  return density < 0.4 ? 0 : SCATTERED * density;
}
