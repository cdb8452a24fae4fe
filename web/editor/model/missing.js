// @ts-check
/** What a workflow asks for that is not there: node classes, and files that combos do not offer. */

import { nearest } from '../lib/nearest.js';
import { keyOf } from './keys.js';
import { isCovered } from './edits/fields.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./catalogue.js').Catalogue} Catalogue */

/** A value that its field does not offer, and the most similar one that it does.
 * @typedef {{readonly node: string, readonly graph: string, readonly field: string, readonly value: string,
 *   readonly nearest: string | null}} MissingFile */

/** @param {Store} store @param {Catalogue} catalogue
 * @returns {{classes: Map<string, string[]>, files: MissingFile[]}} classes with the keys of their nodes */
export function missingFrom(store, catalogue) {
  /** @type {Map<string, string[]>} */
  const classes = new Map();
  /** @type {MissingFile[]} */
  const files = [];
  for (const { id: graph } of store.all('graph')) {
    for (const node of store.all('node', graph)) {
      if (store.graph(node.type)) continue;
      const definition = catalogue.get(node.type);
      if (!definition) classes.set(node.type, [...(classes.get(node.type) ?? []), keyOf(node)]);
      for (const input of definition?.inputs ?? []) {
        const value = node.values[input.name];
        if (!['combo', 'image'].includes(input.kind) || typeof value !== 'string' || !value) continue;
        if (input.options.includes(value) || isCovered(store, node, input.name) || input.raw.remote) continue;
        const names = input.options.map(String);
        files.push({ node: keyOf(node), graph, field: input.name, value, nearest: nearest(value, names) });
      }
    }
  }
  return { classes, files };
}
