// @ts-check
/** Copying and pasting, within a workflow, between workflows and between windows. */

import { parseJson, writeJson } from '../lib/exact.js';
import { copy, paste, readClip, remove } from '../model/edits.js';
import { edit } from './graph_actions.js';

/** @typedef {import('./registry.js').Action} Action */
/** @typedef {import('../session/editor.js').Editor} Editor */

/** Where all windows of this browser find what was copied last: the system's clipboard asks for leave. */
const SHELF = 'safelight.clip';

/** What was copied here last, where there is no room on the shelf. */
let kept = '';

/** @param {Editor} editor @returns {boolean} whether there was something to copy */
function copySelected({ store, selection }) {
  const clip = copy(store, selection.keys);
  if (!clip) return false;
  kept = writeJson(clip);
  try {
    localStorage.setItem(SHELF, kept);
  } catch {
    localStorage.removeItem(SHELF);
  }
  void navigator.clipboard?.writeText(kept).catch(() => undefined);
  return true;
}

/** @returns {import('../model/edits/clipboard.js').Clip | null} */
function clipped() {
  try {
    return readClip(parseJson(localStorage.getItem(SHELF) ?? kept));
  } catch {
    return null;
  }
}

/** In the middle of the screen, unless it is near where it was copied from. @param {Editor} editor @param {boolean} keepIncoming */
function pasteClip(editor, keepIncoming) {
  const clip = clipped();
  if (!clip) return;
  const { viewport, graph } = editor;
  const { x, y, w, h } = viewport.visible;
  const first = clip.nodes[0] ?? clip.groups[0];
  const isSeen = first && first.x > x && first.y > y && first.x + 40 < x + w && first.y + 40 < y + h;
  const place = isSeen ? { dx: 40, dy: 40 } : { x: Math.round(x + w / 2 - 160), y: Math.round(y + h / 2 - 100) };
  edit(editor, 'paste', (tx) => editor.selection.set(paste(tx, clip, { graph, ...place, keepIncoming })));
}

/** @param {Editor} editor */
const isCopyable = ({ store, selection }) => [...selection.keys].some((key) => ['node', 'group'].includes(store.get(key)?.kind ?? ''));

/** @type {readonly Action[]} */
export const CLIPBOARD_ACTIONS = [
  { id: 'copy', labelKey: 'action.copy', keys: ['Ctrl+C'], when: isCopyable, run: copySelected },
  { id: 'cut', labelKey: 'action.cut', keys: ['Ctrl+X'], when: isCopyable, run: (editor) => {
    if (copySelected(editor)) edit(editor, 'cut', (tx) => remove(tx, [...editor.selection.keys]));
  } },
  // The browser tells of Ctrl+V itself, and of pictures that are pasted: see `takePastes`.
  { id: 'paste', labelKey: 'action.paste', keys: ['Ctrl+V'], told: true, run: (editor) => pasteClip(editor, false) },
  { id: 'pasteLinked', labelKey: 'action.pasteLinked', keys: ['Ctrl+Shift+V'], run: (editor) => pasteClip(editor, true) },
];

/** Paste what was copied, unless it is a picture, which `takePictures` has taken by then. @param {Editor} editor */
export function takePastes(editor) {
  addEventListener('paste', (event) => {
    const isTyping = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA)$/.test(event.target.tagName);
    if (event.defaultPrevented || isTyping || document.querySelector('dialog[open]')) return;
    if (!editor.actions.keysOf('paste').includes('Ctrl+V')) return;
    event.preventDefault();
    editor.actions.run('paste', editor);
  });
}
