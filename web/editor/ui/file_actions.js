// @ts-check
/** Opening, saving, and closing without losing anything. */

import { t } from '../lib/i18n.js';
import { writeApi } from '../formats/api_writer.js';
import { listUserFiles, readUserFile, writeUserFile } from '../net/api.js';
import { askName, choose, showDialog } from './dialog.js';
import { h, withArrows } from './dom.js';
import { attempt } from './errors.js';
import { openFile } from './open_file.js';
import { nameOf } from './tabs.js';
import { toast } from './toasts.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {import('../session/document.js').Document} Document */

const FOLDER = 'workflows';

/** Save where it was saved before; ask for a name where it was not. @param {Editor} editor @param {Document} [document] @returns {Promise<boolean>} */
export async function save(editor, document = editor.document) {
  if (!document.path) return saveAs(editor, document);
  return (await attempt(() => write(editor, document, document.path, true))) === true;
}

/** @param {Editor} editor @param {Document} [document] @returns {Promise<boolean>} whether it was saved */
export async function saveAs(editor, document = editor.document) {
  const name = await askName(t('action.saveAs'), t('file.name'), nameOf(document));
  if (!name) return false;
  const path = `${name.replace(/\.json$/i, '')}.json`;
  const done = await attempt(async () => {
    if (await write(editor, document, path, false)) return true;
    const chosen = await choose(t('file.exists'), t('file.existsText', { name: path }), [
      { id: 'no', label: t('cancel') }, { id: 'yes', label: t('file.replace'), tone: 'danger' },
    ]);
    return chosen === 'yes' && write(editor, document, path, true);
  });
  return done === true;
}

/** @param {Editor} editor @param {Document} document @param {string} path @param {boolean} overwrite */
async function write(editor, document, path, overwrite) {
  const text = JSON.stringify(document.toJson());
  if (!(await writeUserFile(`${FOLDER}/${path}`, text, { overwrite }))) return false;
  document.path = path;
  document.name = path.replace(/\.json$/i, '');
  document.markSaved();
  editor.drafts.keep(document);
  editor.tell('tabs');
  toast(t('file.saved', { name: document.name }), { tone: 'success' });
  return true;
}

/** Choose one of the saved workflows. @param {Editor} editor */
export const openSaved = (editor) =>
  attempt(async () => {
    const paths = (await listUserFiles(FOLDER)).filter((path) => path.endsWith('.json')).sort();
    const list = h('div', { class: 'list' }, ...paths.map((path) => h('button', {
      class: 'row', onclick: () => (dialog.close(), openPath(editor, path)),
    }, h('span', {}, path.replace(/\.json$/, '')))));
    withArrows(list, '.row');
    const dialog = showDialog(t('action.open'), [
      paths.length ? list : h('p', { class: 'empty' }, t('file.noneSaved')),
      h('footer', {}, h('button', { class: 'button', onclick: () => (dialog.close(), pickFile(editor)) }, t('action.openFile'))),
    ]);
  });

/** @param {Editor} editor @param {string} path */
export const openPath = (editor, path) =>
  attempt(async () => {
    const there = editor.documents.find((one) => one.path === path);
    if (there) return editor.show(there);
    const json = JSON.parse(await readUserFile(`${FOLDER}/${path}`));
    editor.open({ name: path.replace(/\.json$/i, ''), path, json });
  });

/** Let the user choose a file of their own. @param {Editor} editor */
export function pickFile(editor) {
  const input = h('input', { type: 'file', accept: '.json,.png,.webp,.jpg,.jpeg', multiple: true });
  input.addEventListener('change', () => [...(input.files ?? [])].forEach((file) => openFile(editor, file)));
  input.click();
}

/** @param {Editor} editor */
export const download = ({ document }) => hand(`${nameOf(document)}.json`, document.toJson());

/** @param {Editor} editor */
export const downloadApi = ({ document }) =>
  attempt(() => hand(`${nameOf(document)}-api.json`, writeApi(document.store, document.catalogue)));

/** @param {string} name @param {unknown} json */
function hand(name, json) {
  const url = URL.createObjectURL(new Blob([JSON.stringify(json, null, 2)], { type: 'application/json' }));
  h('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Close a tab; unsaved work is asked about. @param {Editor} editor */
export async function closeTab(editor) {
  const { document } = editor;
  if (document.isUnsaved && document.store.count('node', 'root') > 0) {
    const chosen = await choose(t('tab.closeTitle'), t('tab.closeText', { name: nameOf(document) }), [
      { id: 'drop', label: t('tab.drop'), tone: 'danger' }, { id: 'cancel', label: t('cancel') },
      { id: 'save', label: t('action.save'), tone: 'primary' },
    ]);
    if (chosen === null || chosen === 'cancel') return;
    if (chosen === 'save' && !(await save(editor, document))) return;
  }
  editor.close(document);
}
