// @ts-check
/** The bar at the top: files, undo, the run button with how many times, and how the run goes. */

import { t } from '../lib/i18n.js';
import { duration, h, live, worded } from './dom.js';
import { icon } from './icons.js';
import { openMenu } from './menus.js';

/** @typedef {import('../session/editor.js').Editor} Editor */

/** @param {Editor} editor @param {HTMLElement} tabs @returns {HTMLElement} */
export function makeToolbar(editor, tabs) {
  const bar = h('header', { class: 'toolbar' },
    menuButton(editor), tabs,
    h('div', { class: 'toolbar-group wide-only' },
      actionButton(editor, 'undo', 'undo'), actionButton(editor, 'redo', 'redo'), actionButton(editor, 'fit', 'fit')),
    connectionSign(editor), runState(editor), runGroup(editor));
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
  const ids = ['new', 'open', 'openFile', 'save', 'saveAs', 'download', 'downloadApi', '-', 'undo', 'redo', '-', 'arrange', 'fit', '-', 'settings', 'shortcuts'];
  button.addEventListener('click', () => {
    const { left, bottom } = button.getBoundingClientRect();
    openMenu(editor, ids, { x: left, y: bottom + 4 });
  });
  return worded(button, { label: 'menu', title: 'menu' });
}

/** @param {Editor} editor */
function runGroup(editor) {
  const { preferences } = editor;
  const count = h('input', { type: 'number', class: 'batch', min: 1, max: 999, value: preferences.chosen.batch });
  worded(count, { label: 'run.count', title: 'run.count' });
  count.addEventListener('change', () => {
    const wanted = Math.min(Math.max(Math.round(Number(count.value)) || 1, 1), 999);
    count.value = String(wanted);
    preferences.set('batch', wanted);
  });
  const run = h('button', { class: 'button primary run', id: 'run', onclick: () => editor.actions.run('queue', editor) },
    icon('play'), worded(h('span'), { text: 'run' }));
  const stop = h('button', { class: 'icon-button', id: 'cancel', onclick: () => editor.actions.run('cancel', editor) }, icon('stop'));
  worded(stop, { label: 'run.cancel', title: 'run.cancel' });
  const follow = () => (stop.disabled = editor.net.queue.running === 0);
  editor.net.subscribe(follow);
  follow();
  return h('div', { class: 'toolbar-group' }, stop, h('div', { class: 'run-group' }, run, count));
}

/** What runs, in words and as a bar. @param {Editor} editor */
function runState(editor) {
  const bar = h('progress', { max: 1, value: 0 });
  const text = h('span', {});
  const box = h('div', { class: 'run-state', hidden: true }, text, bar);
  const follow = () => {
    const { run } = editor.document;
    box.hidden = run.status !== 'running' && run.status !== 'queued';
    if (box.hidden) return;
    const { share, left } = estimate(run);
    bar.value = share;
    const waiting = run.status === 'queued' ? t('run.waiting', { count: editor.net.queue.pending }) : `${Math.round(share * 100)} %`;
    text.textContent = left === null ? waiting : `${waiting} · ${t('run.left', { time: duration(left) })}`;
  };
  editor.on('run', follow);
  editor.on('shown', follow);
  editor.net.subscribe(follow);
  return box;
}

/** How far a run is, and the seconds that its running node still takes.
 * @param {import('../net/run_state.js').RunState} run */
export function estimate(run) {
  let [all, done] = [0, 0];
  /** @type {number | null} */
  let left = null;
  for (const [, fate] of run.all()) {
    if (fate.status === 'idle' || fate.status === 'cached') continue;
    all += 1;
    if (fate.status === 'done' || fate.status === 'failed') done += 1;
    if (fate.status !== 'running') continue;
    done += (fate.progress ?? 0) * 0.98;
    if (fate.perStep !== null) left = (left ?? 0) + fate.perStep * (fate.max - fate.value);
  }
  return { share: all ? done / all : 0, left };
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
