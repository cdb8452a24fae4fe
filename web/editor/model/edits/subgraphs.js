// @ts-check
/** Edits of subgraphs: making one of nodes, and putting its nodes back in its place. */

import { uuid } from '../../lib/uuid.js';
import { keyFor, keyOf, linkKey, nodeKey } from '../keys.js';
import { INPUTS, OUTPUTS } from '../records.js';
import { freeName, slot, sourceSlots, targetSlots } from '../slots.js';
import { TITLE_HEIGHT, around } from '../size.js';
import { contents, paste } from './clipboard.js';
import { connect, originOf, targetOf } from './links.js';
import { instanceOf } from './nodes.js';
import { instances } from './ports.js';
import { remove } from './removal.js';
import { sweepReroutes } from './reroutes.js';

/** @typedef {import('../store.js').Transaction} Transaction */
/** @typedef {import('../records.js').NodeRecord} NodeRecord */
/** @typedef {import('../records.js').LinkRecord} LinkRecord */
/** @typedef {import('../records.js').GraphRecord} GraphRecord */
/** @typedef {import('../records.js').AnyRecord} AnyRecord */
/** @typedef {import('../records.js').Slot} Slot */
/** @typedef {import('../slots.js').End} End */
/** @typedef {import('../definitions.js').Definitions} Definitions */
/** @typedef {{readonly outer: End[], readonly inner: End[], readonly port: Slot}} Crossing */

/**
 * Move nodes (and groups) into a new subgraph, and put a node that stands for it in their place.
 * @param {Transaction} tx @param {Iterable<string>} keys @param {string} name
 * @param {string} [id] the subgraph's @returns {NodeRecord | null} null if there is no node among them
 */
export function makeSubgraph(tx, keys, name, id = uuid()) {
  const records = [...keys].map((key) => tx.store.get(key));
  const nodes = records.filter((record) => record?.kind === 'node');
  const groups = records.filter((record) => record?.kind === 'group');
  const graph = nodes[0]?.graph;
  const box = around(nodes);
  if (graph === undefined || !box) return null;
  const inside = new Set(nodes.map((node) => node.id));
  const links = linksAt(tx, nodes);
  const entering = crossings(tx, links.filter((link) => !inside.has(link.from)), 'in');
  const leaving = crossings(tx, links.filter((link) => !inside.has(link.to)), 'out');
  const reroutes = links.flatMap((link) => link.reroutes);

  const subgraph = tx.put(newGraph(id, name, entering, leaving));
  moveInto(tx, id, nodes, groups, links.filter((link) => inside.has(link.from) && inside.has(link.to)));
  for (const link of links) tx.delete(linkKey(graph, link.id));
  remove(tx, [...nodes, ...groups].map(keyOf));
  sweepReroutes(tx, graph, reroutes.reverse());

  const made = putInstance(tx, subgraph, graph, box);
  const here = (/** @type {number} */ number) => ({ graph, node: made.id, slot: number });
  entering.forEach(({ outer, inner }, number) => {
    for (const from of outer) connect(tx, from, here(number));
    for (const to of inner) connect(tx, { graph: id, node: INPUTS, slot: number }, { ...to, graph: id });
  });
  leaving.forEach(({ outer, inner }, number) => {
    for (const from of inner) connect(tx, { ...from, graph: id }, { graph: id, node: OUTPUTS, slot: number });
    for (const to of outer) connect(tx, here(number), to);
  });
  return tx.store.node(graph, made.id) ?? made;
}

/** @param {Transaction} tx @param {readonly NodeRecord[]} nodes @returns {LinkRecord[]} each once */
function linksAt(tx, nodes) {
  const keys = nodes.map(keyOf);
  return [...new Set(keys.flatMap((key) => [...tx.store.linksInto(key), ...tx.store.linksFrom(key)]))];
}

/** What crosses the border, by the output that it comes from: each becomes one input or output.
 * @param {Transaction} tx @param {readonly LinkRecord[]} links @param {'in' | 'out'} way @returns {Crossing[]} */
function crossings(tx, links, way) {
  /** @type {Map<string, Crossing>} */
  const found = new Map();
  /** @type {string[]} */
  const taken = [];
  for (const link of links) {
    const [from, to] = [originOf(link), targetOf(link)];
    const source = `${from.node}/${from.slot}`;
    let crossing = found.get(source);
    if (!crossing) {
      const like = (way === 'in' ? targetSlots(tx.store, to)?.[to.slot] : sourceSlots(tx.store, from)?.[from.slot]) ?? slot('', '*');
      const name = freeName(like.name || like.type.toLowerCase(), taken);
      taken.push(name);
      const port = slot(name, like.type === '*' ? link.type : like.type, {
        widget: way === 'in' && like.widget !== null ? name : null,
        label: like.label,
        extra: { id: uuid() },
      });
      crossing = { outer: way === 'in' ? [from] : [], inner: way === 'in' ? [] : [from], port };
      found.set(source, crossing);
    }
    (way === 'in' ? crossing.inner : crossing.outer).push(to);
  }
  return [...found.values()];
}

/** @param {string} id @param {string} name @param {readonly Crossing[]} entering @param {readonly Crossing[]} leaving
 * @returns {GraphRecord} */
function newGraph(id, name, entering, leaving) {
  return {
    kind: 'graph',
    id,
    name,
    inputs: entering.map(({ port }) => port),
    outputs: leaving.map(({ port }) => port),
    promoted: [],
    extra: {},
  };
}

/** @param {Transaction} tx @param {string} graph @param {readonly NodeRecord[]} nodes
 * @param {readonly import('../records.js').GroupRecord[]} groups @param {readonly LinkRecord[]} links */
function moveInto(tx, graph, nodes, groups, links) {
  for (const record of [...nodes, ...groups, ...links]) tx.put({ ...record, graph });
  const led = new Set(links.flatMap((link) => link.reroutes));
  const from = nodes[0]?.graph ?? '';
  for (const id of led) {
    const reroute = tx.store.get(keyFor('reroute', from, id));
    if (reroute?.kind === 'reroute') tx.put({ ...reroute, graph });
  }
}

/** @param {Transaction} tx @param {GraphRecord} subgraph @param {string} graph
 * @param {import('../size.js').Rect} box what it stands for, whose corner it takes
 * @returns {NodeRecord} */
function putInstance(tx, subgraph, graph, box) {
  const made = instanceOf(subgraph);
  /** @type {NodeRecord} */
  const node = {
    kind: 'node',
    id: tx.store.newId('node', graph),
    graph,
    type: subgraph.id,
    title: null,
    x: Math.round(box.x),
    y: Math.round(box.y + TITLE_HEIGHT),
    mode: 0,
    collapsed: false,
    pinned: false,
    color: null,
    bgcolor: null,
    raw: null,
    extra: {},
    ...made,
  };
  return tx.put(node);
}

/**
 * Put copies of a subgraph's nodes in the place of a node that stands for it, holding what is typed
 * into that node. The subgraph itself goes when nothing stands for it any more.
 * @param {Transaction} tx @param {Definitions} definitions @param {string} key @returns {string[]} the keys of the copies
 */
export function unpackSubgraph(tx, definitions, key) {
  const node = tx.store.get(key);
  const subgraph = node?.kind === 'node' ? tx.store.graph(node.type) : undefined;
  if (node?.kind !== 'node' || !subgraph) return [];
  const values = valuesInside(tx, definitions, node, subgraph);
  const { pasted, names } = pasteContents(tx, subgraph.id, node);
  for (const [id, inner] of values) {
    const copied = tx.store.node(node.graph, names.get(id) ?? '');
    if (copied) tx.put({ ...copied, values: { ...copied.values, ...inner } });
  }
  rewire(tx, subgraph, node, names);
  remove(tx, [key]);
  if (instances(tx.store, subgraph.id).length === 0) deleteSubgraph(tx, subgraph.id);
  return pasted;
}

/** @param {Transaction} tx @param {string} graph */
export function deleteSubgraph(tx, graph) {
  for (const record of contents(tx.store, graph)) tx.delete(keyOf(record));
  tx.delete(`graph:${graph}`);
}

/** What the fields inside hold by the will of the node outside, by the inner node's id.
 * @param {Transaction} tx @param {Definitions} definitions @param {NodeRecord} node @param {GraphRecord} subgraph */
function valuesInside(tx, definitions, node, subgraph) {
  /** @type {Map<string, {[name: string]: import('../records.js').Json}>} */
  const found = new Map();
  const fields = new Set(definitions.of(node)?.fields.map((field) => field.name));
  for (const link of tx.store.linksFrom(nodeKey(subgraph.id, INPUTS))) {
    const port = subgraph.inputs[link.fromSlot];
    const inner = tx.store.node(subgraph.id, link.to)?.inputs[link.toSlot];
    const value = port && node.values[port.name];
    if (!port || !inner || value === undefined || !fields.has(port.name)) continue;
    found.set(link.to, { ...found.get(link.to), [inner.widget ?? inner.name]: value });
  }
  return found;
}

/** @param {Transaction} tx @param {string} graph @param {NodeRecord} node */
function pasteContents(tx, graph, node) {
  const nodes = [...tx.store.all('node', graph)];
  const groups = [...tx.store.all('group', graph)];
  const reroutes = [...tx.store.all('reroute', graph)];
  const within = new Set(nodes.map(({ id }) => id));
  const links = [...tx.store.all('link', graph)].filter((link) => within.has(link.from) && within.has(link.to));
  const clip = { kind: /** @type {const} */ ('safelight/clipboard'), version: /** @type {const} */ (1) };
  const parts = { graph, nodes, links, groups, reroutes, incoming: [], subgraphs: [] };
  const pasted = paste(tx, { ...clip, ...parts }, { graph: node.graph, x: node.x, y: node.y - TITLE_HEIGHT });
  const names = new Map(nodes.map(({ id }, index) => [id, idOf(tx, pasted[index])]));
  return { pasted, names };
}

/** @param {Transaction} tx @param {string | undefined} key */
function idOf(tx, key) {
  const record = key === undefined ? undefined : tx.store.get(key);
  return record?.kind === 'node' ? record.id : '';
}

/** @param {Transaction} tx @param {GraphRecord} subgraph @param {NodeRecord} node @param {Map<string, string>} names */
function rewire(tx, subgraph, node, names) {
  const { graph } = node;
  const key = keyOf(node);
  const copied = (/** @type {End} */ end) => ({ graph, node: names.get(end.node) ?? '', slot: end.slot });
  /** The source of a subgraph's input. @param {number} number */
  const outside = (number) => {
    const name = subgraph.inputs[number]?.name;
    return tx.store.linksInto(key, node.inputs.findIndex((input) => input.name === name))[0];
  };
  for (const link of tx.store.linksFrom(nodeKey(subgraph.id, INPUTS))) {
    const source = outside(link.fromSlot);
    if (source && link.to !== OUTPUTS) connect(tx, originOf(source), copied(targetOf(link)));
  }
  for (const link of tx.store.linksInto(nodeKey(subgraph.id, OUTPUTS))) {
    const name = subgraph.outputs[link.toSlot]?.name;
    const source = link.from === INPUTS ? outside(link.fromSlot) : undefined;
    const from = link.from === INPUTS ? source && originOf(source) : copied(originOf(link));
    const at = node.outputs.findIndex((output) => output.name === name);
    for (const reader of from ? tx.store.linksFrom(key, at) : []) if (from) connect(tx, from, targetOf(reader));
  }
}
