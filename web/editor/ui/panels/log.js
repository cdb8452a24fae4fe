// @ts-check
/** The server's log, as it grows. */

import { asList, asObject, asText } from '../../lib/json.js';
import { t } from '../../lib/i18n.js';
import { ask, getJson } from '../../net/api.js';
import { copyText } from '../copy.js';
import { h } from '../dom.js';
import { attempt } from '../errors.js';
import { icon } from '../icons.js';
import { toast } from '../toasts.js';

const MOST = 1_000;

/** @type {import('../sides.js').Panel} */
export const LOG_PANEL = { id: 'log', icon: 'log', labelKey: 'panel.log', show };

/** @typedef {'info' | 'warning' | 'error'} Level */

/** @param {import('../../session/editor.js').Editor} editor @param {HTMLElement} body @param {HTMLElement} head */
function show(editor, body, head) {
  const list = h('div', { class: 'log', role: 'log' });
  const field = h('input', { type: 'search', class: 'filter', placeholder: t('log.search'), 'aria-label': t('log.search'), spellcheck: 'false' });
  const level = h('select', { 'aria-label': t('log.level') }, ...['info', 'warning', 'error'].map((one) => h('option', { value: one }, t(`log.level.${one}`))));
  /** What came while nothing is to move. @type {unknown[] | null} */
  let held = null;
  const fits = (/** @type {HTMLElement} */ row) => isWanted(row, field.value, /** @type {Level} */ (level.value));
  const filter = () => [.../** @type {Iterable<HTMLElement>} */ (list.children)].forEach((row) => (row.hidden = !fits(row)));
  const add = (/** @type {unknown} */ entries) => {
    if (held) return void held.push(...asList(entries));
    const atEnd = body.scrollHeight - body.scrollTop - body.clientHeight < 40;
    list.querySelector('.empty')?.remove();
    for (const entry of asList(entries).map(asObject)) {
      const row = line(asText(entry['t']), asText(entry['m']).trimEnd());
      row.hidden = !fits(row);
      list.append(row);
    }
    while (list.childElementCount > MOST) list.firstElementChild?.remove();
    if (atEnd) body.scrollTop = body.scrollHeight;
  };
  const pause = h('button', { class: 'icon-button', 'aria-pressed': 'false', title: t('log.pause'), 'aria-label': t('log.pause') }, icon('pause'));
  pause.addEventListener('click', () => {
    const waiting = held;
    held = waiting ? null : [];
    pause.setAttribute('aria-pressed', String(held !== null));
    if (waiting) add(waiting);
  });
  const copy = h('button', { class: 'icon-button', title: t('log.copy'), 'aria-label': t('log.copy'), onclick: () => attempt(async () => {
    const rows = [.../** @type {Iterable<HTMLElement>} */ (list.children)].filter((row) => !row.hidden);
    await copyText(rows.map((row) => row.textContent).join('\n'));
    toast(t('log.copied'), { tone: 'success' });
  }) }, icon('copy'));
  head.append(pause, copy);
  field.addEventListener('input', filter);
  level.addEventListener('change', filter);
  const subscribe = (/** @type {boolean} */ enabled) =>
    ask('/internal/logs/subscribe', { method: 'PATCH', headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ clientId: editor.net.socket.clientId, enabled }) });
  body.append(h('div', { class: 'log-filter' }, field, level), list);
  void attempt(async () => {
    add(asObject(await getJson('/internal/logs/raw'))['entries']);
    if (!list.childElementCount) list.append(h('p', { class: 'empty' }, t('log.empty')));
    await subscribe(true);
  });
  const end = editor.net.subscribe(({ type, data }) => {
    if (type === 'logs') add(data['entries']);
  });
  return () => {
    end();
    void subscribe(false).catch(() => undefined);
  };
}

/** @param {string} when @param {string} text */
const line = (when, text) => h('div', { 'data-level': levelOf(text) }, h('time', {}, `${when.slice(11, 19)} `), text);

/** How bad it is, by its words: lines of the log say no more. @param {string} text @returns {Level} */
const levelOf = (text) => (/\b(error|critical|exception|traceback|failed)\b/i.test(text) ? 'error' : /\bwarn(ing)?\b|deprecat/i.test(text) ? 'warning' : 'info');

/** @param {HTMLElement} row @param {string} text @param {Level} level the least */
function isWanted(row, text, level) {
  const least = { info: ['info', 'warning', 'error'], warning: ['warning', 'error'], error: ['error'] }[level];
  const content = row.textContent?.toLowerCase() ?? '';
  return least.includes(row.dataset['level'] ?? 'info') && text.toLowerCase().split(/\s+/).every((word) => content.includes(word));
}
