// @ts-check
/** What becomes of steered fields after each run: `control_after_generate`. */

import { addWhole } from '../lib/exact.js';
import { keyOf } from './keys.js';
import { isCovered } from './edits/fields.js';
import { setValue } from './edits/nodes.js';

/** @typedef {import('../lib/json.js').Json} Json */
/** @typedef {import('./store.js').Transaction} Transaction */
/** @typedef {import('./definitions.js').Definitions} Definitions */
/** @typedef {import('./definition.js').InputDefinition} InputDefinition */

/** ComfyUI draws seeds below 2**50; more would not all be whole numbers here. */
const LARGEST = 2 ** 50;

/** Give steered fields of all nodes their next value, muted and linked ones excepted.
 * @param {Transaction} tx @param {Definitions} definitions @param {() => number} [random] from 0 up to 1 */
export function steerAll(tx, definitions, random = Math.random) {
  for (const graph of [...tx.store.all('graph')]) {
    for (const node of [...tx.store.all('node', graph.id)]) {
      for (const field of definitions.of(node)?.fields ?? []) {
        if (field.steers === null || node.mode !== 0) continue;
        const input = definitions.of(node)?.inputs.find((one) => one.name === field.steers);
        if (!input || isCovered(tx.store, node, input.name)) continue;
        const value = node.values[input.name] ?? null;
        const next = steered(value, node.values[field.name] ?? field.initial, input, node.values[`${input.name}.filter`], random);
        if (next !== value) setValue(tx, keyOf(node), input.name, next);
      }
    }
  }
}

/** @param {Json} value @param {Json} how @param {InputDefinition} input @param {Json | undefined} filter
 * @param {() => number} random @returns {Json} */
export function steered(value, how, input, filter, random) {
  if (input.kind === 'int' || input.kind === 'number') return steeredNumber(typeof value === 'bigint' ? value : Number(value) || 0, how, input, random);
  const options = input.options.filter((option) => typeof filter !== 'string' || passes(String(option), filter));
  const at = options.indexOf(value);
  if (options.length === 0) return value;
  if (how === 'randomize') return options[Math.floor(random() * options.length)] ?? value;
  const by = how === 'decrement' ? -1 : how === 'increment' || how === 'increment-wrap' ? 1 : 0;
  const next = how === 'increment-wrap' ? (at + 1) % options.length : Math.min(Math.max(at + by, 0), options.length - 1);
  return by === 0 ? value : (options[next] ?? value);
}

/** @param {number | bigint} value @param {Json} how @param {InputDefinition} input @param {() => number} random */
function steeredNumber(value, how, { min, max, step: width, kind }, random) {
  const low = Math.max(min, -LARGEST);
  const high = Math.min(max, LARGEST);
  const by = kind === 'int' ? Math.max(1, Math.round(width)) : width;
  const step = how === 'increment' ? by : how === 'decrement' ? -by : 0;
  if (step && kind === 'int') return addWhole(value, step, { min, max });
  if (step) return Math.min(Math.max(Number(value) + step, min), max);
  if (how !== 'randomize') return value;
  return low + Math.floor(random() * (Math.floor((high - low) / by) + (kind === 'int' ? 1 : 0))) * by;
}

/** Whether an option passes a filter: text that it has in it, or a pattern between slashes.
 * @param {string} option @param {string} filter */
function passes(option, filter) {
  const pattern = /^\/(.*)\/$/.exec(filter);
  if (!pattern) return option.toLowerCase().includes(filter.toLowerCase());
  try {
    return new RegExp(pattern[1] ?? '').test(option);
  } catch {
    return true;
  }
}
