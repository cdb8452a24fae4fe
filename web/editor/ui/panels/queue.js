// @ts-check
/** What runs and waits: stopping, sorting by drag or keys, pausing. */

import { asList, asObject, asText } from '../../lib/json.js';
import { t } from '../../lib/i18n.js';
import { getJson, postJson } from '../../net/api.js';
import { h, withArrows } from '../dom.js';
import { attempt } from '../errors.js';
import { estimate } from '../estimate.js';
import { icon } from '../icons.js';
import { announce } from '../toasts.js';

/** @typedef {import('../../session/editor.js').Editor} Editor */
/** @typedef {{readonly id: string, readonly nodes: number, readonly name: string}} Job */

const TELLING = ['status', 'job_queued', 'job_ended', 'job_taken', 'job_put_back', 'connection'];
const JOB = 'application/x-safelight-job';

/** @type {import('../sides.js').Panel} */
export const QUEUE_PANEL = { id: 'queue', icon: 'queue', labelKey: 'panel.queue', show };

/** @param {Editor} editor @param {HTMLElement} body @param {HTMLElement} head */
function show(editor, body, head) {
  /** Since when another answer is awaited: only the last one counts. */
  let asked = 0;
  const refresh = () => attempt(async () => {
    const mine = (asked += 1);
    const [queue, state] = (await Promise.all([getJson('/queue'), getJson('/queue/state')])).map(asObject);
    if (mine !== asked) return;
    fillHead(head, state?.['paused'] === true, change);
    fillBody(editor, body, queue ?? {}, state?.['paused'] === true, change);
  });
  const change = (/** @type {() => Promise<unknown>} */ work) => attempt(work).then(refresh);
  withArrows(body, '.job');
  acceptJobs(body, change);
  void refresh();
  const onRun = editor.on('run', () => showProgress(editor, body));
  const unsubscribe = editor.net.subscribe(({ type }) => TELLING.includes(type) && void refresh());
  return () => (onRun(), unsubscribe());
}

/** @typedef {(work: () => Promise<unknown>) => Promise<unknown>} Change does something, then shows how things are */

/** @param {HTMLElement} head @param {boolean} paused @param {Change} change */
function fillHead(head, paused, change) {
  head.replaceChildren(
    tool(paused ? 'play' : 'pause', paused ? 'queue.resume' : 'queue.pause', () => change(() => postJson(paused ? '/queue/resume' : '/queue/pause'))),
    tool('trash', 'queue.clear', () => change(() => postJson('/queue', { clear: true }))));
}

/** @param {Editor} editor @param {HTMLElement} body @param {import('../../lib/json.js').JsonObject} queue @param {boolean} paused @param {Change} change */
function fillBody(editor, body, queue, paused, change) {
  const running = asList(queue['queue_running']).map(readJob);
  const pending = asList(queue['queue_pending']).map(readJob);
  const focused = document.activeElement?.closest('[data-job]')?.getAttribute('data-job');
  const parts = [
    paused ? h('p', { class: 'notice' }, icon('pause'), t('queue.paused')) : null,
    ...section('queue.running', running, (job) => runningRow(job, change)),
    ...section('queue.pending', pending, (job, index) => pendingRow(job, index, pending, change)),
    running.length + pending.length === 0 ? h('p', { class: 'empty' }, t('queue.empty')) : null,
  ];
  body.replaceChildren(...parts.filter((child) => child !== null));
  if (focused) /** @type {HTMLElement | null} */ (body.querySelector(`[data-job="${focused}"]`))?.focus();
  showProgress(editor, body);
}

/** @param {Job} job @param {Change} change */
const runningRow = (job, change) =>
  h('div', { class: 'row job is-running', 'data-job': job.id, tabindex: 0 }, h('i', { class: 'dot running' }), ...nameOf(job),
    tool('close', 'run.cancel', () => change(() => postJson(`/jobs/${job.id}/cancel`))), h('progress', { max: 1, value: 0 }));

/** @param {Job} job @param {number} index @param {readonly Job[]} all @param {Change} change */
function pendingRow(job, index, all, change) {
  const move = (/** @type {number} */ to) => {
    if (to < 0 || to >= all.length) return;
    announce(t('queue.moved', { place: to + 1 }));
    void change(() => postJson('/queue/move', { prompt_id: job.id, to }));
  };
  const remove = () => void change(() => postJson('/queue', { delete: [job.id] }));
  return h('div', {
    class: 'row job', 'data-job': job.id, tabindex: 0, draggable: 'true', title: t('queue.sort'),
    onkeydown: (/** @type {KeyboardEvent} */ event) => {
      const step = event.altKey ? { ArrowUp: -1, ArrowDown: 1 }[event.key] : undefined;
      if (!step && event.key !== 'Delete') return;
      event.preventDefault();
      event.stopPropagation();
      if (step) move(index + step);
      else remove();
    },
    ondragstart: (/** @type {DragEvent} */ event) => event.dataTransfer?.setData(JOB, job.id),
  }, h('i', { class: 'dot' }), ...nameOf(job),
    tool('up', 'queue.up', () => move(index - 1), index === 0),
    tool('down', 'queue.down', () => move(index + 1), index === all.length - 1),
    tool('close', 'queue.remove', remove));
}

/** A job is dropped before or after another one. @param {HTMLElement} body @param {Change} change */
function acceptJobs(body, change) {
  /** @type {{row: HTMLElement, isAfter: boolean} | null} */
  let place = null;
  const mark = (/** @type {typeof place} */ next) => {
    for (const row of body.querySelectorAll('.drop-before, .drop-after')) row.classList.remove('drop-before', 'drop-after');
    place = next;
    next?.row.classList.add(next.isAfter ? 'drop-after' : 'drop-before');
  };
  body.addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes(JOB)) return;
    event.preventDefault();
    const row = event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest('.job[draggable]')) : null;
    if (!row) return mark(null);
    const { top, height } = row.getBoundingClientRect();
    mark({ row, isAfter: event.clientY > top + height / 2 });
  });
  body.addEventListener('dragleave', (event) => event.target === body && mark(null));
  body.addEventListener('dragend', () => mark(null));
  body.addEventListener('drop', (event) => {
    const id = event.dataTransfer?.getData(JOB);
    const other = place?.row.getAttribute('data-job');
    const isAfter = place?.isAfter;
    mark(null);
    if (!id || !other || id === other) return;
    event.preventDefault();
    void change(() => postJson('/queue/move', { prompt_id: id, [isAfter ? 'after' : 'before']: other }));
  });
}

/** How far the job is that was sent from the workflow on the screen. @param {Editor} editor @param {HTMLElement} body */
function showProgress({ documents }, body) {
  for (const row of body.querySelectorAll('.is-running')) {
    const own = documents.find(({ run }) => run.job === row.getAttribute('data-job'));
    const bar = row.querySelector('progress');
    if (bar) bar.hidden = !own;
    if (bar && own) bar.value = estimate(own).share;
  }
}

/** @param {import('../icons.js').IconName} sign @param {string} key @param {() => unknown} run @param {boolean} [disabled] */
const tool = (sign, key, run, disabled = false) => h('button', { class: 'icon-button', title: t(key), 'aria-label': t(key), onclick: run, disabled }, icon(sign));

/** @param {Job} job */
const nameOf = ({ name, nodes }) => [h('span', {}, name || t('untitled')), h('small', {}, t('queue.job', { nodes }))];

/** @param {string} key @param {Job[]} jobs @param {(job: Job, index: number) => HTMLElement} row */
const section = (key, jobs, row) => (jobs.length ? [h('h3', { class: 'section' }, `${t(key)} · ${jobs.length}`), ...jobs.map(row)] : []);

/** @param {unknown} entry @returns {Job} */
function readJob(entry) {
  const [, id, prompt, extra] = asList(entry);
  return { id: asText(id), nodes: Object.keys(asObject(prompt)).length, name: asText(asObject(extra)['workflow_name']) };
}
