// @ts-check
/** What happened at a node: how it fared, why, in plain words; the traceback behind a click. */

import { t } from '../lib/i18n.js';
import { say, sayReason } from '../lib/sentences.js';
import { Definitions } from '../model/definitions.js';
import { titleOf } from '../view/layout.js';
import { statusOf } from './canvas_run.js';
import { showDialog } from './dialog.js';
import { copyText } from './copy.js';
import { duration, h } from './dom.js';
import { makeValueCard, outcomeOf } from './value_card.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {import('../session/document.js').Document} Document */
/** @typedef {import('../model/records.js').NodeRecord} NodeRecord */

/** @param {Editor} editor @param {NodeRecord} node */
export function showReport(editor, node) {
  const { document, catalogue } = editor;
  const name = document.named(node.id);
  const fate = document.run.get(name);
  const status = statusOf(document, name);
  const outlook = document.forecast.nodes.get(name);
  const line = (/** @type {string} */ key, /** @type {string} */ text) =>
    text ? h('div', { class: 'setting' }, h('span', { class: 'muted' }, t(key)), h('span', {}, text)) : null;
  showDialog(titleOf(node, new Definitions(document.store, catalogue).of(node)), [
    h('p', { class: `report report-${status}` }, sentenceFor(document, name, status)),
    fate.warning ? h('p', { class: 'report' }, say(fate.warning)) : null,
    line('report.seconds', fate.seconds === null ? '' : duration(fate.seconds)),
    line('report.reason', sayReason(fate.reason)),
    line('report.next', outlook?.prospect === 'cached' ? t('report.status.kept') : sayReason(outlook?.reason ?? '')),
    fate.traceback ? h('details', {}, h('summary', {}, t('report.traceback')), h('pre', {}, fate.traceback)) : null,
    ...valuesOf(document, node),
    fate.message ? h('footer', {}, h('button', {
      class: 'button', onclick: () => copyText(`${fate.message}\n\n${fate.traceback}`),
    }, t('report.copy'))) : null,
  ]);
}

/** @param {Document} document @param {string} id @param {string} status */
function sentenceFor({ run, forecast }, id, status) {
  const problems = (forecast.problems.get(id) ?? []).map(({ message }) => message).join('\n');
  return say(run.get(id).message) || (status === 'unready' && say(problems)) || t(`report.status.${status}`);
}

/** What came out of it. @param {Document} document @param {NodeRecord} node @returns {HTMLElement[]} */
function valuesOf(document, node) {
  if (!document.lastJob || !node.outputs.length) return [];
  const cards = node.outputs.map((output, slot) => makeValueCard(document, outcomeOf(document, node.id, slot), `${output.name} · ${output.type}`));
  return [h('h3', { class: 'section' }, t('report.values')), h('div', { class: 'report-values' }, ...cards)];
}
