// @ts-check
/** The bar at the top: files, undo, the run button with how many times, and how the run goes. */

import { t } from '../lib/i18n.js';
import { duration, h, live, worded } from './dom.js';
import { icon } from './icons.js';
import { estimate } from './estimate.js';
import { openMenu } from './menus.js';
import { makeRunGroup } from './run_group.js';

/** @typedef {import('../session/editor.js').Editor} Editor */

/** @param {Editor} editor @param {HTMLElement} tabs @returns {HTMLElement} */
export function makeToolbar(editor, tabs) {
  const bar = h('header', { class: 'toolbar' },
    menuButton(editor), tabs, connectionSign(editor), runState(editor),
    h('div', { class: 'toolbar-group wide-only' },
      actionButton(editor, 'undo', 'undo'), actionButton(editor, 'redo', 'redo'), actionButton(editor, 'fit', 'fit')),
    makeRunGroup(editor));
  return bar;
}

/** A button for an action, disabled while it cannot be done.
 * @param {Editor} editor @param {string} id @param {import('./icons.js').IconName} name */
export function actionButton(editor, id, name) {
  const action = editor.actions.get(id);
  const button = h('button', { class: 'icon-button', onclick: () => editor.actions.run(id, editor) }, icon(name));
  if (action) worded(button, { label: action.labelKey, title: action.labelKey });
  const follow = () => (button.disabled = action?.when?.(editor) === false);
  editor.on('changed', follow);
  editor.on('shown', follow);
  follow();
  return button;
}

/** @param {Editor} editor */
function menuButton(editor) {
  const button = h('button', { class: 'brand', 'aria-haspopup': 'menu' },
    h('img', { src: '/editor/icon.svg', alt: '', width: 22, height: 22 }), icon('chevron'));
  const ids = ['new', 'open', 'openFile', 'save', 'saveAs', 'download', 'downloadApi', '-', 'undo', 'redo', '-', 'find', 'arrange', 'fit', '-', 'settings', 'shortcuts'];
  button.addEventListener('click', () => {
    const { left, bottom } = button.getBoundingClientRect();
    openMenu(editor, ids, { x: left, y: bottom + 4 });
  });
  return worded(button, { label: 'menu', title: 'menu' });
}

/** What runs, in words and as a bar. @param {Editor} editor */
function runState(editor) {
  const bar = h('progress', { max: 1, value: 0 });
  const text = h('span', {});
  const box = h('div', { class: 'run-state', hidden: true }, text, bar);
  const follow = () => {
    const { run } = editor.document;
    box.hidden = !run.isBusy;
    if (box.hidden) return;
    const { share, left } = estimate(editor.document);
    bar.value = share;
    const waiting = run.status !== 'running' ? t('run.waiting', { count: editor.net.queue.pending }) : `${Math.round(share * 100)} %`;
    text.textContent = left === null ? waiting : `${waiting} · ${t('run.left', { time: duration(left) })}`;
  };
  editor.on('run', follow);
  editor.on('shown', follow);
  editor.net.subscribe(follow);
  return box;
}

/** Shown while the server cannot be reached. @param {Editor} editor */
function connectionSign(editor) {
  const sign = h('div', { class: 'connection', role: 'status', hidden: true });
  live(sign, () => [icon('warning'), h('span', {}, t('connection.lost'))]);
  const follow = () => (sign.hidden = editor.net.connection !== 'lost');
  editor.net.subscribe(follow);
  follow();
  return sign;
}
