// @ts-check
/** Weights of words in a prompt: `(word:1.1)`, raised and lowered where the cursor is. Pure. */

/** @typedef {{readonly text: string, readonly start: number, readonly end: number}} Marked a text and what is selected in it */

const STEP = 0.05;

/** Change the weight of the selected words, or of the word or bracket at the cursor.
 * @param {Marked} marked @param {1 | -1} direction @returns {Marked} */
export function weigh(marked, direction) {
  const { text } = marked;
  const { start, end } = reach(marked);
  const inner = text.slice(start, end);
  if (!inner.trim()) return marked;
  const known = /^\(([\s\S]*):\s*(-?\d*\.?\d+)\)$/.exec(inner);
  const words = known?.[1] ?? inner;
  const weight = Math.round((Number(known?.[2] ?? 1) + direction * STEP) * 100) / 100;
  const next = weight === 1 ? words : `(${words}:${weight})`;
  return { text: text.slice(0, start) + next + text.slice(end), start, end: start + next.length };
}

/** @param {Marked} marked */
function reach({ text, start, end }) {
  const around = bracketAround(text, start, end);
  if (around) return around;
  if (start !== end) return trimmed(text, start, end);
  const isWord = (/** @type {string | undefined} */ letter) => letter !== undefined && /[^\s,.()\[\]{}:|]/.test(letter);
  while (isWord(text[start - 1])) start -= 1;
  while (isWord(text[end])) end += 1;
  return { start, end };
}

/** The weighted bracket that a selection is all or part of. @param {string} text @param {number} start @param {number} end */
function bracketAround(text, start, end) {
  for (const match of text.matchAll(/\([^()]*:\s*-?\d*\.?\d+\)/g)) {
    const [from, to] = [match.index, match.index + match[0].length];
    if (from <= start && end <= to) return { start: from, end: to };
  }
  return null;
}

/** A selection without the blanks at its ends. @param {string} text @param {number} start @param {number} end */
function trimmed(text, start, end) {
  while (start < end && /\s/.test(text[start] ?? '')) start += 1;
  while (end > start && /\s/.test(text[end - 1] ?? '')) end -= 1;
  return { start, end };
}
