// A workbench for tests: a store, the node classes of ComfyUI 0.3.64, and short ways to build with them.

import { readFileSync, readdirSync } from 'node:fs';

import { History } from '../../../web/editor/history/history.js';
import { Catalogue } from '../../../web/editor/model/catalogue.js';
import { Definitions } from '../../../web/editor/model/definitions.js';
import * as edits from '../../../web/editor/model/edits.js';
import { keyOf } from '../../../web/editor/model/keys.js';
import { ROOT } from '../../../web/editor/model/records.js';
import { Store } from '../../../web/editor/model/store.js';
import { emptyRoot } from '../../../web/editor/formats/api_reader.js';

export const CONVERSION = new URL('../../data/conversion/', import.meta.url);
const readJson = (url) => JSON.parse(readFileSync(url, 'utf8'));

export const objectInfo = {
  ...readJson(new URL('comfyui_nodes.json', CONVERSION)),
  ...readJson(new URL('api_nodes.json', CONVERSION)),
};
export const catalogue = new Catalogue(objectInfo);

/** The documents with what ComfyUI's editor made of them, by name. */
export function pairs() {
  const folder = new URL('pairs/', CONVERSION);
  return readdirSync(folder).sort().map((name) => ({ name, ...readJson(new URL(name, folder)) }));
}

/** Numbers from 0 up to 1 that are the same every time (mulberry32). */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class Bench {
  constructor(records = [emptyRoot()]) {
    this.store = new Store(records);
    this.definitions = new Definitions(this.store, catalogue);
    this.history = new History(this.store);
  }

  /** Do an edit as one step that can be undone, and return what it returns. */
  do(edit) {
    let result;
    this.history.mark();
    this.store.transact('test', (tx) => {
      result = edit(tx);
    });
    return result;
  }

  /** Add a node and return its key. */
  add(type, { graph = ROOT, x = 0, y = 0, ...more } = {}) {
    return keyOf(this.do((tx) => edits.addNode(tx, catalogue, { graph, type, x, y, ...more })));
  }

  /** Link an output, by its number or name, to an input, by its name. */
  link(from, output, to, input) {
    const [source, target] = [this.store.get(from), this.store.get(to)];
    const number = typeof output === 'number' ? output : source.outputs.findIndex((slot) => slot.name === output);
    const end = { graph: target.graph, node: target.id, slot: target.inputs.findIndex((slot) => slot.name === input) };
    return keyOf(this.do((tx) => edits.connect(tx, { graph: source.graph, node: source.id, slot: number }, end)));
  }

  /** What feeds an input, as `[node's key, output]`, or null. */
  source(to, input) {
    const target = this.store.get(to);
    const [link] = this.store.linksInto(to, target.inputs.findIndex((slot) => slot.name === input));
    return link ? [`node:${link.graph}/${link.from}`, link.fromSlot] : null;
  }

  /** Everything, in order, to be compared with what is there later: records are never changed. */
  snapshot() {
    const shelves = new Map();
    for (const { id } of this.store.all('graph')) {
      for (const kind of ['node', 'link', 'group', 'reroute']) shelves.set(`${kind}:${id}`, [...this.store.all(kind, id)]);
    }
    return { graphs: [...this.store.all('graph')], shelves, records: new Map(this.store.records) };
  }
}

/** The default workflow: a checkpoint, two prompts, a sampler, a picture. Returns the keys. */
export function textToImage(bench) {
  const keys = {
    loader: bench.add('CheckpointLoaderSimple', { values: { ckpt_name: 'starter.safetensors' } }),
    positive: bench.add('CLIPTextEncode', { x: 400 }),
    negative: bench.add('CLIPTextEncode', { x: 400, y: 250 }),
    latent: bench.add('EmptyLatentImage', { x: 400, y: 500 }),
    sampler: bench.add('KSampler', { x: 800 }),
    decode: bench.add('VAEDecode', { x: 1200 }),
    save: bench.add('SaveImage', { x: 1500 }),
  };
  bench.link(keys.loader, 'MODEL', keys.sampler, 'model');
  bench.link(keys.loader, 'CLIP', keys.positive, 'clip');
  bench.link(keys.loader, 'CLIP', keys.negative, 'clip');
  bench.link(keys.positive, 0, keys.sampler, 'positive');
  bench.link(keys.negative, 0, keys.sampler, 'negative');
  bench.link(keys.latent, 0, keys.sampler, 'latent_image');
  bench.link(keys.sampler, 0, keys.decode, 'samples');
  bench.link(keys.loader, 'VAE', keys.decode, 'vae');
  bench.link(keys.decode, 0, keys.save, 'images');
  return keys;
}
