// @ts-check
/**
 * Following a link back to what really feeds it: a node that runs, a typed-in value, or nothing. On
 * the way lie reroutes, bypassed nodes and the borders of subgraphs, as in `graph/formats/trace.py`.
 */

import { nodeKey } from '../model/keys.js';
import { INPUTS, OUTPUTS } from '../model/records.js';
import { typesFit } from '../model/types.js';
import { FormatError } from './errors.js';

/** @typedef {import('../lib/json.js').Json} Json */
/** @typedef {import('../model/store.js').Store} Store */
/** @typedef {import('./placed.js').Placed} Placed */
/** @typedef {import('./placed.js').Level} Level */

/** `muted`: it goes without, field or not. `unfed`: it keeps what is typed into its field.
 * @typedef {{readonly link: readonly [string, number]} | {readonly value: Json} | 'muted' | 'unfed'} Answer */

/** What feeds an input (`into`), or what comes out of an output, as something of a type?
 * @typedef {{readonly node: Placed, readonly number: number, readonly wanted: string, readonly into: boolean}} Question */

/** @param {Store} store @param {Placed} node @param {number} number of the input @returns {Answer}
 * @throws {FormatError} links go round in a circle */
export const sourceOf = (store, node, number) => follow(store, { node, number, wanted: node.inputs[number]?.type ?? '*', into: true });

/** What comes out of a node, whatever stands behind it.
 * @param {Store} store @param {Placed} node @param {number} number of the output @returns {Answer}
 * @throws {FormatError} links go round in a circle */
export const outcomeOf = (store, node, number) => follow(store, { node, number, wanted: node.outputs[number] ?? '*', into: false });

/** @param {Store} store @param {Question} question @returns {Answer} */
function follow(store, question) {
  /** @type {Question | Answer} */
  let step = question;
  const asked = new Set();
  while (typeof step === 'object' && 'wanted' in step) {
    /** @type {string} */
    const name = `${step.node.id}/${step.number}/${step.wanted}/${step.into}`;
    if (asked.has(name)) throw new FormatError('formats.circle', { node: step.node.id });
    asked.add(name);
    step = step.into ? feeding(step) : comingOut(store, step);
  }
  return step;
}

/** @param {Question} question @returns {Question | Answer} */
function feeding({ node, number, wanted }) {
  const link = node.inputs[number]?.link;
  if (!link) return 'unfed';
  const { level } = node;
  if (link.from === INPUTS && level.owner) return throughBorder(level.owner, link.fromSlot);
  const origin = level.nodes.get(link.from);
  if (!origin) throw new FormatError('formats.noOrigin', { node: node.id, origin: link.from });
  return { node: origin, number: link.fromSlot, wanted, into: false };
}

/** @param {Placed} owner @param {number} number @returns {Question | Answer} */
function throughBorder(owner, number) {
  const input = owner.inputs[number];
  if (!input) return 'unfed';
  if (input.link) return { node: owner, number, wanted: input.type, into: true };
  return input.field ? typedValue(owner, input.field) : 'unfed';
}

/** What is typed into the node outside, or else into the first field that it stands for.
 * @param {Placed} owner @param {string} field @returns {Answer} */
function typedValue(owner, field) {
  let holder = owner;
  let name = field;
  while (!Object.hasOwn(holder.fields, name)) {
    const target = holder.ports.get(name)?.[0];
    const inner = target && holder.inside?.nodes.get(target.node);
    if (!target || !inner) return 'unfed';
    holder = inner;
    name = target.field;
  }
  return { value: holder.fields[name] ?? null };
}

/** @param {Store} store @param {Question} question @returns {Question | Answer} */
function comingOut(store, { node, number, wanted }) {
  if (node.node.mode === 4) return pastBypass(node, number, wanted);
  if (node.kind === 'reroute') return { node, number: 0, wanted, into: true };
  if (node.kind === 'primitive' || node.kind === 'note') return 'unfed';
  if (node.node.mode === 2) return 'muted';
  if (node.inside) return fromInside(store, node, node.inside, number, wanted);
  return { link: [node.id, number] };
}

/** @param {Placed} node @param {number} number @param {string} wanted @returns {Question | Answer} */
function pastBypass(node, number, wanted) {
  const chosen = standIn(node, number, wanted);
  const input = node.inputs[chosen];
  return input ? { node, number: chosen, wanted: input.type, into: true } : 'unfed';
}

/** @param {Placed} node @param {number} number @param {string} wanted @returns {number} -1 for none */
function standIn({ inputs, outputs }, number, wanted) {
  if (wanted === '*') return number < inputs.length ? number : 0;
  const given = outputs[number] ?? '*';
  const fits = inputs.map(({ type }) => typesFit(type, given) && typesFit(type, wanted));
  if (fits[number]) return number;
  const exact = inputs.findIndex(({ type }) => type === wanted);
  return exact >= 0 ? exact : fits.indexOf(true);
}

/** @param {Store} store @param {Placed} node @param {Level} inside @param {number} number @param {string} wanted
 * @returns {Question | Answer} */
function fromInside(store, node, inside, number, wanted) {
  const [link] = store.linksInto(nodeKey(inside.graph, OUTPUTS), number);
  if (!link) return 'unfed';
  if (link.from === INPUTS) return throughBorder(node, link.fromSlot);
  const origin = inside.nodes.get(link.from);
  if (!origin) throw new FormatError('formats.noOrigin', { node: node.id, origin: link.from });
  return { node: origin, number: link.fromSlot, wanted, into: false };
}
