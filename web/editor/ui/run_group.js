// @ts-check
/** The run button, how many times it runs, and the menu of how. */

import { onLanguage, t } from '../lib/i18n.js';
import { h, worded } from './dom.js';
import { icon } from './icons.js';
import { openMenu } from './menus.js';

/** @typedef {import('../session/editor.js').Editor} Editor */

const MODES = /** @type {const} */ (['off', 'change', 'instant']);

/** @param {Editor} editor @returns {HTMLElement} */
export function makeRunGroup(editor) {
  const run = h('button', { class: 'button primary run', id: 'run', onclick: () => editor.actions.run('queue', editor) }, icon('play'));
  const label = h('span');
  run.append(label);
  const more = h('button', { class: 'button primary run-more', id: 'run-menu', 'aria-haspopup': 'menu' }, icon('chevron'));
  more.addEventListener('click', () => {
    const { left, bottom } = more.getBoundingClientRect();
    openMenu(editor, entries(editor), { x: left, y: bottom + 4 });
  });
  worded(more, { label: 'run.how', title: 'run.how' });
  const stop = h('button', { class: 'icon-button', id: 'cancel', onclick: () => editor.actions.run('cancel', editor) }, icon('stop'));
  worded(stop, { label: 'run.cancel', title: 'run.cancel' });
  const follow = () => (stop.disabled = editor.net.queue.running === 0);
  const name = () => {
    const { auto } = editor.preferences.chosen;
    label.textContent = t(auto === 'off' ? 'run' : `run.auto.${auto}.short`);
    run.classList.toggle('is-auto', auto !== 'off');
  };
  editor.net.subscribe(follow);
  editor.preferences.subscribe(name);
  onLanguage(name);
  follow();
  name();
  return h('div', { class: 'toolbar-group' }, stop, h('div', { class: 'run-group' }, run, batchField(editor), more));
}

/** @param {Editor} editor */
function batchField({ preferences }) {
  const count = h('input', { type: 'number', class: 'batch', min: 1, max: 999, value: preferences.chosen.batch });
  count.addEventListener('change', () => {
    const wanted = Math.min(Math.max(Math.round(Number(count.value)) || 1, 1), 999);
    count.value = String(wanted);
    preferences.set('batch', wanted);
  });
  return worded(count, { label: 'run.count', title: 'run.count' });
}

/** @param {Editor} editor @returns {import('./menus.js').Entry[]} */
function entries({ preferences }) {
  const { auto, badges } = preferences.chosen;
  return [
    'queue', 'queueFront', 'runToNode', 'cancel', 'clearQueue', '-',
    ...MODES.map((mode) => ({ label: t(`run.auto.${mode}`), isOn: mode === auto, run: () => preferences.set('auto', mode) })), '-',
    { label: t('settings.badges'), isOn: badges, run: () => preferences.set('badges', !badges) },
  ];
}
