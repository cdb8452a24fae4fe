// @ts-check
/** Records as what `POST /prompt` wants: API format, the same as the server makes of the file. */

import { isObject } from '../lib/json.js';
import { choose } from './dynamic_prompts.js';
import { FormatError } from './errors.js';
import { unfold } from './placed.js';
import { sourceOf } from './trace.js';

/** @typedef {import('../lib/json.js').Json} Json */
/** @typedef {import('../model/store.js').Store} Store */
/** @typedef {import('../model/catalogue.js').Catalogue} Catalogue */
/** @typedef {import('./placed.js').Placed} Placed */
/** @typedef {{class_type: string, inputs: {[name: string]: Json}, _meta?: {title: string}}} ApiNode */
/** @typedef {{[id: string]: ApiNode}} Prompt */

/** @param {Store} store @param {Catalogue} catalogue @param {() => number} [random] decides between the `{a|b}` of prompts
 * @returns {Prompt} @throws {FormatError} links go round in a circle, or nothing is there that runs */
export function writeApi(store, catalogue, random = Math.random) {
  /** @type {Prompt} */
  const prompt = {};
  for (const level of unfold(store, catalogue)) {
    for (const placed of level.nodes.values()) {
      if (placed.kind === 'node' && placed.node.mode === 0) prompt[placed.id] = writeNode(store, placed, random);
    }
  }
  if (Object.keys(prompt).length === 0) throw new FormatError('formats.nothingRuns');
  return prompt;
}

/** @param {Store} store @param {Placed} placed @param {() => number} random @returns {ApiNode} */
function writeNode(store, placed, random) {
  const { node, definition } = placed;
  if (/^workflow[>/]/.test(node.type)) throw new FormatError('formats.groupNode', { node: placed.id });
  const inputs = typedIn(placed, random);
  placed.inputs.forEach((input, number) => {
    if (!input.link || !input.name) return;
    const source = sourceOf(store, placed, number);
    if (source === 'muted') delete inputs[input.name];
    else if (source === 'unfed') return;
    else if ('link' in source) inputs[input.name] = [...source.link];
    else inputs[input.name] = wrapped(source.value);
  });
  const title = node.title || (definition?.displayName ?? node.type);
  return { class_type: node.type, inputs, ...(title ? { _meta: { title } } : {}) };
}

/** @param {Placed} placed @param {() => number} random */
function typedIn({ fields, definition }, random) {
  /** @type {{[name: string]: Json}} */
  const inputs = {};
  const dynamic = new Set(definition?.inputs.filter((input) => input.dynamicPrompts).map((input) => input.name));
  for (const [name, value] of Object.entries(fields)) {
    const chosen = typeof value === 'string' && dynamic.has(name) ? choose(value, random) : value;
    inputs[name] = wrapped(chosen);
  }
  return inputs;
}

/** A list that is a value is wrapped, since a bare one looks like a link. @param {Json} value @returns {Json} */
function wrapped(value) {
  const like = Array.isArray(value) || (isObject(value) && Object.hasOwn(value, '__value__'));
  return like ? { __value__: structuredClone(value) } : value;
}
