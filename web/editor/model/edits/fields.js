// @ts-check
/** Edits between fields and inputs: a field can be typed in or, as an input, be linked. */

import { nodeKey } from '../keys.js';
import { slot } from '../slots.js';
import { removeSlot } from './ports.js';

/** @typedef {import('../store.js').Transaction} Transaction */
/** @typedef {import('../definition.js').Definition} Definition */

/** Give a field a socket, if it has none. @param {Transaction} tx @param {string} key the node's
 * @param {Definition} definition its class @param {string} name the field's
 * @returns {number} the number of the input that stands for the field, -1 if it cannot have one */
export function widgetToInput(tx, key, definition, name) {
  const node = tx.store.get(key);
  if (node?.kind !== 'node') return -1;
  const there = node.inputs.findIndex((input) => input.widget === name || input.name === name);
  if (there >= 0) return there;
  const declared = definition.inputs.find((input) => input.name === name);
  if (!declared || declared.kind === 'button' || declared.socketless) return -1;
  const added = slot(name, declared.type, { widget: name, optional: declared.optional });
  tx.put({ ...node, inputs: [...node.inputs, added] });
  return node.inputs.length;
}

/** Take a field's socket away, with its link. @param {Transaction} tx @param {string} key @param {string} name */
export function inputToWidget(tx, key, name) {
  const node = tx.store.get(key);
  if (node?.kind !== 'node') return;
  const at = node.inputs.findIndex((input) => input.widget === name);
  if (at >= 0) removeSlot(tx, node, 'inputs', at);
}

/** Whether a link covers a field, so that what is typed into it does not count.
 * @param {import('../store.js').Store} store @param {import('../records.js').NodeRecord} node @param {string} name */
export function isCovered(store, node, name) {
  const at = node.inputs.findIndex((input) => input.widget === name);
  return at >= 0 && store.linksInto(nodeKey(node.graph, node.id), at).length > 0;
}
