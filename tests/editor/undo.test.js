import assert from 'node:assert/strict';
import test from 'node:test';

import { keyOf, nodeKey } from '../../web/editor/model/keys.js';
import { sourceSlots, targetSlots } from '../../web/editor/model/slots.js';
import { Bench, seeded, textToImage } from './support/bench.js';
import { RandomEdits } from './support/random_edits.js';

const STEPS = 10_000;

function assertSame(now, then, what) {
  assert.equal(now.records.size, then.records.size, what);
  for (const [key, record] of then.records) assert.equal(now.records.get(key), record, `${what}: ${key}`);
  for (const graph of then.graphs) {
    for (const kind of ['node', 'link', 'group', 'reroute']) {
      const name = `${kind}:${graph.id}`;
      assert.deepEqual(now.shelves.get(name).map(keyOf), then.shelves.get(name).map(keyOf), `${what}: order of ${name}`);
    }
  }
}

function assertSound(store, what) {
  const fed = new Set();
  for (const { id: graph } of store.all('graph')) {
    for (const link of store.all('link', graph)) {
      const from = { graph, node: link.from };
      const to = { graph, node: link.to };
      assert.ok(sourceSlots(store, from)?.[link.fromSlot], `${what}: link ${link.id} of ${graph} comes from nowhere`);
      assert.ok(targetSlots(store, to)?.[link.toSlot], `${what}: link ${link.id} of ${graph} goes nowhere`);
      const end = `${graph}/${link.to}/${link.toSlot}`;
      assert.ok(!fed.has(end), `${what}: two links go into ${end}`);
      fed.add(end);
      assert.ok(store.linksInto(nodeKey(graph, link.to), link.toSlot).includes(link), what);
      assert.ok(store.linksFrom(nodeKey(graph, link.from), link.fromSlot).includes(link), what);
      for (const id of link.reroutes) assert.ok(store.get(`reroute:${graph}/${id}`), `${what}: reroute ${id} is gone`);
    }
    for (const node of store.all('node', graph)) {
      const subgraph = store.graph(node.type);
      for (const slot of subgraph ? node.inputs : []) assert.ok(subgraph.inputs.some((port) => port.name === slot.name), `${what}: input ${slot.name}`);
      assert.deepEqual(node.outputs.map((slot) => slot.name), (subgraph ?? node).outputs.map((slot) => slot.name), what);
    }
  }
}

test(`undoing any of ${STEPS} random edits gives the workflow as it was, exactly`, (t) => {
  const bench = new Bench();
  textToImage(bench);
  bench.history.clear();
  const chance = new RandomEdits(bench, seeded(6));
  const first = bench.snapshot();
  let before = first;
  const times = [];
  for (let step = 0; step < STEPS; step += 1) {
    const what = `step ${step}, ${chance.step()}`;
    const after = bench.snapshot();
    assertSound(bench.store, what);
    const changed = after.records.size !== before.records.size || [...after.records].some(([key, record]) => before.records.get(key) !== record);
    if (changed) {
      const start = performance.now();
      assert.ok(bench.history.undo(), what);
      times.push(performance.now() - start);
      assertSame(bench.snapshot(), before, `undo of ${what}`);
      assert.ok(bench.history.redo(), what);
      assertSame(bench.snapshot(), after, `redo of ${what}`);
    }
    before = after;
  }
  while (bench.history.undo());
  assertSame(bench.snapshot(), first, 'undoing everything');
  while (bench.history.redo());
  assertSame(bench.snapshot(), before, 'redoing everything');
  times.sort((a, b) => a - b);
  const [median, slowest] = [times[times.length >> 1], times.at(-1)];
  t.diagnostic(`undo: median ${median.toFixed(2)} ms, slowest ${slowest.toFixed(1)} ms; ${before.records.size} records`);
});
