// @ts-check
/** What has run: look at its pictures, open it again with its values. */

import { asList, asNumber, asObject } from '../../lib/json.js';
import { t } from '../../lib/i18n.js';
import { getJson, postJson, viewUrl } from '../../net/api.js';
import { filesOf } from '../../net/run_state.js';
import { duration, h } from '../dom.js';
import { attempt } from '../errors.js';
import { icon } from '../icons.js';
import { openLightbox } from '../lightbox.js';
import { openJson } from '../open_file.js';

/** @typedef {import('../../session/editor.js').Editor} Editor */
/** @typedef {import('../../lib/json.js').JsonObject} JsonObject */

const MOST = 60;

/** @type {import('../sides.js').Panel} */
export const HISTORY_PANEL = { id: 'history', icon: 'history', labelKey: 'panel.history', show };

/** @param {Editor} editor @param {HTMLElement} body @param {HTMLElement} head */
function show(editor, body, head) {
  const refresh = () => attempt(async () => {
    const entries = Object.entries(asObject(await getJson(`/history?max_items=${MOST}`))).reverse();
    body.replaceChildren(...entries.map(([id, entry]) => card(editor, id, asObject(entry), refresh)));
    if (!entries.length) body.append(h('p', { class: 'empty' }, t('history.empty')));
  });
  head.append(h('button', { class: 'icon-button', title: t('history.clear'), 'aria-label': t('history.clear'),
    onclick: () => attempt(() => postJson('/history', { clear: true })).then(refresh) }, icon('trash')));
  void refresh();
  return editor.net.subscribe(({ type }) => {
    if (type === 'job_ended') void refresh();
  });
}

/** @param {Editor} editor @param {string} id @param {JsonObject} entry @param {() => unknown} refresh */
function card(editor, id, entry, refresh) {
  const files = Object.values(asObject(entry['outputs'])).flatMap(filesOf);
  const status = statusOf(entry);
  const first = files[0];
  const nodes = Object.values(asObject(entry['nodes'])).map(asObject);
  const seconds = nodes.reduce((sum, node) => sum + asNumber(node['seconds'], 0), 0);
  const cached = nodes.filter((node) => node['cached']).length;
  return h('div', { class: 'card' },
    h('button', { class: 'thumb', 'aria-label': t('lightbox'), disabled: !first, onclick: () => openLightbox(editor, files) },
      first ? h('img', { src: viewUrl(first, { small: true }), alt: '', loading: 'lazy' }) : icon(status === 'failed' ? 'warning' : 'history')),
    h('button', { class: 'card-text', title: t('history.load'), onclick: () => load(editor, id, entry) },
      h('p', { class: 'title' }, h('i', { class: `dot ${status}` }), t(`history.${status}`), h('small', { class: 'muted' }, duration(seconds))),
      h('p', { class: 'muted' }, t('history.cached', { count: cached, all: nodes.length })),
      h('p', { class: 'muted' }, timeOf(entry))),
    h('button', { class: 'icon-button', title: t('history.delete'), 'aria-label': t('history.delete'),
      onclick: () => attempt(() => postJson('/history', { delete: [id] })).then(refresh) }, icon('close')));
}

/** Open a past run with its values and what it made. @param {Editor} editor @param {string} id @param {JsonObject} entry */
async function load(editor, id, entry) {
  const [, , prompt, extra] = asList(entry['prompt']);
  const workflow = asObject(asObject(extra)['extra_pnginfo'])['workflow'];
  const document = await openJson(editor, workflow ?? prompt, t('panel.history'));
  document?.run.recall(id, entry);
}

/** @param {JsonObject} entry @returns {'done' | 'failed' | 'cancelled'} */
function statusOf(entry) {
  const { status_str: word, messages } = asObject(entry['status']);
  if (word === 'success') return 'done';
  return asList(messages).some((message) => asList(message)[0] === 'execution_interrupted') ? 'cancelled' : 'failed';
}

/** @param {JsonObject} entry */
function timeOf(entry) {
  const stamps = asList(asObject(entry['status'])['messages']).map((message) => asNumber(asObject(asList(message)[1])['timestamp'], 0));
  const last = Math.max(0, ...stamps);
  return last ? new Date(last).toLocaleString(document.documentElement.lang, { dateStyle: 'short', timeStyle: 'short' }) : '';
}
