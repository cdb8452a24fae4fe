// @ts-check
/** Provisional: opens a workflow and shows it. `?workflow=URL` says which. */

import { Catalogue } from './model/catalogue.js';
import { nodeKey } from './model/keys.js';
import { ROOT } from './model/records.js';
import { Store } from './model/store.js';
import { readUi } from './formats/ui_reader.js';
import { Viewport } from './view/viewport.js';
import { Selection } from './view/selection.js';
import { between } from './view/geometry.js';
import { hitAt, keysIn } from './view/hit.js';
import { Minimap } from './render/minimap.js';
import { Renderer } from './render/renderer.js';
import { readTheme } from './render/theme.js';

const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector('#graph'));
const query = new URLSearchParams(location.search);
const asked = query.get('theme');
document.documentElement.dataset.theme =
  asked ?? (matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark');

const viewport = new Viewport();
const selection = new Selection();
const empty = new Store();
/** @type {Map<string, import('./render/run_marks.js').NodeRun>} */
const runs = new Map();
const renderer = new Renderer(canvas, {
  store: empty, catalogue: new Catalogue({}), viewport, selection, theme: readTheme(document.documentElement),
  runOf: (key) => runs.get(key),
});
const definitions = await fetch('/object_info').then((answer) => answer.json(), () => ({}));
const catalogue = new Catalogue(definitions);
new Minimap(/** @type {HTMLCanvasElement} */ (document.querySelector('#minimap')), renderer);

/** @param {unknown} workflow JSON of a file @param {{fit?: boolean}} [options] */
function open(workflow, { fit = true } = {}) {
  const store = new Store(readUi(workflow, catalogue));
  editor.store = store;
  selection.clear();
  renderer.open(store, catalogue);
  const { bounds } = renderer.scene;
  if (fit && bounds) viewport.fit(bounds);
}

const editor = { store: empty, catalogue, viewport, selection, renderer, runs, open, graph: ROOT, nodeKey };
Object.assign(window, { editor });

/** @param {{clientX: number, clientY: number}} event */
function pointOf(event) {
  const box = canvas.getBoundingClientRect();
  return { x: event.clientX - box.x, y: event.clientY - box.y };
}

let spaceHeld = false;
addEventListener('keydown', (event) => (spaceHeld ||= event.code === 'Space'));
addEventListener('keyup', (event) => (spaceHeld &&= event.code !== 'Space'));

canvas.addEventListener('wheel', (event) => {
  event.preventDefault();
  const pans = event.shiftKey || (!event.ctrlKey && event.deltaX !== 0);
  if (pans) viewport.panBy(-event.deltaX, -event.deltaY);
  else viewport.zoomAt(pointOf(event), Math.exp(-event.deltaY * 0.0015));
}, { passive: false });

/** @type {((event: PointerEvent) => void) | null} */
let dragging = null;

canvas.addEventListener('pointerdown', (event) => {
  canvas.setPointerCapture(event.pointerId);
  const start = viewport.toGraph(pointOf(event));
  const hit = hitAt(renderer.scene, editor.store, start);
  const isNode = hit && 'view' in hit;
  if (event.button === 1 || spaceHeld || (!hit && !event.shiftKey)) dragging = startPanning(event);
  else if (isNode) dragging = startMoving(event, hit.key, start);
  else if (event.shiftKey) dragging = startBox(start);
  if (!hit && !event.shiftKey) selection.clear();
});
canvas.addEventListener('pointermove', (event) => dragging?.(event));
canvas.addEventListener('pointerup', () => {
  dragging = null;
  renderer.overlays.clear();
  renderer.invalidate();
});

/** @param {PointerEvent} event */
function startPanning(event) {
  let last = pointOf(event);
  return (/** @type {PointerEvent} */ moved) => {
    const now = pointOf(moved);
    viewport.panBy(now.x - last.x, now.y - last.y);
    last = now;
  };
}

/** @param {PointerEvent} event @param {string} key @param {import('./view/geometry.js').GraphPoint} start */
function startMoving(event, key, start) {
  if (event.shiftKey || event.ctrlKey) selection.toggle(key);
  else if (!selection.has(key)) selection.set([key]);
  renderer.scene.raise(selection.keys);
  const nodes = [...selection.keys].flatMap((one) => {
    const record = editor.store.get(one);
    return record?.kind === 'node' ? [record] : [];
  });
  return (/** @type {PointerEvent} */ moved) => {
    const now = viewport.toGraph(pointOf(moved));
    editor.store.transact('move', (tx) => {
      for (const node of nodes) tx.put({ ...node, x: node.x + now.x - start.x, y: node.y + now.y - start.y });
    });
  };
}

/** @param {import('./view/geometry.js').GraphPoint} start */
function startBox(start) {
  return (/** @type {PointerEvent} */ moved) => {
    const rect = between(start, viewport.toGraph(pointOf(moved)));
    selection.set(keysIn(renderer.scene, editor.store, rect));
    renderer.overlays.clear();
    renderer.overlays.add((frame) => drawBox(frame, rect));
    renderer.invalidate();
  };
}

/** @param {import('./render/renderer.js').Frame} frame @param {import('./view/geometry.js').Rect} rect */
function drawBox({ context, theme, scale }, { x, y, w, h }) {
  context.fillStyle = context.strokeStyle = theme.css.selection;
  context.lineWidth = 1 / scale;
  context.globalAlpha = 0.12;
  context.fillRect(x, y, w, h);
  context.globalAlpha = 1;
  context.strokeRect(x, y, w, h);
}

const wanted = query.get('workflow');
if (wanted) open(await fetch(wanted).then((answer) => answer.json()));
