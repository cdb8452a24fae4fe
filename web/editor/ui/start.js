// @ts-check
/** What is opened at the start: what was open the last time, else the default workflow. */

import { fetchTemplate } from '../net/templates.js';
import { attempt } from './errors.js';

/** @typedef {import('../session/editor.js').Editor} Editor */

const SHOWN = 'safelight.shown';

/** @param {Editor} editor */
export async function openFirst(editor) {
  const drafts = await editor.drafts.adopt(editor.catalogue);
  const shown = sessionStorage.getItem(SHOWN);
  for (const draft of drafts) await attempt(() => editor.open(draft));
  if (!editor.documents.length) await openDefault(editor);
  const last = editor.documents.find(({ id }) => id === shown);
  if (last) editor.show(last);
  editor.on('shown', () => sessionStorage.setItem(SHOWN, editor.document.id));
}

/** Text to image, from what comes with the server; an empty workflow if that is not there. @param {Editor} editor */
export async function openDefault(editor) {
  const json = await fetchTemplate('safelight', 'txt2img', editor.preferences.chosen.language).catch(() => undefined);
  editor.open({ name: '', json, ...(json ? { nameKey: 'template.txt2img' } : {}) });
}
