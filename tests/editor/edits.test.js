import assert from 'node:assert/strict';
import test from 'node:test';

import * as edits from '../../web/editor/model/edits.js';
import { linkKey } from '../../web/editor/model/keys.js';
import { ROOT } from '../../web/editor/model/records.js';
import { mayConnect } from '../../web/editor/model/rules.js';
import { steerAll } from '../../web/editor/model/steering.js';
import { Bench, catalogue, seeded, textToImage } from './support/bench.js';

const end = (bench, key, slot) => ({ graph: ROOT, node: bench.store.get(key).id, slot });

test('a transaction that throws changes nothing, and nobody is told', () => {
  const bench = new Bench();
  const before = bench.snapshot();
  let told = 0;
  bench.store.subscribe(() => (told += 1));
  assert.throws(() => bench.do((tx) => {
    edits.addNode(tx, catalogue, { graph: ROOT, type: 'KSampler', x: 0, y: 0 });
    throw new Error('no');
  }), /no/);
  assert.deepEqual(bench.snapshot(), before);
  assert.equal(told, 0);
});

test('listeners are told once of transactions within one another, without what came to nothing', () => {
  const bench = new Bench();
  const key = bench.add('KSampler');
  const told = [];
  bench.store.subscribe((diff, name) => told.push([name, diff.size]));
  bench.store.transact('outer', (tx) => {
    edits.move(tx, [key], 5, 5);
    bench.store.transact('inner', (inner) => {
      const added = edits.addNode(inner, catalogue, { graph: ROOT, type: 'Note', x: 0, y: 0 });
      edits.remove(inner, [`node:root/${added.id}`]);
    });
  });
  assert.deepEqual(told, [['outer', 1]]);
});

test('a cancelled drag leaves no trace, and what could be redone still can', () => {
  const bench = new Bench();
  const key = bench.add('KSampler');
  bench.do((tx) => edits.setTitle(tx, key, 'mine'));
  bench.history.undo();
  const before = bench.snapshot();
  bench.history.mark('drag');
  for (let frame = 0; frame < 5; frame += 1) bench.store.transact('drag', (tx) => edits.move(tx, [key], 1, 1));
  bench.history.bail();
  assert.deepEqual(bench.snapshot(), before);
  assert.ok(bench.history.redo());
  assert.equal(bench.store.get(key).title, 'mine');
});

test('a drag of many frames is undone at once, and what is no doing of the user not at all', () => {
  const bench = new Bench();
  const key = bench.add('KSampler');
  bench.history.mark('drag');
  for (let frame = 0; frame < 5; frame += 1) bench.store.transact('drag', (tx) => edits.move(tx, [key], 1, 1));
  bench.store.transact('steer', (tx) => edits.setValue(tx, key, 'seed', 5), { history: false });
  assert.equal(bench.history.undoName, 'drag');
  bench.history.undo();
  assert.equal(bench.store.get(key).x, 0);
});

test('an input takes one link: a second takes the place of the first', () => {
  const bench = new Bench();
  const keys = textToImage(bench);
  const other = bench.add('CLIPTextEncode');
  bench.link(other, 0, keys.sampler, 'positive');
  assert.deepEqual(bench.source(keys.sampler, 'positive'), [other, 0]);
  assert.equal(bench.store.linksFrom(keys.positive).length, 0);
});

test('a refusal to connect says why', () => {
  const bench = new Bench();
  const keys = textToImage(bench);
  const refused = (from, a, to, b) => mayConnect(bench.store, end(bench, from, a), end(bench, to, b));
  assert.deepEqual(refused(keys.loader, 2, keys.sampler, 0), { ok: false, reason: 'rules.types', facts: { from: 'VAE', to: 'MODEL' } });
  assert.equal(refused(keys.sampler, 0, keys.sampler, 3).reason, 'rules.sameNode');
  assert.equal(refused(keys.loader, 9, keys.sampler, 0).reason, 'rules.noSuchSlot');
  const upscale = bench.add('LatentUpscaleBy');
  bench.link(keys.sampler, 0, upscale, 'samples');
  assert.equal(refused(upscale, 0, keys.sampler, 3).reason, 'rules.loop');
  assert.deepEqual(refused(keys.loader, 0, keys.sampler, 0), { ok: true });
});

test('a node dropped on a link is put between its ends', () => {
  const bench = new Bench();
  const keys = textToImage(bench);
  const lora = bench.add('LoraLoader');
  const [link] = bench.store.linksFrom(keys.loader, 0);
  assert.equal(bench.do((tx) => edits.insertOnLink(tx, lora, linkKey(ROOT, link.id))), true);
  assert.deepEqual(bench.source(keys.sampler, 'model'), [lora, 0]);
  assert.deepEqual(bench.source(lora, 'model'), [keys.loader, 0]);
  const save = bench.add('SaveImage');
  assert.equal(bench.do((tx) => edits.insertOnLink(tx, save, linkKey(ROOT, bench.store.linksFrom(lora, 0)[0].id))), false);
});

test('links go on past a node that is removed and healed over', () => {
  const bench = new Bench();
  const keys = textToImage(bench);
  const lora = bench.add('LoraLoader');
  bench.do((tx) => edits.insertOnLink(tx, lora, linkKey(ROOT, bench.store.linksFrom(keys.loader, 0)[0].id)));
  bench.do((tx) => edits.remove(tx, [lora], { heal: true }));
  assert.deepEqual(bench.source(keys.sampler, 'model'), [keys.loader, 0]);
});

test('a primitive node takes type and value of the first field it is linked to, and forgets them again', () => {
  const bench = new Bench();
  const keys = textToImage(bench);
  const primitive = bench.add('PrimitiveNode');
  const link = bench.link(primitive, 0, keys.sampler, 'steps');
  assert.equal(bench.store.get(primitive).outputs[0].type, 'INT');
  assert.deepEqual(bench.store.get(primitive).values, { value: 20, 'value.control': 'fixed' });
  const fields = bench.definitions.of(bench.store.get(primitive)).fields;
  assert.deepEqual(fields.map((field) => field.name), ['value', 'value.control']);
  bench.do((tx) => edits.disconnect(tx, link));
  assert.equal(bench.store.get(primitive).outputs[0].type, '*');
});

test('a reroute node has the type of what goes into it, and so do those behind it', () => {
  const bench = new Bench();
  const keys = textToImage(bench);
  const [one, two] = [bench.add('Reroute'), bench.add('Reroute')];
  bench.link(one, 0, two, '');
  bench.link(keys.loader, 'VAE', one, '');
  assert.equal(bench.store.get(two).outputs[0].type, 'VAE');
  assert.equal(mayConnect(bench.store, end(bench, two, 0), end(bench, keys.sampler, 0)).reason, 'rules.types');
});

test('a copy keeps links within it, and those that come into it when it is told to', () => {
  const bench = new Bench();
  const keys = textToImage(bench);
  const [sampler, decode] = bench.do((tx) => edits.duplicate(tx, [keys.sampler, keys.decode]));
  assert.deepEqual(bench.source(decode, 'samples'), [sampler, 0]);
  assert.equal(bench.source(sampler, 'model'), null);
  const [kept] = bench.do((tx) => edits.duplicate(tx, [keys.sampler], { keepIncoming: true }));
  assert.deepEqual(bench.source(kept, 'model'), [keys.loader, 0]);
});

test('a reroute on a link shared by two leads both, and taking it out leaves both', () => {
  const bench = new Bench();
  const keys = textToImage(bench);
  const [first, second] = bench.store.linksFrom(keys.loader, 1).map((link) => linkKey(ROOT, link.id));
  const one = bench.do((tx) => edits.addReroute(tx, first, 10, 10));
  bench.do((tx) => tx.put({ ...bench.store.get(second), reroutes: [one.id] }));
  const before = bench.do((tx) => edits.addReroute(tx, first, 5, 5, 0));
  assert.deepEqual([first, second].map((key) => bench.store.get(key).reroutes), [[before.id, one.id], [before.id, one.id]]);
  assert.equal(bench.store.get(`reroute:root/${one.id}`).parent, before.id);
  bench.do((tx) => edits.removeReroute(tx, `reroute:root/${before.id}`));
  assert.deepEqual(bench.store.get(second).reroutes, [one.id]);
  assert.equal(bench.store.get(`reroute:root/${one.id}`).parent, null);
});

test('a group carries what lies in it, pinned nodes stay, and arranging leaves no node on another', () => {
  const bench = new Bench();
  const keys = textToImage(bench);
  bench.do((tx) => edits.arrange(tx, ROOT));
  const nodes = [...bench.store.all('node', ROOT)];
  for (const a of nodes) {
    for (const b of nodes) {
      const apart = a === b || a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y - 30 || b.y + b.h <= a.y - 30;
      assert.ok(apart, `${a.type} lies on ${b.type}`);
    }
  }
  for (const link of bench.store.all('link', ROOT)) assert.ok(bench.store.node(ROOT, link.from).x < bench.store.node(ROOT, link.to).x);
  const group = bench.do((tx) => edits.groupAround(tx, ROOT, [keys.positive, keys.negative], 'Prompts'));
  bench.do((tx) => edits.setPinned(tx, [keys.negative], true));
  const [x, pinned] = [bench.store.get(keys.positive).x, bench.store.get(keys.negative).x];
  bench.do((tx) => edits.move(tx, edits.withCarried(tx.store, [`group:root/${group.id}`]), 100, 0));
  assert.equal(bench.store.get(keys.positive).x, x + 100);
  assert.equal(bench.store.get(keys.negative).x, pinned);
});

test('taking the socket off a field cuts its link and moves the later ones up', () => {
  const bench = new Bench();
  const keys = textToImage(bench);
  const [steps, cfg] = [bench.add('PrimitiveNode'), bench.add('PrimitiveNode')];
  bench.link(steps, 0, keys.sampler, 'steps');
  bench.link(cfg, 0, keys.sampler, 'cfg');
  bench.do((tx) => edits.inputToWidget(tx, keys.sampler, 'steps'));
  assert.deepEqual(bench.source(keys.sampler, 'cfg'), [cfg, 0]);
  assert.equal(bench.store.linksFrom(steps).length, 0);
  const definition = catalogue.get('KSampler');
  const back = bench.do((tx) => edits.widgetToInput(tx, keys.sampler, definition, 'steps'));
  assert.equal(bench.store.get(keys.sampler).inputs[back].widget, 'steps');
});

test('seeds go on after a run as they are told to, unless a link covers them or the node is muted', () => {
  const bench = new Bench();
  const seeds = ['fixed', 'increment', 'decrement', 'randomize'].map((how) => bench.add('KSampler', { values: { seed: 5, 'seed.control': how } }));
  const muted = bench.add('KSampler', { values: { seed: 5, 'seed.control': 'increment' } });
  const covered = bench.add('KSampler', { values: { seed: 5, 'seed.control': 'increment' } });
  bench.do((tx) => edits.setMode(tx, [muted], 2));
  const primitive = bench.add('PrimitiveNode');
  bench.link(primitive, 0, covered, 'seed');
  bench.do((tx) => edits.setValue(tx, primitive, 'value.control', 'increment'));
  bench.store.transact('steer', (tx) => steerAll(tx, bench.definitions, seeded(1)), { history: false });
  const seed = (key) => bench.store.get(key).values.seed;
  assert.deepEqual(seeds.slice(0, 3).map(seed), [5, 6, 4]);
  assert.ok(Number.isSafeInteger(seed(seeds[3])) && seed(seeds[3]) !== 5);
  assert.deepEqual([seed(muted), seed(covered)], [5, 5]);
  assert.equal(bench.store.get(primitive).values.value, 6);
});
