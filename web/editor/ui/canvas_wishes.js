// @ts-check
/** What the tools on the canvas ask the shell for: search, menus, pictures, words. */

import { t } from '../lib/i18n.js';
import { connectLoose } from '../tools/loose.js';
import { fileNamed, statusOf } from './canvas_run.js';
import { openLightbox } from './lightbox.js';
import { showReport } from './node_report.js';
import { openSearch } from './search.js';
import { toast } from './toasts.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {import('../view/scene.js').NodeView} NodeView */

/** A click on a node's picture. @param {Editor} editor @param {NodeView} view */
export function showPictures(editor, { record, definition }) {
  const { files } = editor.document.run.get(editor.document.named(record.id));
  const field = definition?.fields.find(({ kind }) => kind === 'image');
  const chosen = field && record.values[field.name];
  if (files.length) openLightbox(editor, files);
  else if (typeof chosen === 'string' && chosen) openLightbox(editor, [fileNamed(chosen)]);
}

/** A node that failed or cannot run says why when its title is clicked. @param {Editor} editor @param {string} key */
export function reportIfFailed(editor, key) {
  const node = editor.store.get(key);
  if (node?.kind !== 'node') return false;
  if (!['failed', 'invalid', 'unready'].includes(statusOf(editor.document, editor.document.named(node.id)))) return false;
  showReport(editor, node);
  return true;
}

/** Search for a node; one that a loose link asked for is linked to it at once.
 * @param {Editor} editor @param {import('../view/geometry.js').GraphPoint} at @param {import('../tools/chart.js').Loose | null} loose */
export function searchAt(editor, at, loose) {
  if (!loose) return openSearch(editor, { at });
  openSearch(editor, { at, fitting: { type: loose.type, side: loose.side }, onAdded: (node) => connectLoose(editor, loose, node) });
}

/** @param {string} key @param {{readonly [name: string]: string | number}} [facts] */
export const say = (key, facts = {}) => toast(t(key, facts));
