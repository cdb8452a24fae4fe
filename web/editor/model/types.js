// @ts-check
/** Socket types: `*` takes all, `INT,FLOAT` takes both. */

import { parts } from '../lib/parts.js';

/** Whether a link between two types may be. @param {string} one @param {string} other @returns {boolean} */
export function typesFit(one, other) {
  if (one === other || one === '*' || other === '*') return true;
  const taken = parts(other.toUpperCase());
  return parts(one.toUpperCase()).some((type) => taken.includes(type));
}

/** A socket type as files and servers write it: a list of options is a `COMBO`.
 * @param {unknown} written @returns {string} */
export function socketType(written) {
  if (typeof written === 'string') return written || '*';
  return Array.isArray(written) ? 'COMBO' : '*';
}
