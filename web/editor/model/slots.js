// @ts-check
/** Slots of new nodes, and where links may end: on nodes, or on the two borders of a subgraph. */

import { INPUTS, OUTPUTS } from './records.js';

/** @typedef {import('./records.js').Slot} Slot */
/** @typedef {import('./records.js').GraphRecord} GraphRecord */
/** @typedef {import('./definition.js').Definition} Definition */
/** @typedef {import('./definition.js').InputDefinition} InputDefinition */
/** @typedef {import('./store.js').Store} Store */

/**
 * An end of a link: an output of a node (or of the border '-10') or an input of one (or of '-20').
 * On a border, the number behind the last slot stands for a new one.
 * @typedef {{readonly graph: string, readonly node: string, readonly slot: number}} End
 */

/** Files say with 7 that an input can go without a link. */
const OPTIONAL_SHAPE = 7;
const LIST_SHAPE = 6;

/** @param {string} name @param {string} type @param {Partial<Slot>} [facts] @returns {Slot} */
export function slot(name, type, facts = {}) {
  return { name, type, label: null, widget: null, optional: false, extra: {}, ...facts };
}

/** Whether an input can be typed in and linked both. @param {InputDefinition} input */
export const isLinkableField = (input) =>
  input.kind !== 'socket' && input.kind !== 'button' && !input.socketless;

/** The inputs of a new node: sockets before those that stand for a field, as in files.
 * @param {Definition} definition @returns {Slot[]} */
export function inputSlots({ inputs }) {
  const sockets = inputs.filter((input) => input.kind === 'socket').map(socketFor);
  const fields = inputs.filter(isLinkableField).map(socketFor);
  return [...sockets, ...fields];
}

/** @param {InputDefinition} input @returns {Slot} */
export function socketFor(input) {
  const field = input.kind !== 'socket';
  return slot(input.name, input.type, {
    widget: field ? input.name : null,
    optional: input.optional,
    extra: input.optional && !field ? { shape: OPTIONAL_SHAPE } : {},
  });
}

/** @param {Definition} definition @returns {Slot[]} */
export function outputSlots({ outputs }) {
  return outputs.map((output) =>
    slot(output.name, output.type, { extra: output.isList ? { shape: LIST_SHAPE } : {} }),
  );
}

/** The slots that links come from at an end: a node's outputs, or a subgraph's own inputs.
 * @param {Store} store @param {{graph: string, node: string}} end @returns {readonly Slot[] | undefined} */
export function sourceSlots(store, { graph, node }) {
  return node === INPUTS ? store.graph(graph)?.inputs : store.node(graph, node)?.outputs;
}

/** The slots that links go to at an end: a node's inputs, or a subgraph's own outputs.
 * @param {Store} store @param {{graph: string, node: string}} end @returns {readonly Slot[] | undefined} */
export function targetSlots(store, { graph, node }) {
  return node === OUTPUTS ? store.graph(graph)?.outputs : store.node(graph, node)?.inputs;
}

/** A name that is not taken: the wanted one, or it with the first free number behind.
 * @param {string} wanted @param {Iterable<string>} taken @returns {string} */
export function freeName(wanted, taken) {
  const names = new Set(taken);
  let name = wanted;
  for (let number = 1; names.has(name); number += 1) name = `${wanted}_${number}`;
  return name;
}
