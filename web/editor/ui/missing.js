// @ts-check
/** What a workflow that was opened asks for and is not there, with the nearest that is. */

import { t } from '../lib/i18n.js';
import { setValue } from '../model/edits.js';
import { missingFrom } from '../model/missing.js';
import { showDialog } from './dialog.js';
import { h } from './dom.js';

/** @param {import('../session/editor.js').Editor} editor */
export function showMissing(editor) {
  const { store, catalogue, history } = editor.document;
  const { classes, files } = missingFrom(store, catalogue);
  if (!classes.size && !files.length) return;
  const rows = files.map(({ node, field, value, nearest }) => {
    const row = h('div', { class: 'setting' }, h('span', {}, t('missing.file', { field, value })));
    if (nearest !== null) row.append(h('button', { class: 'button', onclick: () => {
      history.mark('value');
      store.transact('value', (tx) => setValue(tx, node, field, nearest));
      row.remove();
    } }, t('missing.nearest', { name: nearest })));
    return row;
  });
  showDialog(t('missing.title'), [
    classes.size ? h('p', {}, t('missing.classes', { names: [...classes.keys()].join(', ') })) : null, ...rows,
  ]);
}
