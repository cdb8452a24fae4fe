// @ts-check
/**
 * The definition of one node: its class's, but for a node that stands for a subgraph what its
 * inputs and fields inside say, and for a primitive node what it is linked to.
 */

import { fieldPorts } from './interiors.js';
import { controlName, field } from './fields.js';
import { nodeKey } from './keys.js';
import { readInput } from './definition.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./catalogue.js').Catalogue} Catalogue */
/** @typedef {import('./definition.js').Definition} Definition */
/** @typedef {import('./definition.js').InputDefinition} InputDefinition */
/** @typedef {import('./fields.js').Field} Field */
/** @typedef {import('./records.js').NodeRecord} NodeRecord */
/** @typedef {import('./records.js').GraphRecord} GraphRecord */
/** @typedef {import('./records.js').Slot} Slot */

/** The category of what a workflow brings itself. */
export const SUBGRAPHS = 'subgraph';

export class Definitions {
  #store;
  #catalogue;
  /** Of subgraphs. @type {Map<string, Definition>} */
  #made = new Map();
  #madeAt = '';
  /** Of primitive nodes, by what they stand for. @type {WeakMap<InputDefinition, Definition>} */
  #primitives = new WeakMap();

  /** @param {Store} store @param {Catalogue} catalogue */
  constructor(store, catalogue) {
    this.#store = store;
    this.#catalogue = catalogue;
  }

  /** @param {NodeRecord} node @returns {Definition | undefined} undefined for a class that is not known */
  of(node) {
    const subgraph = this.#store.graph(node.type);
    if (subgraph) return this.ofSubgraph(subgraph);
    if (node.type === 'PrimitiveNode') return this.#ofPrimitive(node);
    return this.#catalogue.get(node.type);
  }

  /** What every node that stands for a subgraph is. @param {GraphRecord} graph @returns {Definition} */
  ofSubgraph(graph) {
    const now = `${this.#store.shapeRevision} ${this.#catalogue.revision}`;
    if (this.#madeAt !== now) {
      this.#made.clear();
      this.#madeAt = now;
    }
    const known = this.#made.get(graph.id);
    if (known) return known;
    const ports = fieldPorts(this.#store, this.#catalogue, graph.id);
    /** @type {Field[]} */
    const fields = [];
    const inputs = graph.inputs.map((port) => {
      const target = ports.get(port.name)?.[0];
      const inner = target && this.#store.node(graph.id, target.node);
      const found = inner && this.of(inner)?.inputs.find((input) => input.name === target.field);
      const input = portInput(port, found);
      if (target && inner) {
        const initial = inner.values[target.field] ?? found?.default ?? null;
        fields.push(field(port.name, { kind: input.kind, initial, input }));
      }
      return input;
    });
    const made = definitionOf(graph, inputs, fields);
    this.#made.set(graph.id, made);
    return made;
  }

  /** @param {NodeRecord} node @returns {Definition | undefined} */
  #ofPrimitive(node) {
    const plain = this.#catalogue.get('PrimitiveNode');
    const [link] = this.#store.linksFrom(nodeKey(node.graph, node.id));
    const reader = link && this.#store.node(link.graph, link.to);
    const slot = link && reader?.inputs[link.toSlot];
    const read = reader && slot && this.of(reader)?.inputs.find((input) => input.name === slot.name);
    if (!plain || !read || read.kind === 'socket') return plain;
    const known = this.#primitives.get(read);
    if (known) return known;
    const input = { ...read, name: 'value', optional: false };
    const steered = ['int', 'number', 'combo', 'image'].includes(read.kind);
    const control = field(controlName('value'), { kind: 'control', initial: 'fixed', sent: false, steers: 'value' });
    const value = field('value', { kind: read.kind, initial: read.default, input });
    const made = { ...plain, inputs: [input], fields: steered ? [value, control] : [value] };
    this.#primitives.set(read, made);
    return made;
  }
}

/** @param {Slot} port @param {InputDefinition | undefined} inner @returns {InputDefinition} */
function portInput(port, inner) {
  const plain = inner ?? readInput(port.name, [port.type, port.widget ? {} : { forceInput: true }], port.optional);
  const label = plain.name === port.name ? plain.label : port.name;
  return { ...plain, name: port.name, label, type: port.type, control: false };
}

/** @param {GraphRecord} graph @param {InputDefinition[]} inputs @param {Field[]} fields @returns {Definition} */
function definitionOf(graph, inputs, fields) {
  return {
    name: graph.id,
    displayName: graph.name,
    title: graph.name,
    category: SUBGRAPHS,
    description: typeof graph.extra.description === 'string' ? graph.extra.description : '',
    source: 'editor',
    aliases: [],
    inputs,
    outputs: graph.outputs.map(({ name, type }) => ({ name, type, label: name, isList: false, tooltip: '' })),
    fields,
    output: false,
    deprecated: false,
    experimental: false,
    original: null,
  };
}
