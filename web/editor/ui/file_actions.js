// @ts-check
/** Opening, saving, and closing without losing anything. */

import { parseJson, writeJson } from '../lib/exact.js';
import { t } from '../lib/i18n.js';
import { writeApi } from '../formats/api_writer.js';
import { deleteUserFile, listUserFiles, moveUserFile, readUserFile, writeUserFile } from '../net/api.js';
import { askName, choose, showDialog } from './dialog.js';
import { h, withArrows } from './dom.js';
import { attempt } from './errors.js';
import { showMissing } from './missing.js';
import { openFile } from './open_file.js';
import { nameOf } from './tabs.js';
import { toast } from './toasts.js';
import { tellWindows } from './windows.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {import('../session/document.js').Document} Document */

const FOLDER = 'workflows';

/** Save where it was saved before; ask for a name where it was not. Nothing that somebody else saved
 * there meanwhile, in another window for instance, is overwritten unless the user says so.
 * @param {Editor} editor @param {Document} [document] @returns {Promise<boolean>} */
export async function save(editor, document = editor.document) {
  if (!document.path) return saveAs(editor, document);
  const done = await attempt(() => alone(async () => {
    const there = await fileOf(document.path);
    if (!there || there.stamp === document.stamp) return write(editor, document, document.path, there !== undefined);
    const chosen = await choose(t('file.changed'), t('file.changedText', { name: nameOf(document) }), [
      { id: 'theirs', label: t('file.takeTheirs') }, { id: 'replace', label: t('file.replace'), tone: 'danger' },
      { id: 'saveAs', label: t('action.saveAs'), tone: 'primary' },
    ]);
    if (chosen === 'theirs') return void (await openTheirs(editor, document.path));
    if (chosen === 'saveAs') return 'saveAs';
    return chosen === 'replace' && write(editor, document, document.path, true);
  }));
  return done === 'saveAs' ? saveAs(editor, document) : done === true;
}

/** @param {Editor} editor @param {Document} [document] @returns {Promise<boolean>} whether it was saved */
export async function saveAs(editor, document = editor.document) {
  const name = await askName(t('action.saveAs'), t('file.name'), nameOf(document));
  if (!name) return false;
  const path = pathFor(name);
  const done = await attempt(async () => {
    if (await write(editor, document, path, false)) return true;
    return (await mayReplace(path)) && write(editor, document, path, true);
  });
  return done === true;
}

/** @param {string} name */
const pathFor = (name) => `${name.replace(/\.json$/i, '')}.json`;

/** @param {string} path */
async function mayReplace(path) {
  const chosen = await choose(t('file.exists'), t('file.existsText', { name: path }), [
    { id: 'no', label: t('cancel') }, { id: 'yes', label: t('file.replace'), tone: 'danger' },
  ]);
  return chosen === 'yes';
}

/** One window at a time looks whether a file is as it left it, and writes it. @template T @param {() => Promise<T>} work @returns {Promise<T>} */
const alone = async (work) => (navigator.locks ? /** @type {Promise<T>} */ (/** @type {unknown} */ (navigator.locks.request('safelight.save', work))) : work());

/** @param {string} path */
const fileOf = async (path) => (await savedWorkflows()).find((one) => one.path === path);

/** @returns {Promise<import('../net/api.js').UserFile[]>} sorted by path */
export async function savedWorkflows() {
  const files = (await listUserFiles(FOLDER)).filter(({ path }) => path.endsWith('.json'));
  return files.sort((a, b) => a.path.localeCompare(b.path));
}

/** @param {Editor} editor @param {Document} document @param {string} path @param {boolean} overwrite */
async function write(editor, document, path, overwrite) {
  const revision = document.store.revision;
  const written = await writeUserFile(`${FOLDER}/${path}`, writeJson(document.toJson()), { overwrite });
  if (!written) return false;
  document.path = path;
  document.stamp = written.stamp;
  document.name = path.replace(/\.json$/i, '');
  document.markSaved(revision);
  editor.drafts.keep(document);
  editor.tell('tabs');
  tellWindows({ path, stamp: written.stamp });
  toast(t('file.saved', { name: document.name }), { tone: 'success' });
  return true;
}

/** Choose one of the saved workflows. @param {Editor} editor */
export const openSaved = (editor) =>
  attempt(async () => {
    const files = await savedWorkflows();
    const list = h('div', { class: 'list' }, ...files.map(({ path }) => h('button', {
      class: 'row', onclick: () => (dialog.close(), openPath(editor, path)),
    }, h('span', {}, path.replace(/\.json$/, '')))));
    withArrows(list, '.row');
    const dialog = showDialog(t('action.open'), [
      files.length ? list : h('p', { class: 'empty' }, t('file.noneSaved')),
      h('footer', {}, h('button', { class: 'button', onclick: () => (dialog.close(), pickFile(editor)) }, t('action.openFile'))),
    ]);
  });

/** @param {Editor} editor @param {string} path */
export const openPath = (editor, path) =>
  attempt(async () => {
    const there = editor.documents.find((one) => one.path === path);
    if (there) return editor.show(there);
    await openTheirs(editor, path);
    showMissing(editor);
  });

/** Open a saved workflow in a tab of its own, whatever else is open. @param {Editor} editor @param {string} path */
export async function openTheirs(editor, path) {
  // Its state is asked for first: what is written in between is then found when saving.
  const stamp = (await fileOf(path))?.stamp ?? '';
  const json = parseJson(await readUserFile(`${FOLDER}/${path}`));
  editor.open({ name: path.replace(/\.json$/i, ''), path, json, stamp });
}

/** Give a saved workflow another name. @param {Editor} editor @param {string} path */
export async function renameSaved(editor, path) {
  const name = await askName(t('action.rename'), t('file.name'), path.replace(/\.json$/i, ''));
  const to = name && pathFor(name);
  if (!to || to === path) return;
  await attempt(async () => {
    const move = (/** @type {boolean} */ overwrite) => moveUserFile(`${FOLDER}/${path}`, `${FOLDER}/${to}`, { overwrite });
    const moved = (await move(false)) ?? ((await mayReplace(to)) ? await move(true) : null);
    if (!moved) return;
    for (const document of editor.documents.filter((one) => one.path === path)) {
      Object.assign(document, { path: to, name: to.replace(/\.json$/i, ''), stamp: moved.stamp });
      editor.drafts.keep(document);
    }
    editor.tell('tabs');
  });
}

/** @param {Editor} editor @param {string} path @returns {Promise<boolean>} whether it was deleted */
export async function deleteSaved(editor, path) {
  const chosen = await choose(t('file.delete'), t('file.deleteText', { name: path }), [
    { id: 'no', label: t('cancel') }, { id: 'yes', label: t('action.delete'), tone: 'danger' },
  ]);
  if (chosen !== 'yes') return false;
  const done = await attempt(async () => (await deleteUserFile(`${FOLDER}/${path}`), true));
  for (const document of editor.documents.filter((one) => done && one.path === path)) {
    Object.assign(document, { path: '', stamp: '' });
    document.markSaved(-1);
    editor.drafts.keep(document);
  }
  editor.tell('tabs');
  return done === true;
}

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
  const url = URL.createObjectURL(new Blob([writeJson(json, 2)], { type: 'application/json' }));
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
