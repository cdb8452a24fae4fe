// @ts-check
/** What windows of one browser tell each other: which saved workflow is another one now. */

import { asObject, asText } from '../lib/json.js';
import { t } from '../lib/i18n.js';
import { toast } from './toasts.js';

/** @typedef {{readonly path: string, readonly stamp: string}} Saved */

const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('safelight.files') : null;
/** @type {Set<(saved: Saved) => void>} */
const listeners = new Set();

/** A workflow was saved here. @param {Saved} saved */
export function tellWindows(saved) {
  channel?.postMessage(saved);
  for (const listener of listeners) listener(saved);
}

/** @param {(saved: Saved) => void} listener hears of all that is saved, here and in other windows @returns {() => void} */
export function onSaved(listener) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Say when another window saves what is open here. @param {import('../session/editor.js').Editor} editor
 * @param {(path: string) => unknown} open opens what was saved */
export function followWindows(editor, open) {
  channel?.addEventListener('message', ({ data }) => {
    const saved = { path: asText(asObject(data)['path']), stamp: asText(asObject(data)['stamp']) };
    for (const listener of listeners) listener(saved);
    const here = editor.documents.find(({ path, stamp }) => path && path === saved.path && stamp !== saved.stamp);
    if (here) toast(t('file.savedElsewhere', { name: here.name }), { offer: { label: t('file.takeTheirs'), run: () => open(saved.path) } });
  });
}
