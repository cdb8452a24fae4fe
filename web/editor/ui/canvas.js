// @ts-check
/** Hands what happens on the canvas to the tools, and what the tools wish for to the shell. */

import { t } from '../lib/i18n.js';
import { CanvasInput } from '../tools/canvas_input.js';
import { openField, openTitle } from '../widgets/open_field.js';
import { takePictures } from '../widgets/upload.js';
import { takePastes } from '../actions/clipboard_actions.js';
import { entriesFor } from './extension_api.js';
import { HoverCard } from './hover_card.js';
import { toast } from './toasts.js';
import { openCanvasMenu } from './canvas_menu.js';
import { reportIfFailed, say, searchAt, showPictures } from './canvas_wishes.js';

/** @param {import('../session/editor.js').Editor} editor @param {HTMLCanvasElement} canvas */
export function listenToCanvas(editor, canvas) {
  takePictures(editor, (message) => toast(message, { tone: 'error' }));
  takePastes(editor);
  const card = new HoverCard(editor, canvas);
  return new CanvasInput(canvas, editor, {
    search: (at, loose) => searchAt(editor, at, loose),
    menu: (at, hit) => openCanvasMenu(editor, canvas, at, hit, (_, on) => (on === null || 'view' in on ? entriesFor(on?.view.record ?? null) : [])),
    field: (view, widget) => openField(editor, view.key, widget),
    title: (key) => {
      if (!reportIfFailed(editor, key)) openTitle(editor, key);
    },
    enter: (view) => editor.enter(view.record),
    picture: (view) => showPictures(editor, view),
    hover: (hit, at) => card.over(hit, at),
    say,
    text: t,
  });
}
