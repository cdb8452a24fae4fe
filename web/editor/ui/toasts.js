// @ts-check
/** Short messages in a corner; errors stay until they are closed. What they say is also read aloud. */

import { t } from '../lib/i18n.js';
import { h } from './dom.js';
import { icon } from './icons.js';

/** @typedef {'info' | 'success' | 'error'} Tone */
/** @typedef {{readonly label: string, readonly run: () => void}} Offer */

/** @type {{readonly [T in Tone]: import('./icons.js').IconName}} */
const SIGNS = { info: 'info', success: 'check', error: 'warning' };
const STAY = 4_000;
const MOST = 4;

const host = h('div', { class: 'toasts' });
const spoken = h('div', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' });
const urgent = h('div', { class: 'visually-hidden', role: 'alert' });

export const mountToasts = () => document.body.append(host, spoken, urgent);

/** @param {string} text @param {{readonly tone?: Tone, readonly offer?: Offer | undefined}} [options]
 * @returns {() => void} what takes it away */
export function toast(text, { tone = 'info', offer } = {}) {
  const close = () => box.remove();
  const box = h('div', { class: `toast toast-${tone}` },
    icon(SIGNS[tone]),
    h('p', {}, text),
    offer ? h('button', { class: 'link', onclick: () => (close(), offer.run()) }, offer.label) : null,
    h('button', { class: 'icon-button', 'aria-label': t('close'), onclick: close }, icon('close')));
  // Said again, it stands there once.
  for (const other of [...host.children]) if (other.querySelector('p')?.textContent === text) other.remove();
  host.append(box);
  while (host.children.length > MOST) host.firstElementChild?.remove();
  if (tone !== 'error') setTimeout(close, STAY);
  announce(text, tone === 'error');
  return close;
}

/** Have a screen reader say something. @param {string} text @param {boolean} [atOnce] */
export function announce(text, atOnce = false) {
  (atOnce ? urgent : spoken).textContent = text;
}
