// Edits chosen by chance, from everything that can be done to a workflow.

import * as edits from '../../../web/editor/model/edits.js';
import { keyOf } from '../../../web/editor/model/keys.js';
import { INPUTS, OUTPUTS } from '../../../web/editor/model/records.js';
import { mayConnect, mayContain } from '../../../web/editor/model/rules.js';
import { catalogue } from './bench.js';

const TYPES = ['CheckpointLoaderSimple', 'CLIPTextEncode', 'KSampler', 'VAEDecode', 'SaveImage', 'LoraLoader', 'EmptyLatentImage', 'Reroute', 'PrimitiveNode', 'Note', 'LoadImage'];
const LARGEST = 40;

export class RandomEdits {
  constructor(bench, random) {
    this.bench = bench;
    this.random = random;
  }

  /** Do one edit, as one step of the history; some change nothing. */
  step() {
    const { store } = this.bench;
    const graph = this.pick([...store.all('graph')]).id;
    const name = store.count('node', graph) > LARGEST ? 'remove' : this.pick(Object.keys(EDITS));
    this.bench.do((tx) => EDITS[name](tx, graph, this));
    return name;
  }

  pick(list) {
    return list[Math.floor(this.random() * list.length)];
  }

  number(most) {
    return Math.floor(this.random() * most);
  }

  keys(store, kind, graph, most = 4) {
    const all = [...store.all(kind, graph)].map(keyOf);
    return [...new Set(Array.from({ length: 1 + this.number(most) }, () => this.pick(all)))].filter(Boolean);
  }

  /** Some output and some input of a graph, borders included. */
  ends(store, graph) {
    const nodes = [...store.all('node', graph)];
    const inside = graph !== 'root' && this.random() < 0.3;
    const [one, other] = [this.pick(nodes), this.pick(nodes)];
    if (!one || !other) return null;
    const record = store.graph(graph);
    const from = inside && this.random() < 0.5 ? { node: INPUTS, slot: this.number(record.inputs.length + 1) } : { node: one.id, slot: this.number(one.outputs.length) };
    const to = inside && this.random() < 0.5 ? { node: OUTPUTS, slot: this.number(record.outputs.length + 1) } : { node: other.id, slot: this.number(other.inputs.length) };
    return [{ graph, ...from }, { graph, ...to }];
  }
}

const EDITS = {
  add(tx, graph, chance) {
    const types = [...TYPES, ...[...tx.store.all('graph')].map(({ id }) => id).filter((id) => id !== 'root')];
    const type = chance.pick(types);
    if (!mayContain(tx.store, graph, type).ok) return;
    edits.addNode(tx, catalogue, { graph, type, x: chance.number(2000), y: chance.number(2000) });
  },
  connect(tx, graph, chance) {
    const ends = chance.ends(tx.store, graph);
    if (ends && mayConnect(tx.store, ...ends).ok) edits.connect(tx, ...ends);
  },
  connectMany(tx, graph, chance) {
    for (let count = 0; count < 20; count += 1) EDITS.connect(tx, graph, chance);
  },
  disconnect(tx, graph, chance) {
    for (const key of chance.keys(tx.store, 'link', graph)) edits.disconnect(tx, key);
  },
  remove(tx, graph, chance) {
    const nodes = chance.keys(tx.store, 'node', graph, tx.store.count('node', graph) > LARGEST ? 20 : 2);
    const others = [...chance.keys(tx.store, 'group', graph, 2), ...chance.keys(tx.store, 'reroute', graph, 2)];
    edits.remove(tx, [...nodes, ...others], { heal: chance.random() < 0.5 });
  },
  move(tx, graph, chance) {
    edits.move(tx, edits.withCarried(tx.store, [...chance.keys(tx.store, 'node', graph), ...chance.keys(tx.store, 'group', graph)]), chance.number(100) - 50, 7);
  },
  resize(tx, graph, chance) {
    for (const key of chance.keys(tx.store, 'node', graph)) edits.resize(tx, key, { w: 100 + chance.number(300), h: 50 + chance.number(300) });
  },
  value(tx, graph, chance) {
    for (const key of chance.keys(tx.store, 'node', graph)) {
      const name = chance.pick(Object.keys(tx.store.get(key).values));
      if (name) edits.setValue(tx, key, name, chance.number(1000));
    }
  },
  look(tx, graph, chance) {
    const keys = chance.keys(tx.store, 'node', graph);
    edits.toggleMode(tx, keys, chance.pick([2, 4]));
    edits.setColor(tx, keys, '#223', '#335');
    edits.setCollapsed(tx, keys, chance.random() < 0.5);
    edits.setPinned(tx, keys, chance.random() < 0.2);
    for (const key of keys) edits.setTitle(tx, key, `title ${chance.number(9)}`);
  },
  group(tx, graph, chance) {
    if (tx.store.count('group', graph) < 5) edits.groupAround(tx, graph, chance.keys(tx.store, 'node', graph), 'group');
  },
  reroute(tx, graph, chance) {
    for (const key of chance.keys(tx.store, 'link', graph, 2)) edits.addReroute(tx, key, chance.number(900), chance.number(900), chance.number(3));
  },
  insert(tx, graph, chance) {
    const [node, link] = [chance.keys(tx.store, 'node', graph, 1)[0], chance.keys(tx.store, 'link', graph, 1)[0]];
    if (node && link) edits.insertOnLink(tx, node, link);
  },
  duplicate(tx, graph, chance) {
    edits.duplicate(tx, [...chance.keys(tx.store, 'node', graph), ...(tx.store.count('group', graph) < 8 ? chance.keys(tx.store, 'group', graph, 1) : [])], { keepIncoming: chance.random() < 0.5 });
  },
  arrange(tx, graph) {
    edits.arrange(tx, graph);
  },
  align(tx, graph, chance) {
    edits.align(tx, chance.keys(tx.store, 'node', graph), chance.pick(['left', 'right', 'top', 'bottom', 'centerX', 'centerY']));
    edits.distribute(tx, chance.keys(tx.store, 'node', graph), chance.pick(['x', 'y']));
  },
  fields(tx, graph, chance) {
    const [key] = chance.keys(tx.store, 'node', graph, 1);
    const node = key && tx.store.get(key);
    const definition = node && chance.bench.definitions.of(node);
    const input = definition && chance.pick([...definition.inputs]);
    if (!input) return;
    if (chance.random() < 0.5) edits.inputToWidget(tx, key, input.name);
    else edits.widgetToInput(tx, key, definition, input.name);
  },
  pack(tx, graph, chance) {
    if (tx.store.count('graph') < 5) edits.makeSubgraph(tx, chance.keys(tx.store, 'node', graph), 'packed', `sub-${chance.number(1e9)}`);
  },
  unpack(tx, graph, chance) {
    const packed = [...tx.store.all('node', graph)].filter((node) => tx.store.graph(node.type));
    const node = chance.pick(packed);
    if (node && chance.random() < 0.3) edits.unpackSubgraph(tx, chance.bench.definitions, keyOf(node));
  },
  promote(tx, graph, chance) {
    const [key] = chance.keys(tx.store, 'node', graph, 1);
    const field = key && chance.pick(chance.bench.definitions.of(tx.store.get(key))?.fields ?? []);
    if (!field) return;
    if (chance.random() < 0.7) edits.promote(tx, chance.bench.definitions, key, field.name);
    else edits.demote(tx, key, field.name);
  },
  swap(tx, graph, chance) {
    const [a, b] = [chance.ends(tx.store, graph), chance.ends(tx.store, graph)];
    if (!a || !b || a[1].node === OUTPUTS || b[1].node === OUTPUTS) return;
    const [one, other] = [a[1], b[1]].map((end) => tx.store.node(graph, end.node)?.inputs[end.slot]);
    if (one && other && one.type === other.type && a[1].node === b[1].node) edits.swapInputs(tx, a[1], b[1]);
  },
};
