// @ts-check
/** The rail of panels at the left, and the panel that is open. */

import { onLanguage, t } from '../lib/i18n.js';
import { h, withArrows, worded } from './dom.js';
import { icon } from './icons.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** A panel: `show` fills its body and returns what ends it.
 * @typedef {{readonly id: string, readonly icon: import('./icons.js').IconName, readonly labelKey: string,
 *   readonly show: (editor: Editor, body: HTMLElement, head: HTMLElement) => (() => void) | void}} Panel */

/** @param {Editor} editor @param {readonly Panel[]} panels @returns {{rail: HTMLElement, side: HTMLElement}} */
export function makeSides(editor, panels) {
  const { preferences } = editor;
  const rail = h('nav', { class: 'rail' });
  const side = h('aside', { class: 'side', hidden: true });
  for (const panel of panels) {
    const button = h('button', { class: 'rail-button', 'data-panel': panel.id }, icon(panel.icon), worded(h('span'), { text: panel.labelKey }));
    button.addEventListener('click', () => preferences.set('panel', preferences.chosen.panel === panel.id ? '' : panel.id));
    rail.append(worded(button, { title: panel.labelKey }));
  }
  worded(rail, { label: 'panels' });
  withArrows(rail, '.rail-button');
  let end = () => {};
  const follow = () => {
    end();
    const panel = panels.find(({ id }) => id === preferences.chosen.panel);
    for (const button of rail.querySelectorAll('.rail-button')) {
      button.setAttribute('aria-expanded', String(button.getAttribute('data-panel') === panel?.id));
    }
    side.hidden = !panel;
    end = panel ? fill(editor, side, panel) : () => {};
  };
  preferences.subscribe((_, changed) => changed === 'panel' && keepInPlace(editor, follow));
  onLanguage(follow);
  side.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') preferences.set('panel', '');
  });
  follow();
  return { rail, side };
}

/** What is on the canvas stays where it is on the screen, whatever opens beside it.
 * @param {Editor} editor @param {() => void} change */
function keepInPlace({ renderer: { canvas }, viewport }, change) {
  const before = canvas.getBoundingClientRect().left;
  change();
  viewport.panBy(before - canvas.getBoundingClientRect().left, 0);
}

/** @param {Editor} editor @param {HTMLElement} side @param {Panel} panel */
function fill(editor, side, panel) {
  const head = h('div', { class: 'side-actions' });
  const body = h('div', { class: 'side-body' });
  const close = h('button', { class: 'icon-button', 'aria-label': t('close'), onclick: () => editor.preferences.set('panel', '') }, icon('close'));
  side.setAttribute('aria-label', t(panel.labelKey));
  side.replaceChildren(h('header', { class: 'side-head' }, h('h2', {}, t(panel.labelKey)), head, close), body);
  return panel.show(editor, body, head) ?? (() => {});
}

