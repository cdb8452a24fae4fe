import assert from 'node:assert/strict';
import test from 'node:test';

import { writeApi } from '../../web/editor/formats/api_writer.js';
import { readUi } from '../../web/editor/formats/ui_reader.js';
import { writeUi } from '../../web/editor/formats/ui_writer.js';
import * as edits from '../../web/editor/model/edits.js';
import { keyOf, nodeKey } from '../../web/editor/model/keys.js';
import { ROOT } from '../../web/editor/model/records.js';
import { ownSubgraphs } from '../../web/editor/model/reuse.js';
import { mayContain } from '../../web/editor/model/rules.js';
import { Bench, catalogue, textToImage } from './support/bench.js';

/** The default workflow, with both prompts and the sampler in a subgraph. */
function packed() {
  const bench = new Bench();
  const keys = textToImage(bench);
  bench.do((tx) => edits.setValue(tx, keys.positive, 'text', 'a cat'));
  bench.do((tx) => edits.setValue(tx, keys.sampler, 'seed', 7));
  const before = prompts(bench);
  const made = bench.do((tx) => edits.makeSubgraph(tx, [keys.positive, keys.negative, keys.sampler], 'Sampling', 'sub'));
  return { bench, keys, before, instance: keyOf(made) };
}

/** What runs, by class, without ids: links are named by the class they come from. */
function prompts({ store }) {
  const prompt = writeApi(store, catalogue, () => 0);
  const named = (value) => (Array.isArray(value) ? [prompt[value[0]]?.class_type, prompt[value[0]]?.inputs.text ?? '', value[1]] : value);
  return Object.values(prompt)
    .map(({ class_type, inputs }) => JSON.stringify([class_type, Object.fromEntries(Object.entries(inputs).sort().map(([key, value]) => [key, named(value)]))]))
    .sort();
}

/** Saved and opened again. */
const reopened = ({ store }) => new Bench(readUi(JSON.parse(JSON.stringify(writeUi(store, catalogue))), catalogue));

test('a subgraph stands where its first nodes stood, and they come back there', () => {
  const bench = new Bench();
  const keys = textToImage(bench);
  const chosen = [keys.sampler, keys.decode];
  const corner = (among) => [Math.min(...among.map(({ x }) => x)), Math.min(...among.map(({ y }) => y))];
  const before = corner(chosen.map((key) => bench.store.get(key)));
  const made = bench.do((tx) => edits.makeSubgraph(tx, chosen, 'Picture', 'sub'));
  assert.deepEqual([made.x, made.y], before);
  bench.do((tx) => edits.unpackSubgraph(tx, bench.definitions, keyOf(made)));
  const back = [...bench.store.all('node', ROOT)].filter(({ type }) => ['KSampler', 'VAEDecode'].includes(type));
  assert.deepEqual(corner(back), before);
});

test('a workflow runs the same after some of it has been made a subgraph', () => {
  const { bench, before, instance } = packed();
  assert.deepEqual(prompts(bench), before);
  const node = bench.store.get(instance);
  assert.deepEqual(node.inputs.map((slot) => [slot.name, slot.type]), [['clip', 'CLIP'], ['model', 'MODEL'], ['latent_image', 'LATENT']]);
  assert.deepEqual(node.outputs.map((slot) => slot.type), ['LATENT']);
  assert.equal(bench.store.count('node', ROOT), 5);
  assert.equal(bench.store.count('node', 'sub'), 3);
});

test('one source that feeds several nodes inside becomes one input', () => {
  const { bench } = packed();
  assert.equal(bench.store.linksFrom(nodeKey('sub', '-10'), 0).length, 2);
});

test('a workflow with a subgraph runs the same after it has been saved and opened', () => {
  const { bench, before } = packed();
  assert.deepEqual(prompts(reopened(bench)), before);
});

test('unpacking a subgraph undoes making it, in meaning, and takes the unused subgraph away', () => {
  const { bench, before, instance } = packed();
  const keys = bench.do((tx) => edits.unpackSubgraph(tx, bench.definitions, instance));
  assert.equal(keys.length, 3);
  assert.deepEqual(prompts(bench), before);
  assert.equal(bench.store.graph('sub'), undefined);
  assert.equal(bench.store.count('link', 'sub'), 0);
});

test('a subgraph that is used twice stays when one of its nodes is unpacked', () => {
  const { bench, instance } = packed();
  bench.do((tx) => edits.duplicate(tx, [instance], { keepIncoming: true }));
  bench.do((tx) => edits.unpackSubgraph(tx, bench.definitions, instance));
  assert.equal(edits.instances(bench.store, 'sub').length, 1);
  assert.equal(bench.store.count('node', 'sub'), 3);
});

test('a promoted field is shown outside with the value that it has inside', () => {
  const { bench, instance } = packed();
  const sampler = [...bench.store.all('node', 'sub')].find((node) => node.type === 'KSampler');
  const port = bench.do((tx) => edits.promote(tx, bench.definitions, keyOf(sampler), 'seed'));
  assert.equal(bench.store.graph('sub').inputs[port].name, 'seed');
  assert.equal(bench.store.get(instance).values.seed, 7);
  const field = bench.definitions.of(bench.store.get(instance)).fields.find((one) => one.name === 'seed');
  assert.equal(field.kind, 'int');
  assert.equal(bench.do((tx) => edits.promote(tx, bench.definitions, keyOf(sampler), 'seed')), port, 'promoting twice is promoting once');
});

test('two nodes of one subgraph have their own values in promoted fields', () => {
  const { bench, instance } = packed();
  const sampler = [...bench.store.all('node', 'sub')].find((node) => node.type === 'KSampler');
  bench.do((tx) => edits.promote(tx, bench.definitions, keyOf(sampler), 'seed'));
  const [copy] = bench.do((tx) => edits.duplicate(tx, [instance], { keepIncoming: true }));
  bench.do((tx) => edits.setValue(tx, copy, 'seed', 8));
  for (const one of [bench, reopened(bench)]) {
    const prompt = writeApi(one.store, catalogue, () => 0);
    const seeds = Object.values(prompt).filter((node) => node.class_type === 'KSampler').map((node) => node.inputs.seed);
    assert.deepEqual(seeds.sort(), [7, 8]);
  }
});

test('the value of a promoted field goes into the node when the subgraph is unpacked', () => {
  const { bench, instance } = packed();
  const sampler = [...bench.store.all('node', 'sub')].find((node) => node.type === 'KSampler');
  bench.do((tx) => edits.promote(tx, bench.definitions, keyOf(sampler), 'seed'));
  bench.do((tx) => edits.setValue(tx, instance, 'seed', 99));
  bench.do((tx) => edits.unpackSubgraph(tx, bench.definitions, instance));
  const [unpacked] = [...bench.store.all('node', ROOT)].filter((node) => node.type === 'KSampler');
  assert.equal(unpacked.values.seed, 99);
});

test('a field that is shown no longer leaves no input and no value behind', () => {
  const { bench, instance } = packed();
  const sampler = keyOf([...bench.store.all('node', 'sub')].find((node) => node.type === 'KSampler'));
  bench.do((tx) => edits.promote(tx, bench.definitions, sampler, 'steps'));
  bench.do((tx) => edits.promote(tx, bench.definitions, sampler, 'seed'));
  bench.do((tx) => edits.demote(tx, sampler, 'steps'));
  const node = bench.store.get(instance);
  assert.deepEqual(node.inputs.map((slot) => slot.name), ['clip', 'model', 'latent_image', 'seed']);
  assert.deepEqual(node.values, { seed: 7 });
  assert.equal(edits.promotedAs(bench.store, sampler, 'seed'), 3, 'the links of later inputs have moved up');
});

test('a subgraph of a subgraph runs the same, and shows promoted fields through both', () => {
  const { bench, before, instance, keys } = packed();
  const sampler = keyOf([...bench.store.all('node', 'sub')].find((node) => node.type === 'KSampler'));
  bench.do((tx) => edits.promote(tx, bench.definitions, sampler, 'seed'));
  const outer = keyOf(bench.do((tx) => edits.makeSubgraph(tx, [instance, keys.decode], 'Outer', 'outer')));
  assert.deepEqual(prompts(bench), before);
  const [inner] = [...bench.store.all('node', 'outer')].filter((node) => node.type === 'sub');
  bench.do((tx) => edits.promote(tx, bench.definitions, keyOf(inner), 'seed'));
  bench.do((tx) => edits.setValue(tx, outer, 'seed', 1234));
  for (const one of [bench, reopened(bench)]) {
    const prompt = writeApi(one.store, catalogue, () => 0);
    const run = Object.entries(prompt).find(([, node]) => node.class_type === 'KSampler');
    assert.equal(run[1].inputs.seed, 1234);
    assert.equal(run[0].split(':').length, 3);
  }
});

test('a subgraph cannot be put into itself, nor into what is in it', () => {
  const { bench, instance, keys } = packed();
  bench.do((tx) => edits.makeSubgraph(tx, [instance, keys.decode], 'Outer', 'outer'));
  assert.equal(mayContain(bench.store, 'sub', 'sub').ok, false);
  assert.equal(mayContain(bench.store, 'sub', 'outer').reason, 'rules.containsItself');
  assert.equal(mayContain(bench.store, 'outer', 'sub').ok, true);
});

test('a subgraph travels with a copy of its node to another tab', () => {
  const { bench, instance } = packed();
  const clip = edits.readClip(JSON.parse(JSON.stringify(edits.copy(bench.store, [instance]))));
  const other = new Bench();
  other.do((tx) => edits.paste(tx, clip, { graph: ROOT, x: 0, y: 0 }));
  other.do((tx) => edits.paste(tx, clip, { graph: ROOT, x: 500, y: 0 }));
  assert.equal(other.store.graph('sub').name, 'Sampling');
  assert.equal(edits.instances(other.store, 'sub').length, 2);
  assert.equal(other.store.count('node', 'sub'), 3);
});

test('a file whose subgraphs contain each other opens, and is refused only when it is to run', () => {
  const inside = (id, type) => ({ id, name: id, inputs: [], outputs: [], nodes: [{ id: 1, type, pos: [0, 0], size: [1, 1] }], links: [] });
  const document = { nodes: [{ id: 1, type: 'a', pos: [0, 0], size: [1, 1] }], links: [], definitions: { subgraphs: [inside('a', 'b'), inside('b', 'a')] } };
  const bench = new Bench(readUi(document, catalogue));
  assert.throws(() => writeApi(bench.store, catalogue), { key: 'formats.tooDeep' });
});

test('subgraphs are offered to be added again, but never within themselves', () => {
  const { bench } = packed();
  const names = (graph) => ownSubgraphs(bench.store, catalogue, graph).map(({ title }) => title);
  assert.deepEqual(names(ROOT), ['Sampling']);
  assert.deepEqual(names('sub'), []);
  const found = catalogue.search('sampling', { more: ownSubgraphs(bench.store, catalogue, ROOT), fitting: { type: 'LATENT', side: 'output' } });
  assert.equal(found[0].name, 'sub');
  const added = bench.do((tx) => edits.addNode(tx, catalogue, { graph: ROOT, type: 'sub', x: 0, y: 0 }));
  assert.deepEqual([added.type, added.inputs.map(({ name }) => name)], ['sub', ['clip', 'model', 'latent_image']]);
  const outer = bench.do((tx) => edits.makeSubgraph(tx, [keyOf(added)], 'Outer', 'outer'));
  assert.deepEqual(names(ROOT), ['Outer', 'Sampling']);
  assert.deepEqual(names('sub'), []);
  assert.deepEqual(names('outer'), ['Sampling']);
  assert.equal(outer.type, 'outer');
});
