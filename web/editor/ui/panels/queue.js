// @ts-check
/** What runs and waits: stopping, sorting, pausing. */

import { asList, asObject, asText } from '../../lib/json.js';
import { t } from '../../lib/i18n.js';
import { getJson, postJson } from '../../net/api.js';
import { h } from '../dom.js';
import { attempt } from '../errors.js';
import { icon } from '../icons.js';

/** @typedef {import('../../session/editor.js').Editor} Editor */
/** @typedef {{readonly id: string, readonly nodes: number, readonly name: string}} Job */

/** @type {import('../sides.js').Panel} */
export const QUEUE_PANEL = { id: 'queue', icon: 'queue', labelKey: 'panel.queue', show };

/** @param {Editor} editor @param {HTMLElement} body @param {HTMLElement} head */
function show(editor, body, head) {
  const refresh = () => attempt(async () => {
    const [queue, state] = (await Promise.all([getJson('/queue'), getJson('/queue/state')])).map(asObject);
    const paused = state?.['paused'] === true;
    head.replaceChildren(
      tool(paused ? 'play' : 'pause', paused ? 'queue.resume' : 'queue.pause', () => postJson(paused ? '/queue/resume' : '/queue/pause')),
      tool('trash', 'queue.clear', () => postJson('/queue', { clear: true })));
    const running = asList(queue?.['queue_running']).map(readJob);
    const pending = asList(queue?.['queue_pending']).map(readJob);
    body.replaceChildren(...[
      paused ? h('p', { class: 'section' }, t('queue.paused')) : null,
      ...section(editor, 'queue.running', running, runningRow),
      ...section(editor, 'queue.pending', pending, (job, index) => pendingRow(job, index, pending.length)),
      running.length + pending.length === 0 ? h('p', { class: 'empty' }, t('queue.empty')) : null,
    ].filter((child) => child !== null));
  });
  const change = (/** @type {() => Promise<unknown>} */ work) => attempt(work).then(refresh);
  const tool = (/** @type {import('../icons.js').IconName} */ sign, /** @type {string} */ key, /** @type {() => Promise<unknown>} */ work) =>
    h('button', { class: 'icon-button', title: t(key), 'aria-label': t(key), onclick: () => change(work) }, icon(sign));
  const runningRow = (/** @type {Job} */ job) => h('div', { class: 'row' }, h('i', { class: 'dot running' }), ...nameOf(job),
    tool('close', 'run.cancel', () => postJson(`/jobs/${job.id}/cancel`)));
  const pendingRow = (/** @type {Job} */ job, /** @type {number} */ index, /** @type {number} */ count) =>
    h('div', { class: 'row' }, h('i', { class: 'dot' }), ...nameOf(job),
      index > 0 ? tool('up', 'queue.up', () => postJson('/queue/move', { prompt_id: job.id, to: index - 1 })) : null,
      index < count - 1 ? tool('down', 'queue.down', () => postJson('/queue/move', { prompt_id: job.id, to: index + 1 })) : null,
      tool('close', 'queue.remove', () => postJson('/queue', { delete: [job.id] })));
  void refresh();
  return editor.net.subscribe(({ type }) => {
    if (['status', 'job_queued', 'job_ended', 'job_taken', 'connection'].includes(type)) void refresh();
  });
}

/** @param {Job} job */
const nameOf = ({ name, nodes }) => [h('span', {}, name || t('untitled')), h('small', {}, t('queue.job', { nodes }))];

/** @param {Editor} _editor @param {string} key @param {Job[]} jobs @param {(job: Job, index: number) => HTMLElement} row */
const section = (_editor, key, jobs, row) => (jobs.length ? [h('h3', { class: 'section' }, t(key)), ...jobs.map(row)] : []);

/** @param {unknown} entry @returns {Job} */
function readJob(entry) {
  const [, id, prompt, extra] = asList(entry);
  const workflow = asObject(asObject(asObject(extra)['extra_pnginfo'])['workflow']);
  return { id: asText(id), nodes: Object.keys(asObject(prompt)).length, name: asText(asObject(workflow['extra'])['name']) };
}
