// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { History } from '../../web/editor/history/history.js';
import { Catalogue } from '../../web/editor/model/catalogue.js';
import { addNode, connect, setPinned } from '../../web/editor/model/edits.js';
import { Definitions } from '../../web/editor/model/definitions.js';
import { keyOf, nodeKey } from '../../web/editor/model/keys.js';
import { ROOT } from '../../web/editor/model/records.js';
import { Store } from '../../web/editor/model/store.js';
import { Chart } from '../../web/editor/tools/chart.js';
import { STATES } from '../../web/editor/tools/states.js';
import { Scene } from '../../web/editor/view/scene.js';
import { Selection } from '../../web/editor/view/selection.js';
import { Viewport } from '../../web/editor/view/viewport.js';

const CLASSES = {
  Load: { input: { required: {} }, output: ['MODEL', 'VAE'], output_name: ['MODEL', 'VAE'] },
  Patch: { input: { required: { model: ['MODEL'], strength: ['FLOAT', { min: 0, max: 2, step: 0.1, default: 1 }] } }, output: ['MODEL'] },
  Sample: { input: { required: { model: ['MODEL'], steps: ['INT', { min: 1, max: 100, default: 20 }] } }, output: ['LATENT'] },
};

/** A workbench with a loader at 0,0 and a sampler at 600,0, and a hand to work at it with. */
class Driver {
  said = /** @type {string[]} */ ([]);
  searched = /** @type {any[]} */ ([]);
  edited = /** @type {string[]} */ ([]);

  constructor() {
    const catalogue = new Catalogue(CLASSES);
    const store = new Store([{ kind: 'graph', id: ROOT, name: '', inputs: [], outputs: [], promoted: [], extra: {} }]);
    const viewport = new Viewport();
    viewport.resize(1600, 900);
    viewport.set({ x: 100, y: 100 });
    const scene = new Scene(store, new Definitions(store, catalogue));
    store.subscribe((diff) => scene.update(diff));
    this.store = store;
    this.scene = scene;
    this.load = this.#add(catalogue, 'Load', 0);
    this.sample = this.#add(catalogue, 'Sample', 600);
    this.bench = {
      store, viewport, catalogue, graph: ROOT, history: new History(store), selection: new Selection(),
      renderer: { scene, hovered: null, invalidate() {}, overlays: new Set() },
    };
    this.chart = new Chart(STATES, this.bench, {
      search: (_, loose) => void this.searched.push(loose), menu: () => undefined, title: () => undefined, enter: () => false, picture: () => undefined, hover: () => undefined,
      field: (_, widget) => void this.edited.push(widget.name), say: (key) => void this.said.push(key), text: (key) => key, cursor: () => undefined,
    });
  }

  /** @param {Catalogue} catalogue @param {string} type @param {number} x @param {number} [y] */
  #add(catalogue, type, x, y = 0) {
    let key = '';
    this.store.transact('add', (tx) => void (key = keyOf(addNode(tx, catalogue, { graph: ROOT, type, x, y }))));
    return key;
  }

  /** @param {string} type @param {number} x @param {number} y */
  add(type, x, y) {
    return this.#add(this.bench.catalogue, type, x, y);
  }

  /** @param {string} node a key @param {'input' | 'output'} side @param {number} slot */
  socket(node, side, slot) {
    const at = this.scene.socket(this.record(node).id, side, slot);
    assert.ok(at);
    return at;
  }

  /** @param {string} node */
  title(node) {
    const { x, y } = this.record(node);
    return { x: x + 80, y: y - 15 };
  }

  /** @param {string} node @param {string} name */
  widget(node, name) {
    const view = this.scene.nodes.get(node);
    const rect = view?.layout.widgets.find((one) => one.name === name)?.rect;
    assert.ok(view && rect);
    return { x: view.record.x + rect.x + rect.w / 2, y: view.record.y + rect.y + rect.h / 2 };
  }

  /** @param {string} key @returns {any} */
  record(key) {
    return this.store.get(key);
  }

  get links() {
    return [...this.store.all('link', ROOT)].map(({ from, fromSlot, to, toSlot }) => `${from}.${fromSlot}>${to}.${toSlot}`);
  }

  /** @param {'down' | 'move' | 'up' | 'double'} what @param {{x: number, y: number}} point of the graph @param {object} [keys] */
  send(what, point, keys = {}) {
    const at = this.bench.viewport.toScreen(point);
    this.chart.state[what]({ at, button: 0, shift: false, ctrl: false, alt: false, held: false, touch: false, ...keys });
  }

  /** @param {{x: number, y: number}} from @param {{x: number, y: number}} to @param {object} [keys] */
  drag(from, to, keys = {}) {
    this.send('down', from, keys);
    this.send('move', { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }, keys);
    this.send('move', to, keys);
    return { drop: () => this.send('up', to, keys) };
  }

  /** @param {{x: number, y: number}} point @param {object} [keys] */
  click(point, keys = {}) {
    this.send('down', point, keys);
    this.send('up', point, keys);
  }
}

const nowhere = { x: 300, y: 500 };

test('a press that does not move selects the node, one on the canvas nothing', () => {
  const driver = new Driver();
  driver.click(driver.title(driver.load));
  assert.deepEqual([...driver.bench.selection.keys], [driver.load]);
  driver.click(driver.title(driver.sample), { shift: true });
  assert.equal(driver.bench.selection.size, 2);
  driver.click(nowhere);
  assert.equal(driver.bench.selection.size, 0);
});

test('dragging the canvas moves the view, dragging it with Ctrl selects what the box touches', () => {
  const driver = new Driver();
  driver.send('down', nowhere);
  driver.send('move', { x: 340, y: 520 });
  driver.send('up', nowhere);
  assert.deepEqual([driver.bench.viewport.x, driver.bench.viewport.y], [140, 120]);
  driver.drag({ x: -50, y: -60 }, { x: 50, y: 20 }, { ctrl: true }).drop();
  assert.deepEqual([...driver.bench.selection.keys], [driver.load]);
});

test('a drag moves the selected nodes and is one step to undo', () => {
  const driver = new Driver();
  driver.bench.selection.set([driver.load, driver.sample]);
  driver.drag(driver.title(driver.load), { x: 180, y: 85 }).drop();
  assert.deepEqual([driver.record(driver.load).x, driver.record(driver.sample).x], [100, 700]);
  driver.bench.history.undo();
  assert.deepEqual([driver.record(driver.load).x, driver.record(driver.sample).x], [0, 600]);
});

test('a node catches on the edge of another unless Ctrl is held', () => {
  const driver = new Driver();
  driver.drag(driver.title(driver.load), { x: 80, y: 385 }).drop();
  const start = driver.title(driver.load);
  driver.drag(start, { x: start.x + 597, y: start.y }).drop();
  assert.equal(driver.record(driver.load).x, 600);
});

test('what is pinned stays', () => {
  const driver = new Driver();
  driver.store.transact('pin', (tx) => setPinned(tx, [driver.load], true));
  driver.drag(driver.title(driver.load), nowhere).drop();
  assert.equal(driver.record(driver.load).x, 0);
});

test('Escape takes a drag back without a trace, and what could be redone stays', () => {
  const driver = new Driver();
  driver.drag(driver.title(driver.load), nowhere).drop();
  driver.bench.history.undo();
  driver.drag(driver.title(driver.sample), nowhere);
  driver.chart.cancel();
  assert.equal(driver.record(driver.sample).x, 600);
  assert.equal(driver.chart.name, 'idle');
  assert.equal(driver.bench.renderer.overlays.size, 0);
  assert.ok(driver.bench.history.redo());
});

test('Escape in any drag leaves the workflow, its revision and the selection as they were', () => {
  const driver = new Driver();
  driver.drag(driver.socket(driver.load, 'output', 0), driver.socket(driver.sample, 'input', 0)).drop();
  driver.bench.selection.set([driver.load]);
  const records = () => ['node', 'link', 'reroute'].map((kind) => JSON.stringify([...driver.store.all(/** @type {'node'} */ (kind), ROOT)]));
  const before = [driver.store.revision, records(), [...driver.bench.selection.keys], driver.bench.history.undoName];
  const { x, y, w, h } = driver.record(driver.sample);
  const bounds = driver.scene.nodes.get(driver.sample)?.layout;
  assert.ok(bounds && w && h);
  const drags = {
    move: [driver.title(driver.load), {}], copy: [driver.title(driver.load), { alt: true }],
    link: [driver.socket(driver.load, 'output', 1), {}], end: [driver.socket(driver.sample, 'input', 0), {}],
    wires: [driver.socket(driver.load, 'output', 0), { shift: true }], scrub: [driver.widget(driver.sample, 'steps'), {}],
    knife: [{ x: 400, y: -100 }, { alt: true }], box: [nowhere, { ctrl: true }], pan: [nowhere, {}],
    resize: [{ x: x + bounds.width - 3, y: y + bounds.height - 3 }, {}],
  };
  for (const [name, [start, keys]] of Object.entries(drags)) {
    driver.drag(/** @type {any} */ (start), { x: 420, y: 240 }, /** @type {object} */ (keys));
    assert.notEqual(driver.chart.name, 'idle', name);
    driver.chart.cancel();
    assert.equal(driver.chart.name, 'idle', name);
    assert.deepEqual([driver.store.revision, records(), [...driver.bench.selection.keys], driver.bench.history.undoName], before, name);
    assert.equal(driver.bench.renderer.overlays.size, 0, name);
  }
});

test('undoing back to what was saved is as saved; another edit is not', () => {
  const driver = new Driver();
  const saved = driver.store.revision;
  driver.drag(driver.title(driver.load), nowhere).drop();
  const moved = driver.store.revision;
  driver.bench.history.undo();
  assert.equal(driver.store.revision, saved);
  driver.bench.history.redo();
  assert.equal(driver.store.revision, moved);
  driver.bench.history.undo();
  driver.drag(driver.title(driver.sample), nowhere).drop();
  assert.ok(![saved, moved].includes(driver.store.revision));
  driver.store.transact('run', (tx) => tx.put({ ...driver.record(driver.load), title: 'seed' }), { history: false });
  driver.bench.history.undo();
  assert.notEqual(driver.store.revision, saved, 'what is not undone is still a change');
});

test('a node that is dropped on another with Alt pressed on the way changes places and links with it', () => {
  const driver = new Driver();
  const [one, other] = [driver.add('Patch', 300, 300), driver.add('Patch', 300, 600)];
  driver.drag(driver.socket(driver.load, 'output', 0), driver.socket(one, 'input', 0)).drop();
  const target = driver.title(other);
  driver.send('down', driver.title(one));
  driver.send('move', nowhere);
  driver.send('move', target, { alt: true });
  assert.equal(driver.bench.renderer.overlays.size, 1);
  driver.send('up', target, { alt: true });
  assert.deepEqual([driver.record(one).y, driver.record(other).y], [600, 300]);
  assert.deepEqual(driver.links, [`${driver.record(driver.load).id}.0>${driver.record(other).id}.0`]);
  driver.bench.history.undo();
  assert.deepEqual([driver.record(one).y, driver.record(other).y], [300, 600]);
});

test('a link is dragged either way', () => {
  const driver = new Driver();
  const [from, to] = [driver.socket(driver.load, 'output', 0), driver.socket(driver.sample, 'input', 0)];
  driver.drag(from, to).drop();
  assert.deepEqual(driver.links, ['1.0>2.0']);
  driver.bench.history.undo();
  assert.deepEqual(driver.links, []);
  driver.drag(to, from).drop();
  assert.deepEqual(driver.links, ['1.0>2.0']);
});

test('a link that is dropped on a node takes the first socket that fits', () => {
  const driver = new Driver();
  driver.drag(driver.socket(driver.load, 'output', 0), driver.title(driver.sample)).drop();
  assert.deepEqual(driver.links, ['1.0>2.0']);
});

test('a socket that does not fit refuses and says why', () => {
  const driver = new Driver();
  driver.drag(driver.socket(driver.load, 'output', 1), driver.socket(driver.sample, 'input', 0)).drop();
  assert.deepEqual(driver.links, []);
  assert.deepEqual(driver.said, ['rules.types']);
});

test('a link that is dropped on the canvas asks for classes that fit', () => {
  const driver = new Driver();
  driver.drag(driver.socket(driver.sample, 'input', 0), nowhere).drop();
  const [loose] = driver.searched;
  assert.equal(loose.side, 'output');
  assert.equal(loose.type, 'MODEL');
});

test('the end of a link can be pulled off and put elsewhere, and Escape puts it back', () => {
  const driver = new Driver();
  const other = driver.add('Sample', 600, 300);
  driver.drag(driver.socket(driver.load, 'output', 0), driver.socket(driver.sample, 'input', 0)).drop();
  driver.drag(driver.socket(driver.sample, 'input', 0), driver.socket(other, 'input', 0));
  driver.chart.cancel();
  assert.deepEqual(driver.links, ['1.0>2.0']);
  driver.drag(driver.socket(driver.sample, 'input', 0), driver.socket(other, 'input', 0)).drop();
  assert.deepEqual(driver.links, ['1.0>3.0']);
  driver.drag(driver.socket(other, 'input', 0), nowhere).drop();
  assert.deepEqual(driver.links, []);
  assert.equal(driver.searched.length, 0);
});

test('Shift moves all wires of an output', () => {
  const driver = new Driver();
  const patch = driver.add('Patch', 300, 300);
  const other = driver.add('Sample', 600, 300);
  for (const node of [driver.sample, other]) driver.drag(driver.socket(driver.load, 'output', 0), driver.socket(node, 'input', 0)).drop();
  driver.drag(driver.socket(driver.load, 'output', 0), driver.socket(patch, 'output', 0), { shift: true }).drop();
  assert.deepEqual(driver.links.sort(), ['3.0>2.0', '3.0>4.0']);
});

test('Ctrl+Alt and a click take all links off a socket', () => {
  const driver = new Driver();
  driver.drag(driver.socket(driver.load, 'output', 0), driver.socket(driver.sample, 'input', 0)).drop();
  driver.click(driver.socket(driver.load, 'output', 0), { ctrl: true, alt: true });
  assert.deepEqual(driver.links, []);
});

test('a tap takes a link and the next one connects it', () => {
  const driver = new Driver();
  driver.click(driver.socket(driver.load, 'output', 0), { touch: true });
  assert.equal(driver.chart.name, 'draggingLink');
  driver.click(driver.socket(driver.sample, 'input', 0), { touch: true });
  assert.deepEqual(driver.links, ['1.0>2.0']);
});

test('a node that is dropped on a link goes between its ends, and what comes after makes room', () => {
  const driver = new Driver();
  driver.drag(driver.socket(driver.load, 'output', 0), driver.socket(driver.sample, 'input', 0)).drop();
  const patch = driver.add('Patch', 300, 400);
  const grip = driver.title(patch);
  driver.drag(grip, { x: 420, y: 14 }).drop();
  assert.deepEqual(driver.links.sort(), ['1.0>3.0', '3.0>2.0']);
  const { x, w } = driver.record(patch);
  assert.ok(driver.record(driver.sample).x >= x + w + 40);
  driver.bench.history.undo();
  assert.deepEqual(driver.links, ['1.0>2.0']);
  assert.equal(driver.record(driver.sample).x, 600);
});

test('the knife cuts what it crosses', () => {
  const driver = new Driver();
  driver.drag(driver.socket(driver.load, 'output', 0), driver.socket(driver.sample, 'input', 0)).drop();
  driver.drag({ x: 400, y: -100 }, { x: 400, y: 200 }, { alt: true }).drop();
  assert.deepEqual(driver.links, []);
});

test('Alt drags a copy and leaves the node where it is', () => {
  const driver = new Driver();
  driver.drag(driver.title(driver.load), nowhere, { alt: true }).drop();
  assert.equal(driver.store.count('node', ROOT), 3);
  assert.equal(driver.record(driver.load).x, 0);
  driver.drag(driver.title(driver.sample), nowhere, { alt: true });
  driver.chart.cancel();
  assert.equal(driver.store.count('node', ROOT), 3);
});

test('a drag over a number scrubs it within its range, a click edits it', () => {
  const driver = new Driver();
  const steps = driver.widget(driver.sample, 'steps');
  driver.drag(steps, { x: steps.x + 40, y: steps.y }).drop();
  assert.equal(driver.record(driver.sample).values.steps, 30);
  driver.drag(steps, { x: steps.x - 2000, y: steps.y }).drop();
  assert.equal(driver.record(driver.sample).values.steps, 1);
  driver.click(steps);
  assert.deepEqual(driver.edited, ['steps']);
});

test('the arrows of a number take one step', () => {
  const driver = new Driver();
  const steps = driver.widget(driver.sample, 'steps');
  const rect = driver.scene.nodes.get(driver.sample)?.layout.widgets[0]?.rect;
  driver.click({ x: steps.x + (rect?.w ?? 0) / 2 - 6, y: steps.y });
  assert.equal(driver.record(driver.sample).values.steps, 21);
});

test('a field that a link covers is not edited', () => {
  const driver = new Driver();
  const source = { ...driver.record(driver.load), id: '9', outputs: [{ name: 'INT', type: 'INT', label: null, widget: null, optional: false, extra: {} }] };
  driver.store.transact('link', (tx) => {
    tx.put(source);
    connect(tx, { graph: ROOT, node: '9', slot: 0 }, { graph: ROOT, node: '2', slot: 1 });
  });
  driver.click(driver.widget(driver.sample, 'steps'));
  assert.deepEqual(driver.edited, []);
  assert.deepEqual(driver.said, ['tools.linkedField']);
});

test('the corner resizes a node, but never below what it holds', () => {
  const driver = new Driver();
  const layout = driver.scene.nodes.get(driver.sample)?.layout;
  assert.ok(layout);
  const corner = { x: 600 + layout.width - 4, y: layout.height - 4 };
  driver.drag(corner, { x: corner.x + 80, y: corner.y - 500 }).drop();
  assert.equal(driver.record(nodeKey(ROOT, '2')).h, layout.needed);
  assert.ok(driver.record(driver.sample).w > layout.width + 70);
});

test('a double click on the canvas searches for a class', () => {
  const driver = new Driver();
  driver.send('double', nowhere);
  assert.deepEqual(driver.searched, [null]);
});
