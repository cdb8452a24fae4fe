// @ts-check
/**
 * JSON and whole numbers without loss: seeds go up to 2^64 - 1, JavaScript's numbers are exact up to
 * 2^53 only. What is beyond is a BigInt from the reading of a file to its writing.
 */

/** What a BigInt is written as for a moment, before its quotes are taken off. */
const MARK = '\u0000exact:';
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const LONG = /^-?\d{16,}$/;

/** @param {string} text @returns {any} @throws {SyntaxError} it is no JSON */
export function parseJson(text) {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  let found = false;
  const marked = text.replace(TOKEN, (part) => {
    if (!LONG.test(part) || Number.isSafeInteger(Number(part))) return part;
    found = true;
    return JSON.stringify(MARK + part);
  });
  if (!found) return JSON.parse(text);
  return JSON.parse(marked, (_, value) =>
    typeof value === 'string' && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value);
}

/** @param {unknown} value @param {number} [indent] @returns {string} */
export function writeJson(value, indent) {
  let found = false;
  /** @this {any} @param {string} key @param {unknown} shown */
  function replace(key, shown) {
    const held = this[key];
    if (typeof held !== 'bigint') return shown;
    found = true;
    return MARK + held;
  }
  const text = JSON.stringify(value, replace, indent);
  return found ? text.replace(/"\\u0000exact:(-?\d+)"/g, '$1') : text;
}

// Whoever writes JSON without knowing of this gets the nearest number, and no error.
if (!('toJSON' in BigInt.prototype)) {
  Object.defineProperty(BigInt.prototype, 'toJSON', { value: toNumber, configurable: true, writable: true });
}

/** @this {bigint} */
function toNumber() {
  return Number(this);
}

/** A number where one is exact, else a BigInt. @param {bigint} value @returns {number | bigint} */
export function narrow(value) {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** A long whole number as it is typed. @param {string} text @returns {number | bigint | null} null for what is none, or short */
export const longInteger = (text) => (/^\s*[+-]?\d{16,}\s*$/.test(text) ? narrow(BigInt(text.trim().replace(/^\+/, ''))) : null);

/** The sum of whole numbers within a range. @param {number | bigint} value @param {number} by
 * @param {{readonly min: number, readonly max: number}} range @returns {number | bigint} */
export function addWhole(value, by, range) {
  const sum = whole(value) + whole(by);
  const [low, high] = [edge(range.min), edge(range.max)];
  if (low !== null && sum < low) return narrow(low);
  return narrow(high !== null && sum > high ? high : sum);
}

/** @param {number | bigint} value */
const whole = (value) => (typeof value === 'bigint' ? value : BigInt(Math.round(Number.isFinite(value) ? value : 0)));

/** The end of a range. 2^63 and 2^64 stand for the largest numbers below them, which no number here is exactly.
 * @param {number} value */
function edge(value) {
  if (!Number.isFinite(value)) return null;
  return value === 2 ** 64 || value === 2 ** 63 ? BigInt(value) - 1n : BigInt(Math.trunc(value));
}
