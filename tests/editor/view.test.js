// What is where: the viewport, layouts, the scene, hit-testing.

import assert from 'node:assert/strict';
import test from 'node:test';

import * as edits from '../../web/editor/model/edits.js';
import { nodeKey } from '../../web/editor/model/keys.js';
import { ROOT } from '../../web/editor/model/records.js';
import { hitAt, keysIn, linksCut } from '../../web/editor/view/hit.js';
import { layoutOf } from '../../web/editor/view/layout.js';
import { boundsOf, distanceTo, middleOf, pathThrough, pointAt } from '../../web/editor/view/link_path.js';
import { overlap } from '../../web/editor/view/geometry.js';
import { Scene } from '../../web/editor/view/scene.js';
import { Selection } from '../../web/editor/view/selection.js';
import { SpatialIndex } from '../../web/editor/view/spatial.js';
import { Viewport } from '../../web/editor/view/viewport.js';
import { columnsFor } from '../../web/editor/render/pictures.js';
import { Bench, catalogue, pairs, seeded, textToImage } from './support/bench.js';

function staged() {
  const bench = new Bench();
  const keys = textToImage(bench);
  const scene = new Scene(bench.store, bench.definitions);
  bench.store.subscribe((diff) => scene.update(diff));
  return { bench, keys, scene, store: bench.store };
}

test('zooming keeps the point under the pointer, and both converters undo each other', () => {
  const viewport = new Viewport();
  const random = seeded(1);
  for (let round = 0; round < 200; round += 1) {
    const point = { x: random() * 1280, y: random() * 800 };
    const before = viewport.toGraph(point);
    viewport.zoomAt(point, 0.5 + random());
    const after = viewport.toGraph(point);
    assert.ok(Math.hypot(after.x - before.x, after.y - before.y) < 1e-6);
    const back = viewport.toScreen(after);
    assert.ok(Math.hypot(back.x - point.x, back.y - point.y) < 1e-6);
  }
});

test('fitting shows all of a rectangle, in the middle', () => {
  const viewport = new Viewport();
  viewport.resize(1280, 800);
  viewport.fit({ x: -500, y: 900, w: 4000, h: 700 });
  const { x, y, w, h } = viewport.visible;
  assert.ok(x < -500 && y < 900 && x + w > 3500 && y + h > 1600);
  assert.ok(Math.abs(x + w / 2 - 1500) < 1e-6 && Math.abs(y + h / 2 - 1250) < 1e-6);
});

test('no number that is none moves the view', () => {
  const viewport = new Viewport();
  viewport.set({ x: NaN });
  viewport.set({ scale: Infinity });
  assert.deepEqual([viewport.x, viewport.y, viewport.scale], [0, 0, 8]);
});

test('nodes of files are as large as their files say, for their content fits', () => {
  const sizes = { KSampler: [315, 262], CheckpointLoaderSimple: [315, 98], EmptyLatentImage: [315, 106], VAEDecode: [210, 46], CLIPTextEncode: [400, 200], LoraLoader: [315, 126] };
  const bench = new Bench();
  for (const [type, [w, h]] of Object.entries(sizes)) {
    const node = { ...bench.store.get(bench.add(type)), w, h };
    const layout = layoutOf(node, catalogue.get(type));
    assert.equal(layout.height, h, type);
    for (const { rect } of layout.widgets) assert.ok(rect.y + rect.h <= h && rect.x + rect.w <= w, type);
  }
});

test('every socket and field of every class has a place in its node, and fields do not overlap', () => {
  const bench = new Bench();
  for (const definition of catalogue.all()) {
    if (definition.name === 'Reroute') continue;
    const node = bench.store.get(bench.add(definition.name));
    const layout = layoutOf(node, definition);
    assert.equal(layout.slots.length, node.inputs.length + node.outputs.length, definition.name);
    for (const slot of layout.slots) assert.ok(slot.y > 0 && slot.y < layout.height, `${definition.name} ${slot.slot.name}`);
    let end = 0;
    for (const { rect } of layout.widgets) {
      assert.ok(rect.y >= end && rect.h >= 20, definition.name);
      end = rect.y + rect.h;
    }
    assert.ok(end <= layout.height, definition.name);
  }
});

test('a picture has its place in the node where there is room, else below it', () => {
  const bench = new Bench();
  const save = bench.store.get(bench.add('SaveImage'));
  const inside = layoutOf({ ...save, h: 300 }, catalogue.get('SaveImage'), { picture: 1 });
  assert.ok(inside.preview.y + inside.preview.h <= 300);
  const sampler = bench.store.get(bench.add('KSampler'));
  const below = layoutOf(sampler, catalogue.get('KSampler'), { picture: 0.5 });
  assert.ok(below.preview.y >= below.height);
  assert.equal(below.preview.h, below.width / 2);
  assert.equal(layoutOf(sampler, catalogue.get('KSampler')).preview, null);
});

test('a collapsed node has all its sockets at its two ends', () => {
  const bench = new Bench();
  const node = { ...bench.store.get(bench.add('KSampler')), collapsed: true };
  const layout = layoutOf(node, catalogue.get('KSampler'));
  assert.deepEqual(new Set(layout.slots.map(({ x, y }) => `${x},${y}`)), new Set(['0,-15', `${layout.width},-15`]));
});

test('the grid finds exactly what a search through everything finds, also after moves', () => {
  const index = new SpatialIndex();
  const random = seeded(2);
  const rects = new Map();
  const any = (reach) => ({ x: (random() - 0.5) * reach, y: (random() - 0.5) * reach, w: random() ** 4 * reach, h: random() ** 4 * reach });
  for (let round = 0; round < 2000; round += 1) {
    const key = String(Math.floor(random() * 300));
    if (random() < 0.2) {
      index.delete(key);
      rects.delete(key);
    } else {
      rects.set(key, any(20000));
      index.put(key, rects.get(key));
    }
    if (round % 20) continue;
    const asked = any(15000);
    const wanted = [...rects].filter(([, rect]) => overlap(rect, asked)).map(([one]) => one);
    assert.deepEqual(index.in(asked).sort(), wanted.sort());
  }
});

test('links end at their sockets and follow what they are linked to', () => {
  const { bench, keys, scene, store } = staged();
  const link = store.linksInto(keys.sampler)[0];
  const key = `link:${ROOT}/${link.id}`;
  const ends = () => {
    const { path } = scene.links.get(key);
    return [pointAt(path, 0, 0), pointAt(path, path.length / 8 - 1, 1)];
  };
  const check = () => assert.deepEqual(ends(), [scene.socket(link.from, 'output', link.fromSlot), scene.socket(link.to, 'input', link.toSlot)]);
  check();
  const { version } = scene.nodes.get(keys.sampler);
  bench.do((tx) => tx.put({ ...store.get(keys.sampler), x: 3000, y: -70 }));
  check();
  assert.equal(scene.nodes.get(keys.sampler).version, version, 'moving does not make it look different');
  bench.do((tx) => tx.put({ ...store.get(keys.sampler), collapsed: true }));
  check();
  assert.notEqual(scene.nodes.get(keys.sampler).version, version);
  bench.history.undo();
  bench.history.undo();
  check();
  bench.do((tx) => edits.removeNodes(tx, [keys.sampler]));
  assert.equal(scene.links.has(key), false);
  assert.equal(scene.nodes.has(keys.sampler), false);
});

test('after any edits a scene is what one made from nothing is', () => {
  const { bench, keys, scene, store } = staged();
  bench.do((tx) => edits.removeNodes(tx, [keys.latent]));
  bench.do((tx) => tx.put({ ...store.get(keys.loader), x: -900, collapsed: true }));
  bench.history.undo();
  bench.add('LoadImage', { x: 90, y: 900 });
  const anew = new Scene(store, bench.definitions);
  assert.deepEqual([...scene.nodes.keys()].sort(), [...anew.nodes.keys()].sort());
  for (const [key, view] of anew.nodes) assert.deepEqual(scene.nodes.get(key).bounds, view.bounds);
  assert.deepEqual([...scene.links].map(([key, { path }]) => [key, [...path]]).sort(), [...anew.links].map(([key, { path }]) => [key, [...path]]).sort());
  assert.deepEqual(scene.bounds, anew.bounds);
});

test('every part of a node is hit where its layout says it is', () => {
  const { keys, scene, store } = staged();
  const view = scene.nodes.get(keys.sampler);
  const { record, layout } = view;
  const at = (x, y) => hitAt(scene, store, { x: record.x + x, y: record.y + y });
  assert.equal(at(layout.width / 2, -15).part, 'title');
  assert.equal(at(12, -15).part, 'collapse');
  assert.equal(at(layout.width - 3, layout.height - 3).part, 'resize');
  for (const slot of layout.slots) assert.equal(at(slot.x, slot.y).slot.slot, slot.slot);
  for (const { name, rect } of layout.widgets) assert.equal(at(rect.x + rect.w / 2, rect.y + rect.h / 2).widget.name, name);
  assert.equal(at(-200, 5000), null);
});

test('of nodes that overlap the upper one is hit, and raising a node makes it that', () => {
  const bench = new Bench();
  const [lower, upper] = [bench.add('KSampler'), bench.add('KSampler', { x: 30, y: 30 })];
  const scene = new Scene(bench.store, bench.definitions);
  const where = { x: 150, y: 15 };
  assert.equal(hitAt(scene, bench.store, where).key, upper);
  scene.raise([lower]);
  assert.equal(hitAt(scene, bench.store, where).key, lower);
});

test('a link is hit near its curve, cut by a line across it, and not far from it', () => {
  const { keys, scene, store } = staged();
  const link = store.linksInto(keys.save)[0];
  const { path, key } = scene.links.get(`link:${ROOT}/${link.id}`);
  const { x, y } = middleOf(path);
  const hit = hitAt(scene, store, { x, y: y + 3 });
  assert.deepEqual([hit.part, hit.key], ['link', key]);
  assert.deepEqual(linksCut(scene, { x, y: y - 30 }, { x: x + 1, y: y + 30 }), [key]);
  assert.deepEqual(linksCut(scene, { x: x - 5, y: y - 30 }, { x: x + 5, y: y - 30 }), []);
});

test('curves stay among their bounds and pass through their reroutes', () => {
  const points = [{ x: 0, y: 0 }, { x: -300, y: 200 }, { x: 500, y: 90 }];
  const path = pathThrough(points);
  const { x, y, w, h } = boundsOf(path);
  for (let step = 0; step <= 20; step += 1) {
    for (const segment of [0, 1]) {
      const point = pointAt(path, segment, step / 20);
      assert.ok(point.x >= x - 1e-9 && point.x <= x + w + 1e-9 && point.y >= y - 1e-9 && point.y <= y + h + 1e-9);
    }
  }
  assert.ok(distanceTo(path, points[1]).distance < 1e-9);
});

test('a box takes nodes it touches and groups it encloses', () => {
  const { bench, keys, scene, store } = staged();
  const group = `group:${ROOT}/${bench.do((tx) => edits.addGroup(tx, ROOT, { x: -50, y: -80, w: 380, h: 300 }, 'Model')).id}`;
  const touching = keysIn(scene, store, { x: 10, y: 10, w: 5, h: 5 });
  assert.deepEqual(touching, [keys.loader]);
  assert.ok(keysIn(scene, store, { x: -60, y: -90, w: 400, h: 400 }).includes(group));
});

test('documents of ComfyUI are laid out with all their nodes and links', async () => {
  const { readUi } = await import('../../web/editor/formats/ui_reader.js');
  const { Store } = await import('../../web/editor/model/store.js');
  const { Definitions } = await import('../../web/editor/model/definitions.js');
  let links = 0;
  for (const { name, ui, document } of pairs()) {
    const data = ui ?? document;
    if (!data) continue;
    const store = new Store(readUi(data, catalogue));
    const scene = new Scene(store, new Definitions(store, catalogue));
    for (const graph of store.all('graph')) {
      scene.show(graph.id);
      for (const node of store.all('node', graph.id)) assert.ok(scene.nodes.get(nodeKey(graph.id, node.id)), name);
      assert.equal(scene.links.size, store.count('link', graph.id), name);
      links += scene.links.size;
    }
  }
  assert.ok(links > 0);
});

test('listeners of a selection hear which keys changed sides, and nothing when none did', () => {
  const selection = new Selection();
  const heard = [];
  selection.subscribe((changed) => heard.push([...changed].sort()));
  selection.set(['a', 'b']);
  selection.set(['b', 'c']);
  selection.toggle('b');
  selection.add(['c']);
  selection.clear();
  selection.clear();
  assert.deepEqual(heard, [['a', 'b'], ['a', 'c'], ['b'], ['c']]);
});

test('pictures are laid out in the columns that show them largest', () => {
  const square = { x: 0, y: 0, w: 300, h: 300 };
  assert.equal(columnsFor(1, square, 1), 1);
  assert.equal(columnsFor(4, square, 1), 2);
  assert.equal(columnsFor(4, { ...square, w: 1200 }, 1), 4);
  assert.equal(columnsFor(3, { ...square, h: 900 }, 1), 1);
  assert.equal(columnsFor(2, square, 2), 2);
});
