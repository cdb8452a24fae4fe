// @ts-check
/** The server's log, as it grows. */

import { asList, asObject, asText } from '../../lib/json.js';
import { t } from '../../lib/i18n.js';
import { ask, getJson } from '../../net/api.js';
import { h } from '../dom.js';
import { attempt } from '../errors.js';

const MOST = 1_000;

/** @type {import('../sides.js').Panel} */
export const LOG_PANEL = { id: 'log', icon: 'log', labelKey: 'panel.log', show };

/** @param {import('../../session/editor.js').Editor} editor @param {HTMLElement} body */
function show(editor, body) {
  const list = h('div', { class: 'log', role: 'log' });
  const add = (/** @type {unknown} */ entries) => {
    const atEnd = body.scrollHeight - body.scrollTop - body.clientHeight < 40;
    for (const entry of asList(entries).map(asObject)) {
      list.append(h('div', {}, h('time', {}, `${asText(entry['t']).slice(11, 19)} `), asText(entry['m']).trimEnd()));
    }
    while (list.childElementCount > MOST) list.firstElementChild?.remove();
    if (atEnd) body.scrollTop = body.scrollHeight;
  };
  const subscribe = (/** @type {boolean} */ enabled) =>
    ask('/internal/logs/subscribe', { method: 'PATCH', headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ clientId: editor.net.socket.clientId, enabled }) });
  body.append(list);
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
