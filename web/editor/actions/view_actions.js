// @ts-check
/** What is done to the view: zooming, moving from node to node by keys, editing what has the focus. */

import { union } from '../view/geometry.js';
import { isCovered } from '../model/edits.js';
import { openField } from '../widgets/open_field.js';
import { nodesOf } from './graph_actions.js';

/** @typedef {import('./registry.js').Action} Action */
/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {import('../view/scene.js').NodeView} NodeView */

/** @param {Editor} editor @param {number} factor */
function zoom({ viewport }, factor) {
  viewport.zoomAt({ x: viewport.width / 2, y: viewport.height / 2 }, factor);
}

/** The selection if there is one, else everything. @param {Editor} editor */
function fit(editor) {
  const { scene } = editor.renderer;
  const chosen = union([...editor.selection.keys].flatMap((key) => scene.nodes.get(key)?.bounds ?? []));
  if (chosen) editor.viewport.fit(chosen);
  else editor.fit();
}

/** Select the nearest node in a direction; from nothing, the one nearest to the middle of the screen.
 * @param {Editor} editor @param {number} dx @param {number} dy @param {boolean} [adds] */
function step(editor, dx, dy, adds = false) {
  const { selection, renderer, viewport } = editor;
  const views = [...renderer.scene.nodes.values()];
  const last = [...nodesOf(editor)].at(-1);
  const start = last ? renderer.scene.nodes.get(last) : undefined;
  const { x, y, w, h } = viewport.visible;
  const from = start ? middle(start) : { x: x + w / 2, y: y + h / 2 };
  let [best, least] = [/** @type {NodeView | null} */ (null), Infinity];
  for (const view of views) {
    if (view === start) continue;
    const to = middle(view);
    const along = (to.x - from.x) * dx + (to.y - from.y) * dy;
    const aside = Math.abs((to.x - from.x) * dy) + Math.abs((to.y - from.y) * dx);
    const cost = start ? along + 2 * aside : Math.hypot(to.x - from.x, to.y - from.y);
    if ((start && along <= 0) || cost >= least) continue;
    [best, least] = [view, cost];
  }
  if (!best) return;
  if (adds) selection.add([best.key]);
  else selection.set([best.key]);
  show(editor, best);
}

/** Move the view just so far that a node is seen. @param {Editor} editor @param {NodeView} view */
function show({ viewport }, { bounds }) {
  const { x, y } = viewport.toScreen({ x: bounds.x, y: bounds.y });
  const [w, h] = [bounds.w * viewport.scale, bounds.h * viewport.scale];
  const by = (/** @type {number} */ at, /** @type {number} */ size, /** @type {number} */ room) =>
    at < 24 ? 24 - at : at + size > room - 24 ? Math.max(room - 24 - at - size, 24 - at) : 0;
  viewport.panBy(by(x, w, viewport.width), by(y, h, viewport.height));
}

/** @param {NodeView} view */
const middle = ({ bounds }) => ({ x: bounds.x + bounds.w / 2, y: bounds.y + bounds.h / 2 });

/** Enter edits a node's first field; on a subgraph it goes in. @param {Editor} editor */
function enter(editor) {
  const view = editor.renderer.scene.nodes.get(nodesOf(editor)[0] ?? '');
  if (!view) return;
  if (editor.enter(view.record)) return;
  const widget = view.layout.widgets.find(({ name }) => !isCovered(editor.store, view.record, name));
  if (widget) openField(editor, view.key, widget);
}

/** Move what is selected by the grid. @param {Editor} editor @param {number} dx @param {number} dy */
function nudge({ store, selection, history }, dx, dy) {
  history.mark('move');
  store.transact('move', (tx) => {
    for (const key of selection.keys) {
      const record = store.get(key);
      if (record?.kind === 'node' && !record.pinned) tx.put({ ...record, x: record.x + dx, y: record.y + dy });
    }
  });
}

const ARROWS = /** @type {const} */ ([['Left', -1, 0], ['Right', 1, 0], ['Up', 0, -1], ['Down', 0, 1]]);
/** @param {Editor} editor */
const someNodes = (editor) => nodesOf(editor).length > 0;

/** @type {readonly Action[]} */
export const VIEW_ACTIONS = [
  { id: 'zoomIn', labelKey: 'action.zoomIn', keys: ['Alt+=', 'Alt++'], run: (editor) => zoom(editor, 1.2) },
  { id: 'zoomOut', labelKey: 'action.zoomOut', keys: ['Alt+-'], run: (editor) => zoom(editor, 1 / 1.2) },
  { id: 'fitSelected', labelKey: 'action.fitSelected', keys: ['.'], run: fit },
  { id: 'focusMode', labelKey: 'action.focusMode', keys: ['F'], run: () => document.documentElement.classList.toggle('focus-mode') },
  { id: 'editFirst', labelKey: 'action.editFirst', keys: ['Enter'], when: someNodes, run: enter },
  { id: 'leaveGraph', labelKey: 'action.leaveGraph', keys: ['Escape'], when: ({ graph }) => graph !== 'root', run: (editor) => editor.leave() },
  ...ARROWS.flatMap(([name, dx, dy]) => [
    { id: `go${name}`, labelKey: `action.go${name}`, keys: [`Arrow${name}`], run: (/** @type {Editor} */ editor) => step(editor, dx, dy) },
    { id: `add${name}`, labelKey: `action.add${name}`, keys: [`Shift+Arrow${name}`], run: (/** @type {Editor} */ editor) => step(editor, dx, dy, true) },
    { id: `move${name}`, labelKey: `action.move${name}`, keys: [`Ctrl+Arrow${name}`], when: someNodes, run: (/** @type {Editor} */ editor) => nudge(editor, dx * 12, dy * 12) },
  ]),
];
