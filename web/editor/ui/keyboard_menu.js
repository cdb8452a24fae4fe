// @ts-check
/** The menu key and Shift+F10: the menu of what is selected, where it is. */

import { nodesOf } from '../actions/graph_actions.js';
import { openCanvasMenu } from './canvas_menu.js';
import { placeOf } from './connect_menu.js';

/** @typedef {import('../session/editor.js').Editor} Editor */

/** The browser asks for its own menu, too, at another place. Milliseconds. */
const SOON = 400;
let openedAt = -Infinity;

/** @type {import('../actions/registry.js').Action} */
export const MENU_ACTION = { id: 'menu', labelKey: 'action.menu', keys: ['ContextMenu', 'Shift+F10'], run: open };

/** @param {Editor} editor */
function open(editor) {
  openedAt = performance.now();
  const { canvas } = editor.renderer;
  const box = canvas.getBoundingClientRect();
  const key = nodesOf(editor).at(-1) ?? [...editor.selection.keys].at(-1);
  const view = editor.renderer.scene.nodes.get(key ?? '');
  if (view) {
    const { x, y } = placeOf(editor, view);
    return openCanvasMenu(editor, canvas, { x: x - box.x, y: y - box.y }, { part: 'title', key: view.key, view });
  }
  const middle = { x: box.width / 2, y: box.height / 2 };
  const kind = key && editor.store.get(key)?.kind;
  openCanvasMenu(editor, canvas, middle, key && (kind === 'group' || kind === 'reroute') ? { part: kind, key } : null);
}

/** @param {HTMLCanvasElement} canvas */
export function quietBrowserMenu(canvas) {
  canvas.addEventListener('contextmenu', (event) => {
    if (performance.now() - openedAt > SOON) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, { capture: true });
}
