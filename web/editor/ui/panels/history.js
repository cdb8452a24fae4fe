// @ts-check
/** What has run, as far back as is kept: look at its pictures, open it again with its values. */

import { asList, asNumber, asObject, asText } from '../../lib/json.js';
import { t } from '../../lib/i18n.js';
import { say } from '../../lib/sentences.js';
import { getJson, postJson, viewUrl } from '../../net/api.js';
import { filesOf } from '../../net/run_state.js';
import { choose } from '../dialog.js';
import { duration, h } from '../dom.js';
import { attempt } from '../errors.js';
import { icon } from '../icons.js';
import { openLightbox } from '../lightbox.js';
import { openJson } from '../open_file.js';
import { growAtEnd } from './paging.js';

/** @typedef {import('../../session/editor.js').Editor} Editor */
/** @typedef {import('../../lib/json.js').JsonObject} JsonObject */

const PAGE = 30;
/** @type {{readonly [status: string]: 'done' | 'failed' | 'cancelled'}} */
const STATUSES = { completed: 'done', failed: 'failed', cancelled: 'cancelled' };

/** @type {import('../sides.js').Panel} */
export const HISTORY_PANEL = { id: 'history', icon: 'history', labelKey: 'panel.history', show };

/** @param {Editor} editor @param {HTMLElement} body @param {HTMLElement} head */
function show(editor, body, head) {
  const list = h('div', { class: 'cards' });
  let end = () => {};
  const more = async () => {
    const page = await attempt(() => jobs(list.childElementCount, PAGE));
    list.append(...(page?.jobs ?? []).map((job) => card(editor, job)));
    if (!list.childElementCount) body.replaceChildren(h('p', { class: 'empty' }, t('history.empty')));
    return page?.hasMore ?? false;
  };
  const fill = () => {
    end();
    list.replaceChildren();
    body.replaceChildren(list);
    end = growAtEnd(list, more);
  };
  const newest = () => attempt(async () => {
    if (!list.isConnected) return fill();
    const known = new Set([...list.children].map((one) => one.getAttribute('data-job')));
    const found = (await jobs(0, 10)).jobs.filter(({ id }) => !known.has(asText(id)));
    list.prepend(...found.map((job) => card(editor, job)));
  });
  head.append(h('button', { class: 'icon-button', title: t('history.clear'), 'aria-label': t('history.clear'), onclick: async () => {
    const chosen = await choose(t('history.clear'), t('history.clearText'), [
      { id: 'no', label: t('cancel') }, { id: 'yes', label: t('history.clear'), tone: 'danger' },
    ]);
    if (chosen === 'yes') await attempt(() => postJson('/history', { clear: true })).then(fill);
  } }, icon('trash')));
  fill();
  const unsubscribe = editor.net.subscribe(({ type }) => type === 'job_ended' && void newest());
  return () => (end(), unsubscribe());
}

/** @param {number} offset @param {number} limit @returns {Promise<{jobs: JsonObject[], hasMore: boolean}>} the newest first */
async function jobs(offset, limit) {
  const query = `status=${Object.keys(STATUSES)}&sort_by=created_at&sort_order=desc&limit=${limit}&offset=${offset}`;
  const found = asObject(await getJson(`/jobs?${query}`));
  return { jobs: asList(found['jobs']).map(asObject), hasMore: asObject(found['pagination'])['has_more'] === true };
}

/** @param {Editor} editor @param {JsonObject} job */
function card(editor, job) {
  const id = asText(job['id']);
  const status = STATUSES[asText(job['status'])] ?? 'failed';
  const shown = asObject(job['preview_output']);
  const [made, began, ended] = ['create_time', 'execution_start_time', 'execution_end_time'].map((name) => asNumber(job[name], 0));
  const failure = say(asText(asObject(job['execution_error'])['exception_message']));
  const box = h('div', { class: 'card', 'data-job': id },
    h('button', { class: 'thumb', 'aria-label': t('lightbox'), disabled: !shown['filename'], onclick: () => showPictures(editor, id) },
      shown['filename'] ? h('img', { src: viewUrl(/** @type {any} */ (shown), { small: true }), alt: '', loading: 'lazy' }) : icon(status === 'failed' ? 'warning' : 'history')),
    h('button', { class: 'card-text', title: t('history.load'), onclick: () => load(editor, id) },
      h('p', { class: 'title' }, h('i', { class: `dot ${status}` }), t(`history.${status}`),
        began && ended ? h('small', { class: 'muted' }, duration((ended - began) / 1000)) : null),
      failure ? h('p', { class: 'muted card-failure' }, failure) : null,
      h('p', { class: 'muted' }, made ? new Date(made).toLocaleString(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' }) : '')),
    h('button', { class: 'icon-button', title: t('history.delete'), 'aria-label': t('history.delete'),
      onclick: () => attempt(() => postJson('/history', { delete: [id] })).then(() => box.remove()) }, icon('close')));
  return box;
}

/** @param {string} id @returns {Promise<JsonObject>} */
const entryOf = async (id) => asObject(asObject(await getJson(`/history/${id}`))[id]);

/** @param {Editor} editor @param {string} id */
const showPictures = (editor, id) =>
  attempt(async () => {
    const files = Object.values(asObject((await entryOf(id))['outputs'])).flatMap(filesOf);
    if (files.length) openLightbox(editor, files);
  });

/** Open a past run with its values and what it made. @param {Editor} editor @param {string} id */
const load = (editor, id) =>
  attempt(async () => {
    const entry = await entryOf(id);
    const [, , prompt, extra] = asList(entry['prompt']);
    const workflow = asObject(asObject(extra)['extra_pnginfo'])['workflow'];
    const name = asText(asObject(extra)['workflow_name']) || t('panel.history');
    const opened = await openJson(editor, workflow ?? prompt, name);
    opened?.run.recall(id, entry);
  });
