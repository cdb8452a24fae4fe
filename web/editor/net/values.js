// @ts-check
/** What flowed through links in a job, asked for once and remembered. */

import { asList, asNumber, asObject, asText, isObject } from '../lib/json.js';
import { getJson, ServerError } from './api.js';

/** @typedef {import('../lib/json.js').JsonObject} JsonObject */
/** An output of a node, named as in jobs. @typedef {{readonly node: string, readonly slot: number}} Source */
/** `null` for what is not kept any more. @typedef {Promise<JsonObject | null>} Asked */

const MOST = 300;
/** @type {Map<string, Asked>} */
const known = new Map();

/** @param {string} job @param {Source} source @returns {Asked} @throws {ServerError} it cannot be asked now */
export function valueOf(job, { node, slot }) {
  const path = `/value/${encodeURIComponent(job)}/${encodeURIComponent(node)}/${slot}`;
  const found = known.get(path) ?? fetchValue(path);
  known.delete(path);
  known.set(path, found);
  for (const oldest of known.keys()) {
    if (known.size <= MOST) break;
    known.delete(oldest);
  }
  return found;
}

/** @param {string} path @returns {Asked} */
async function fetchValue(path) {
  try {
    return asObject(await getJson(path));
  } catch (error) {
    // It may be there later: a job that runs, a worker that starts.
    known.delete(path);
    if (error instanceof ServerError && error.status === 404) return null;
    throw error;
  }
}

/** Which node of a job made what goes into an input: through bypassed nodes, reroutes and subgraphs. Nodes as jobs name them.
 * @param {import('./forecast.js').Prompt} prompt @param {string} node @param {string} input @returns {Source | null} */
export function sourceIn(prompt, node, input) {
  const link = Object.hasOwn(prompt, node) ? prompt[node]?.inputs[input] : null;
  return Array.isArray(link) && link.length === 2 ? { node: String(link[0]), slot: asNumber(link[1], 0) } : null;
}

/** What is worth a line each, as pairs of a word's key and a text. @param {JsonObject} value @returns {[string, string][]} */
export function linesOf(value) {
  /** @type {[string, string][]} */
  const lines = [];
  const { shape, min, max, mean, dtype, device, count, kind, fields, items } = value;
  if (Array.isArray(shape)) lines.push(['value.shape', shape.join(' × ')]);
  if (min !== undefined && max !== undefined) lines.push(['value.range', `${brief(min)} … ${brief(max)}`]);
  if (mean !== undefined) lines.push(['value.mean', brief(mean)]);
  if (asText(dtype)) lines.push(['value.dtype', [asText(dtype), asText(device)].filter(Boolean).join(', ')]);
  if (typeof count === 'number') lines.push(['value.count', String(count)]);
  if (lines.length === 0 && asText(kind)) lines.push(['value.kind', asText(kind)]);
  const [first] = asList(items);
  if (Array.isArray(first)) lines.push(['value.first', first.map(String).join(', ')]);
  if (isObject(fields) && !Array.isArray(shape)) for (const [name, about] of Object.entries(fields).slice(0, 6)) lines.push([name, asText(about)]);
  return lines;
}

/** @param {unknown} number NaN and infinity come as text */
const brief = (number) => (typeof number === 'number' ? String(Number(number.toPrecision(4))) : String(number));
