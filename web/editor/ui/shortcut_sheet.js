// @ts-check
/** All actions and their keys. */

import { t } from '../lib/i18n.js';
import { showDialog } from './dialog.js';
import { h } from './dom.js';

/** @param {import('../session/editor.js').Editor} editor */
export function showShortcuts(editor) {
  const rows = editor.actions.all().filter(({ keys }) => keys?.length).map(({ labelKey, keys = [] }) =>
    h('div', { class: 'shortcut' }, h('span', {}, t(labelKey)),
      h('span', {}, ...keys.map((key) => h('kbd', {}, key)))));
  const more = h('p', { class: 'hint' }, t('shortcuts.canvas'));
  showDialog(t('action.shortcuts'), [h('div', { class: 'shortcuts' }, ...rows), more], { wide: true });
}
