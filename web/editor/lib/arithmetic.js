// @ts-check
/**
 * Numbers as people type them: `512*1.5`, `(1024-64)/8`, `2^10`, `1,5`.
 *
 * A decimal comma counts as a point. `^` binds tighter than a sign before it and to the right, as in
 * mathematics; `%` is the remainder with the sign of the divisor.
 */

/** @param {string} text @returns {number | null} null if it is no arithmetic, or has no finite result */
export function evaluate(text) {
  const tokens = tokenize(text);
  if (!tokens || tokens.length === 0) return null;
  const reader = { tokens, at: 0 };
  const value = sum(reader, 0);
  return reader.at === tokens.length && Number.isFinite(value) ? value : null;
}

/** @typedef {{readonly tokens: readonly string[], at: number}} Reader */

const MAX_DEPTH = 100;

/** @param {string} text @returns {string[] | null} */
function tokenize(text) {
  const plain = text.replace(/[×·]/g, '*').replace(/÷/g, '/').replace(/−/g, '-').replaceAll('**', '^').replace(/(\d),(\d)/g, '$1.$2');
  const tokens = plain.match(/(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[-+*/%^()]|\S/gi) ?? [];
  return tokens.every((token) => /^[\d.]|^[-+*/%^()]$/.test(token)) ? tokens : null;
}

/** @param {Reader} reader @param {number} depth @returns {number} */
function sum(reader, depth) {
  let value = product(reader, depth);
  for (;;) {
    const sign = reader.tokens[reader.at];
    if (sign !== '+' && sign !== '-') return value;
    reader.at += 1;
    const next = product(reader, depth);
    value = sign === '+' ? value + next : value - next;
  }
}

/** @param {Reader} reader @param {number} depth @returns {number} */
function product(reader, depth) {
  let value = signed(reader, depth);
  for (;;) {
    const sign = reader.tokens[reader.at];
    if (sign !== '*' && sign !== '/' && sign !== '%') return value;
    reader.at += 1;
    const next = signed(reader, depth);
    if (sign === '*') value *= next;
    else if (sign === '/') value /= next;
    else value -= next * Math.floor(value / next);
  }
}

/** @param {Reader} reader @param {number} depth @returns {number} */
function signed(reader, depth) {
  const sign = reader.tokens[reader.at];
  if (depth > MAX_DEPTH || (sign !== '-' && sign !== '+')) return power(reader, depth);
  reader.at += 1;
  const value = signed(reader, depth + 1);
  return sign === '-' ? -value : value;
}

/** @param {Reader} reader @param {number} depth @returns {number} */
function power(reader, depth) {
  const base = atom(reader, depth);
  if (reader.tokens[reader.at] !== '^' || depth > MAX_DEPTH) return base;
  reader.at += 1;
  return base ** signed(reader, depth + 1);
}

/** @param {Reader} reader @param {number} depth @returns {number} */
function atom(reader, depth) {
  const token = reader.tokens[reader.at];
  reader.at += 1;
  if (token === '(' && depth < MAX_DEPTH) {
    const value = sum(reader, depth + 1);
    const closed = reader.tokens[reader.at] === ')';
    reader.at += 1;
    return closed ? value : NaN;
  }
  return token !== undefined && /^[\d.]/.test(token) ? Number(token) : NaN;
}

/** The nearest number that a field can hold: within its range, on its steps.
 * @param {number} value @param {{readonly min: number, readonly max: number, readonly round: number}} range
 * `round` is what values are multiples of, 0 for no matter what @returns {number} */
export function fit(value, { min, max, round }) {
  const stepped = round > 0 ? Math.round(value / round) * round : value;
  const digits = round > 0 ? Math.max(0, Math.ceil(-Math.log10(round)) + 1) : 0;
  const plain = round > 0 && round < 1 ? Number(stepped.toFixed(Math.min(digits, 20))) : stepped;
  return Math.min(Math.max(plain, min), max);
}
