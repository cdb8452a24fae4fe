// @ts-check
/** What an empty graph offers: the ways to begin. */

import { t } from '../lib/i18n.js';
import { h, live } from './dom.js';
import { icon } from './icons.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {{readonly action: string, readonly icon: import('./icons.js').IconName, readonly labelKey: string}} Way */

/** @type {readonly Way[]} */
const WAYS = [
  { action: 'search', icon: 'plus', labelKey: 'empty.add' },
  { action: 'defaultGraph', icon: 'gallery', labelKey: 'empty.default' },
  { action: 'panel.templates', icon: 'templates', labelKey: 'empty.templates' },
  { action: 'open', icon: 'folder', labelKey: 'empty.open' },
];

/** @param {Editor} editor @param {HTMLElement} stage */
export function offerBeginnings(editor, stage) {
  const box = h('section', { class: 'beginning', hidden: true });
  live(box, () => [
    h('h2', {}, t('empty.title')),
    h('div', { class: 'beginning-ways' }, ...WAYS.filter(({ action }) => editor.actions.get(action)).map((way) => wayButton(editor, way))),
    h('p', {}, t('empty.hint')),
  ]);
  stage.append(box);
  const follow = () => {
    const { store, graph } = editor;
    box.hidden = ['node', 'group', 'reroute'].some((kind) => store.count(/** @type {'node'} */ (kind), graph) > 0);
  };
  editor.on('shown', follow);
  editor.on('changed', follow);
  follow();
}

/** @param {Editor} editor @param {Way} way */
function wayButton(editor, { action, icon: name, labelKey }) {
  const keys = editor.actions.get(action)?.keys?.[0];
  return h('button', { class: 'beginning-way', onclick: () => editor.actions.run(action, editor) },
    icon(name), h('span', {}, t(labelKey)), keys ? h('kbd', {}, keys) : null);
}
