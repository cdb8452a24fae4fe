// @ts-check
/**
 * The workflow with its subgraphs unfolded: each node in each place where it will run, under an id
 * that leads to it (`5:12` is node 12 inside 5), and what its fields hold once the nodes that stand
 * for subgraphs and the primitive nodes have had their say. `graph/formats/unfold.py` does the same.
 */

import { isObject } from '../lib/json.js';
import { fieldPorts } from '../model/interiors.js';
import { keyOf } from '../model/keys.js';
import { isNote } from '../model/own_kinds.js';
import { inputSlots, outputSlots } from '../model/slots.js';
import { ROOT } from '../model/records.js';
import { FormatError } from './errors.js';

/** @typedef {import('../lib/json.js').Json} Json */
/** @typedef {import('../model/store.js').Store} Store */
/** @typedef {import('../model/catalogue.js').Catalogue} Catalogue */
/** @typedef {import('../model/definition.js').Definition} Definition */
/** @typedef {import('../model/fields.js').Field} Field */
/** @typedef {import('../model/interiors.js').FieldPorts} FieldPorts */
/** @typedef {import('../model/records.js').NodeRecord} NodeRecord */
/** @typedef {import('../model/records.js').LinkRecord} LinkRecord */

/** An input in the order that decides what a bypass connects. `field` is what it stands for.
 * @typedef {{readonly name: string, readonly type: string, readonly field: string | null,
 *   readonly link: LinkRecord | undefined}} Input */

/** @typedef {'node' | 'subgraph' | 'reroute' | 'primitive' | 'note'} Kind */

/** One node in one place. `inside` is what a subgraph that runs unfolds into.
 * @typedef {{
 *   readonly id: string, readonly node: NodeRecord, readonly kind: Kind, readonly level: Level,
 *   readonly inputs: readonly Input[], readonly outputs: readonly string[],
 *   readonly definition: Definition | undefined, readonly fields: {[name: string]: Json},
 *   readonly ports: FieldPorts, inside: Level | null,
 * }} Placed */

/** One graph in one place, and what stands for it. @typedef {{readonly graph: string, readonly owner: Placed | null,
 *   readonly depth: number, readonly nodes: Map<string, Placed>}} Level */

const MAX_NODES = 100_000;
const MAX_NESTING = 100;
/** @type {FieldPorts} */
const NO_PORTS = new Map();

/** @param {Store} store @param {Catalogue} catalogue @returns {Level[]} each after the one that it is inside of
 * @throws {FormatError} there are too many nodes, or subgraphs contain themselves */
export function unfold(store, catalogue) {
  /** @type {Map<string, FieldPorts>} */
  const ports = new Map();
  for (const { id } of store.all('graph')) ports.set(id, fieldPorts(store, catalogue, id));
  /** @type {Level[]} */
  const levels = [{ graph: ROOT, owner: null, depth: 0, nodes: new Map() }];
  let count = 0;
  for (const level of levels) {
    count += store.count('node', level.graph);
    if (count > MAX_NODES || level.depth > MAX_NESTING) throw new FormatError('formats.tooDeep', { depth: MAX_NESTING });
    for (const node of store.all('node', level.graph)) {
      const placed = placeNode(store, catalogue, node, level, ports.get(node.type));
      level.nodes.set(node.id, placed);
      if (placed.kind !== 'subgraph' || node.mode !== 0) continue;
      placed.inside = { graph: node.type, owner: placed, depth: level.depth + 1, nodes: new Map() };
      levels.push(placed.inside);
    }
  }
  levels.forEach(fillFromPrimitives);
  levels.forEach(fillFromInstances);
  return levels;
}

/** @param {Store} store @param {Catalogue} catalogue @param {NodeRecord} node @param {Level} level
 * @param {FieldPorts | undefined} ports of the subgraph that it stands for @returns {Placed} */
function placeNode(store, catalogue, node, level, ports) {
  const id = level.owner ? `${level.owner.id}:${node.id}` : node.id;
  const kind = ports ? 'subgraph' : kindOf(node.type);
  const definition = kind === 'node' ? catalogue.get(node.type) : undefined;
  const saved = node.inputs.map((slot, number) => ({
    name: slot.name,
    type: slot.type,
    field: slot.widget,
    link: store.linksInto(keyOf(node), number)[0],
  }));
  const declared = declaredInputs(store, node, definition, ports);
  const outputs = ports ? (store.graph(node.type)?.outputs ?? []) : definition ? outputSlots(definition) : [];
  const types = outputs.map((slot) => slot.type);
  return {
    id,
    node,
    kind,
    level,
    inputs: declared ? arranged(declared, saved, definition !== undefined) : saved,
    outputs: ports ? types : [...types, ...node.outputs.slice(types.length).map((slot) => slot.type)],
    definition,
    fields: kind === 'node' ? ownFields(node, definition) : {},
    ports: ports ?? NO_PORTS,
    inside: null,
  };
}

/** @param {string} type @returns {Kind} */
function kindOf(type) {
  if (isNote(type)) return 'note';
  if (type === 'Reroute') return 'reroute';
  return type === 'PrimitiveNode' ? 'primitive' : 'node';
}

/** @param {Store} store @param {NodeRecord} node @param {Definition | undefined} definition @param {FieldPorts | undefined} ports
 * @returns {Input[] | null} */
function declaredInputs(store, node, definition, ports) {
  const slots = ports ? store.graph(node.type)?.inputs : definition && inputSlots(definition);
  if (!slots) return null;
  return slots.map(({ name, type, widget }) => {
    const field = ports ? (ports.has(name) ? name : null) : widget;
    return { name, type, field, link: undefined };
  });
}

/** Put the links of a node's saved inputs into its declared ones, and undeclared ones behind.
 * @param {readonly Input[]} declared @param {readonly Input[]} saved @param {boolean} socketsOnly @returns {Input[]} */
function arranged(declared, saved, socketsOnly) {
  const links = new Map(saved.flatMap((input) => (input.link ? [[input.name, input.link]] : [])));
  const names = new Set(declared.map((input) => input.name));
  const more = saved.filter((input) => !names.has(input.name) && !(socketsOnly && input.field));
  return [...declared.map((input) => ({ ...input, link: links.get(input.name) })), ...more];
}

/** What is typed into a node, under the names of its inputs.
 * @param {NodeRecord} node @param {Definition | undefined} definition */
function ownFields(node, definition) {
  /** @type {{[name: string]: Json}} */
  const fields = {};
  if (!definition) {
    for (const [name, value] of Object.entries(node.values)) {
      if (isSent(name, value, isObject(node.raw))) fields[name] = value;
    }
    return fields;
  }
  for (const field of definition.fields) {
    if (!field.sent) continue;
    const value = Object.hasOwn(node.values, field.name) ? node.values[field.name] : undefined;
    if (value !== undefined) fields[field.name] = put(field, value);
    else if (field.initial !== null) fields[field.name] = field.initial;
  }
  return fields;
}

/** In a file that names its values itself, an object is something that only the screen needs.
 * @param {string} name @param {Json} value @param {boolean} named */
function isSent(name, value, named) {
  return !(named && isObject(value)) && !name.endsWith('.control') && !name.endsWith('.filter');
}

/** What is in a field after a value has been put into it: a text box holds text whose lines end
 * alike on every system, and what only a screen can show is empty. @param {Field} field @param {Json} value @returns {Json} */
export function put(field, value) {
  if (field.kind === 'media') return field.input ? field.initial : value;
  if (field.input?.type !== 'STRING' || !field.input.multiline) return value;
  if (value === null) return '';
  return typeof value === 'string' ? value.replace(/\r\n?/g, '\n') : value;
}

/** A primitive node's value goes into the fields that it is linked to. @param {Level} level */
function fillFromPrimitives(level) {
  for (const placed of level.nodes.values()) {
    for (const { field, link } of placed.inputs) {
      const origin = link && level.nodes.get(link.from);
      if (!field || origin?.kind !== 'primitive') continue;
      const value = origin.node.values.value;
      if (value !== undefined) give(placed, field, value);
    }
  }
}

/** What is typed into a node that stands for a subgraph goes into the fields inside that it stands
 * for, but not over what an outer one or a primitive node has given. @param {Level} level */
function fillFromInstances(level) {
  for (const placed of level.nodes.values()) {
    if (!placed.inside) continue;
    for (const name of placed.ports.keys()) {
      const value = placed.node.values[name];
      if (value !== undefined && !Object.hasOwn(placed.fields, name)) give(placed, name, value);
    }
  }
}

/** Put a value into a field, and into those inside that it stands for.
 * @param {Placed} placed @param {string} name @param {Json} value */
function give(placed, name, value) {
  const pending = [{ holder: placed, field: name }];
  for (const { holder, field } of pending) {
    if (holder.definition) {
      const known = holder.definition.fields.find((one) => one.sent && one.name === field);
      if (known) holder.fields[field] = put(known, value);
      continue;
    }
    holder.fields[field] = value;
    for (const target of holder.inside ? (holder.ports.get(field) ?? []) : []) {
      const inner = holder.inside?.nodes.get(target.node);
      if (inner) pending.push({ holder: inner, field: target.field });
    }
  }
}

