// @ts-check
/** How a run goes on, for screen readers: which node, and each quarter of a long one. */

import { Definitions } from '../model/definitions.js';
import { titleOf } from '../view/layout.js';
import { nodeNamed } from '../model/places.js';
import { announce } from './toasts.js';

/** @typedef {import('../session/editor.js').Editor} Editor */

/** Not more often than it can be spoken. Milliseconds. */
const PAUSE = 1500;

/** @param {Editor} editor */
export function speakOfRuns(editor) {
  let said = '';
  let saidAt = -Infinity;
  editor.on('run', () => {
    const text = progressOf(editor);
    if (!text || text === said || performance.now() - saidAt < PAUSE) return;
    said = text;
    saidAt = performance.now();
    announce(text);
  });
}

/** @param {Editor} editor */
function progressOf({ document }) {
  for (const [id, { status, progress }] of document.run.all()) {
    if (status !== 'running') continue;
    const node = nodeNamed(document.store, id);
    if (!node) continue;
    const quarter = Math.floor((progress ?? 0) * 4) * 25;
    const name = titleOf(node, new Definitions(document.store, document.catalogue).of(node));
    return quarter ? `${name}, ${quarter} %` : name;
  }
  return '';
}
