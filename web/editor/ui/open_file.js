// @ts-check
/** What is dropped onto the page or chosen from the disk: workflows, and pictures that carry one. */

import { openFile as read, openJson as readJson } from '../formats/open.js';
import { t } from '../lib/i18n.js';
import { attempt } from './errors.js';
import { h } from './dom.js';
import { showMissing } from './missing.js';
import { toast } from './toasts.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {import('../formats/open.js').Opened} Opened */

/** @param {Editor} editor @param {File | Blob} file @param {string} [title] */
export const openFile = (editor, file, title) =>
  attempt(async () => {
    const name = title ?? ('name' in file ? file.name.replace(/\.[a-z]+$/i, '') : '');
    show(editor, await read(new Uint8Array(await file.arrayBuffer()), editor.catalogue), name);
  });

/** @param {Editor} editor @param {unknown} json a workflow in any format @param {string} name */
export const openJson = (editor, json, name) =>
  attempt(() => show(editor, readJson(json, editor.catalogue), name));

/** @param {Editor} editor @param {Opened} opened @param {string} name */
function show(editor, { records, notes }, name) {
  const document = editor.open({ name, records, unsaved: true });
  for (const note of notes.slice(0, 3)) toast(t(note.key, note.facts));
  void showMissing(editor);
  return document;
}

/** Let files be dropped anywhere. @param {Editor} editor */
export function acceptDrops(editor) {
  const veil = h('div', { class: 'drop-veil', hidden: true });
  document.body.append(veil);
  addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    veil.textContent = t('file.drop');
    veil.hidden = false;
  });
  addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) veil.hidden = true;
  });
  addEventListener('drop', (event) => {
    veil.hidden = true;
    const files = [...(event.dataTransfer?.files ?? [])];
    if (!files.length || event.defaultPrevented) return;
    event.preventDefault();
    for (const file of files) void openFile(editor, file);
  });
}
