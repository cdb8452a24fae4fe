// @ts-check
/** The workflows that were saved on the server: open, rename, delete. */

import { t } from '../../lib/i18n.js';
import { h, withArrows } from '../dom.js';
import { attempt } from '../errors.js';
import { deleteSaved, openPath, renameSaved, savedWorkflows } from '../file_actions.js';
import { icon } from '../icons.js';
import { onSaved } from '../windows.js';

/** @typedef {import('../../session/editor.js').Editor} Editor */
/** @typedef {import('../../net/api.js').UserFile} UserFile */

/** @type {import('../sides.js').Panel} */
export const WORKFLOWS_PANEL = { id: 'workflows', icon: 'folder', labelKey: 'panel.workflows', show };

/** @param {Editor} editor @param {HTMLElement} body @param {HTMLElement} head */
function show(editor, body, head) {
  const field = h('input', { type: 'search', class: 'filter', placeholder: t('workflows.search'), 'aria-label': t('workflows.search'), spellcheck: 'false' });
  const list = h('div', {});
  body.append(field, list);
  withArrows(list, '.row-main');
  const filter = () => {
    const wanted = field.value.toLowerCase();
    for (const row of list.querySelectorAll('.row')) row.toggleAttribute('hidden', !row.textContent?.toLowerCase().includes(wanted));
  };
  const refresh = () => attempt(async () => {
    const files = await savedWorkflows();
    list.replaceChildren(...(files.length ? files.map((file) => row(editor, file, refresh)) : [h('p', { class: 'empty' }, t('file.noneSaved'))]));
    filter();
  });
  field.addEventListener('input', filter);
  head.append(tool('save', 'action.save', () => editor.actions.run('save', editor)));
  void refresh();
  const ends = [onSaved(() => void refresh()), editor.on('tabs', () => markOpen(editor, list))];
  return () => ends.forEach((end) => end());
}

/** @param {Editor} editor @param {UserFile} file @param {() => unknown} refresh */
function row(editor, { path, modified }, refresh) {
  const when = new Date(modified > 1e11 ? modified : modified * 1000);
  return h('div', { class: 'row', 'data-path': path },
    h('button', { class: 'row-main', onclick: () => openPath(editor, path), 'aria-current': String(path === editor.document.path) },
      h('span', {}, path.replace(/\.json$/, '')),
      h('small', {}, when.toLocaleString(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' }))),
    tool('rename', 'action.rename', () => renameSaved(editor, path).then(refresh)),
    tool('trash', 'action.delete', async () => (await deleteSaved(editor, path)) && refresh()));
}

/** @param {Editor} editor @param {HTMLElement} list */
function markOpen({ document }, list) {
  for (const one of list.querySelectorAll('.row')) {
    one.querySelector('.row-main')?.setAttribute('aria-current', String(one.getAttribute('data-path') === document.path));
  }
}

/** @param {import('../icons.js').IconName} sign @param {string} key @param {() => unknown} run */
const tool = (sign, key, run) => h('button', { class: 'icon-button', title: t(key), 'aria-label': t(key), onclick: run }, icon(sign));
