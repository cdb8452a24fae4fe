// @ts-check
/** Hands what happens on the canvas to the tools, and what the tools wish for to the shell. */

import { t } from '../lib/i18n.js';
import { CanvasInput } from '../tools/canvas_input.js';
import { openCanvasMenu, reportIfFailed, say, searchAt, showPictures } from './canvas_wishes.js';

/** @param {import('../session/editor.js').Editor} editor @param {HTMLCanvasElement} canvas */
export function listenToCanvas(editor, canvas) {
  return new CanvasInput(canvas, editor, {
    search: (at, loose) => searchAt(editor, at, loose, () => undefined),
    menu: (at, hit) => openCanvasMenu(editor, canvas, at, hit),
    field: () => undefined,
    title: (key) => void reportIfFailed(editor, key),
    enter: (view) => {
      if (!editor.store.graph(view.record.type)) return false;
      editor.showGraph(view.record.type);
      return true;
    },
    picture: (view) => showPictures(editor, view),
    hover: () => undefined,
    say,
    text: t,
  });
}
