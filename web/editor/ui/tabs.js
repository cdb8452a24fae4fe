// @ts-check
/** A tab for each open workflow; a dot marks unsaved work. */

import { t } from '../lib/i18n.js';
import { h, live, withArrows } from './dom.js';
import { icon } from './icons.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {import('../session/document.js').Document} Document */

/** @param {Document} document */
export const nameOf = (document) => document.title;

/** @param {Editor} editor @returns {HTMLElement} */
export function makeTabs(editor) {
  const list = h('div', { class: 'tabs', role: 'tablist' });
  let shown = '';
  const show = live(list, () => [
    ...editor.documents.map((document) => tab(editor, document)),
    h('button', { class: 'icon-button', 'aria-label': t('action.new'), title: t('action.new'), onclick: () => editor.actions.run('new', editor) }, icon('plus')),
  ]);
  editor.on('tabs', () => {
    const now = JSON.stringify(editor.documents.map((one) => [one.id, nameOf(one), one.isUnsaved, one === editor.document]));
    if (now === shown) return;
    shown = now;
    show();
    list.querySelector('.tab.shown')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  });
  withArrows(list, '[role=tab]');
  return list;
}

/** @param {Editor} editor @param {Document} document */
function tab(editor, document) {
  const isShown = document === editor.document;
  const name = nameOf(document);
  const close = h('button', {
    class: 'tab-close', 'aria-label': t('tab.close', { name }), tabindex: -1,
    onclick: (/** @type {Event} */ event) => {
      event.stopPropagation();
      editor.show(document);
      editor.actions.run('closeTab', editor);
    },
  }, document.isUnsaved ? h('span', { class: 'unsaved', title: t('tab.unsaved') }) : null, icon('close'));
  return h('div', { class: `tab${isShown ? ' shown' : ''}` },
    h('button', { role: 'tab', 'aria-selected': String(isShown), tabindex: isShown ? 0 : -1, onclick: () => editor.show(document) }, name),
    close);
}
