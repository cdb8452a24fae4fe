// @ts-check
/** The way to the subgraph on the screen, and out of it: workflow › subgraph › subgraph within. */

import { onLanguage, t } from '../lib/i18n.js';
import { graphAt } from '../model/places.js';
import { h } from './dom.js';
import { nameOf } from './tabs.js';

/** @typedef {import('../session/editor.js').Editor} Editor */

/** @param {Editor} editor @param {HTMLElement} stage */
export function showTrail(editor, stage) {
  const nav = h('nav', { class: 'trail', hidden: true });
  stage.append(nav);
  let shown = '';
  const follow = () => {
    const { store, document: { place } } = editor;
    const names = [nameOf(editor.document), ...place.map((_, index) => nameAt(store, place.slice(0, index + 1)))];
    const now = JSON.stringify([t('graph.way'), place, names]);
    if (now === shown) return;
    shown = now;
    nav.hidden = place.length === 0;
    nav.setAttribute('aria-label', t('graph.way'));
    nav.replaceChildren(...names.map((name, depth) => step(editor, name, depth)));
  };
  editor.on('shown', follow);
  editor.on('tabs', follow);
  onLanguage(follow);
  follow();
}

/** @param {import('../model/store.js').Store} store @param {readonly string[]} place */
const nameAt = (store, place) => store.graph(graphAt(store, place) ?? '')?.name || t('action.newSubgraph');

/** @param {Editor} editor @param {string} name @param {number} depth */
const step = (editor, name, depth) => h('button', {
  'aria-current': depth === editor.document.place.length ? 'location' : null,
  onclick: () => {
    while (editor.document.place.length > depth) editor.leave();
    editor.renderer.canvas.focus();
  },
}, name);
