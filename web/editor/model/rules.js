// @ts-check
/** May I? Asked by gestures before they do something, so that a refusal can say why. */

import { nodeKey } from './keys.js';
import { INPUTS, OUTPUTS } from './records.js';
import { sourceSlots, targetSlots } from './slots.js';
import { typesFit } from './types.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./slots.js').End} End */

/**
 * `reason` is a message key, `facts` what the message mentions.
 * @typedef {{readonly ok: true} | {readonly ok: false, readonly reason: string,
 *   readonly facts: {readonly [name: string]: string | number}}} Answer */

/** @type {Answer} */
const YES = { ok: true };

/** @param {string} reason @param {{[name: string]: string | number}} [facts] @returns {Answer} */
const no = (reason, facts = {}) => ({ ok: false, reason, facts });

/** Whether a link may go from an output to an input; one that is there already gives way.
 * @param {Store} store @param {End} from @param {End} to @returns {Answer} */
export function mayConnect(store, from, to) {
  if (from.graph !== to.graph) return no('rules.otherGraph');
  if (from.node === to.node) return no('rules.sameNode');
  const sources = sourceSlots(store, from);
  const targets = targetSlots(store, to);
  if (!sources || !targets) return no('rules.noSuchNode');
  const source = sources[from.slot];
  const target = targets[to.slot];
  if (!source && !(from.node === INPUTS && from.slot === sources.length)) return no('rules.noSuchSlot');
  if (!target && !(to.node === OUTPUTS && to.slot === targets.length)) return no('rules.noSuchSlot');
  if (!source && !target) return no('rules.nothingToPassOn');
  if (source && target && !typesFit(source.type, target.type)) {
    return no('rules.types', { from: source.type, to: target.type });
  }
  return reaches(store, to, from.node) ? no('rules.loop') : YES;
}

/** Whether what goes into a node comes out at another one in the end.
 * @param {Store} store @param {{graph: string, node: string}} start @param {string} goal */
function reaches(store, { graph, node }, goal) {
  const seen = new Set([node]);
  const pending = [node];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next === goal) return true;
    for (const link of store.linksFrom(nodeKey(graph, next))) {
      if (seen.has(link.to)) continue;
      seen.add(link.to);
      pending.push(link.to);
    }
  }
  return false;
}

/** Whether nodes of a type may be in a graph: a subgraph cannot contain itself.
 * @param {Store} store @param {string} graph @param {string} type @returns {Answer} */
export function mayContain(store, graph, type) {
  if (!contains(store, type, graph)) return YES;
  return no('rules.containsItself', { name: store.graph(type)?.name ?? type });
}

/** @param {Store} store @param {string} outer @param {string} inner */
function contains(store, outer, inner) {
  const seen = new Set();
  const pending = store.graph(outer) ? [outer] : [];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next === inner) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    for (const node of store.all('node', next)) if (store.graph(node.type)) pending.push(node.type);
  }
  return false;
}
