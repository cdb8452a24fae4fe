// @ts-check
/** What a workflow that was opened asks for and is not there: the nearest that is, and all others to choose from. */

import { t } from '../lib/i18n.js';
import { setValue } from '../model/edits.js';
import { missingFrom } from '../model/missing.js';
import { getJson } from '../net/api.js';
import { showDialog } from './dialog.js';
import { h } from './dom.js';

/** @typedef {import('../model/missing.js').MissingFile} MissingFile */
/** @typedef {import('../session/editor.js').Editor} Editor */

/** What came since the server was asked last is not missing. @param {Editor} editor */
export async function showMissing(editor) {
  const { document } = editor;
  const { store, catalogue } = document;
  const isComplete = () => {
    const { classes, files } = missingFrom(store, catalogue);
    return !classes.size && !files.length;
  };
  if (isComplete()) return;
  const described = await getJson('/object_info').catch(() => null);
  if (described) catalogue.describe(described);
  if (document !== editor.document) return;
  editor.show(document);
  if (!isComplete()) tell(editor);
}

/** @param {Editor} editor */
function tell(editor) {
  const { store, catalogue } = editor.document;
  const { classes, files } = missingFrom(store, catalogue);
  const near = files.filter(({ nearest }) => nearest !== null);
  const rows = files.map((file) => row(editor, file));
  const takeAll = () => {
    choose(editor, near.map((file) => [file, file.nearest ?? '']));
    dialog.close();
  };
  const dialog = showDialog(t('missing.title'), [
    classes.size ? h('p', {}, t('missing.classes', { names: [...classes.keys()].join(', ') })) : null, ...rows,
    near.length > 1 ? h('footer', {}, h('button', { class: 'button primary', onclick: takeAll }, t('missing.takeAll'))) : null,
  ]);
}

/** @param {Editor} editor @param {MissingFile} file */
function row(editor, file) {
  const { field, value, nearest } = file;
  const take = (/** @type {string} */ name) => {
    choose(editor, [[file, name]]);
    box.classList.add('is-mended');
    box.replaceChildren(h('span', {}, `${field}: ${name}`));
  };
  const others = optionsOf(editor, file).filter((name) => name !== nearest);
  const list = h('select', { 'aria-label': t('missing.other'), onchange: () => list.value && take(list.value) },
    h('option', { value: '' }, t('missing.other')), ...others.map((name) => h('option', {}, name)));
  const box = h('div', { class: 'setting missing' }, h('span', {}, t('missing.file', { field, value })),
    h('span', { class: 'missing-choices' },
      nearest === null ? null : h('button', { class: 'button', onclick: () => take(nearest) }, t('missing.nearest', { name: nearest })),
      others.length ? list : null));
  return box;
}

/** @param {Editor} editor @param {MissingFile} file @returns {string[]} */
function optionsOf({ document: { store, catalogue } }, { node, field }) {
  const record = store.get(node);
  const definition = record?.kind === 'node' ? catalogue.get(record.type) : undefined;
  return (definition?.inputs.find(({ name }) => name === field)?.options ?? []).map(String);
}

/** @param {Editor} editor @param {readonly (readonly [MissingFile, string])[]} chosen */
function choose({ document: { history, store } }, chosen) {
  history.mark('value');
  store.transact('value', (tx) => chosen.forEach(([{ node, field }, name]) => setValue(tx, node, field, name)));
}
