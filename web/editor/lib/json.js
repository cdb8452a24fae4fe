// @ts-check
/** JSON values of unknown shape, read without fear. */

/** @typedef {{[key: string]: Json}} JsonObject */
/** A BigInt is a whole number too long for a number: see `exact.js`.
 * @typedef {null | boolean | number | bigint | string | JsonList | JsonObject} Json */
/** @typedef {Json[]} JsonList */

/** @param {unknown} value @returns {value is JsonObject} */
export const isObject = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @param {unknown} value @returns {JsonObject} the value if it is an object, else an empty one */
export const asObject = (value) => (isObject(value) ? value : {});

/** @param {unknown} value @returns {Json[]} the value if it is a list, else an empty one */
export const asList = (value) => (Array.isArray(value) ? value : []);

/** @param {unknown} value @returns {string} the value if it is text, else an empty one */
export const asText = (value) => (typeof value === 'string' ? value : '');

/** @param {unknown} value @param {number} otherwise @returns {number} */
export const asNumber = (value, otherwise) => {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : otherwise;
};

/** Whether two values mean the same; the order of an object's keys means nothing.
 * @param {unknown} a @param {unknown} b @returns {boolean} */
export function equal(a, b) {
  if (Object.is(a, b) || (a === 0 && b === 0)) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => equal(item, b[i]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]));
}

/** What is left of an object without some of its keys.
 * @param {JsonObject} object @param {readonly string[]} keys @returns {JsonObject} */
export function without(object, keys) {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}
