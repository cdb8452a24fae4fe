// @ts-check
/** What happened at a node: how it fared, why, in plain words; the traceback behind a click. */

import { t } from '../lib/i18n.js';
import { titleOf } from '../view/layout.js';
import { showDialog } from './dialog.js';
import { duration, h } from './dom.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {import('../model/records.js').NodeRecord} NodeRecord */

/** @param {Editor} editor @param {NodeRecord} node */
export function showReport(editor, node) {
  const fate = editor.document.run.get(node.id);
  const line = (/** @type {string} */ key, /** @type {string} */ text) =>
    text ? h('div', { class: 'setting' }, h('span', { class: 'muted' }, t(key)), h('span', {}, text)) : null;
  showDialog(titleOf(node, editor.catalogue.get(node.type)), [
    h('p', { class: `report report-${fate.status}` }, fate.message || t(`report.status.${fate.status}`)),
    fate.warning ? h('p', { class: 'report' }, fate.warning) : null,
    line('report.seconds', fate.seconds === null ? '' : duration(fate.seconds)),
    line('report.reason', fate.reason),
    fate.traceback ? h('details', {}, h('summary', {}, t('report.traceback')), h('pre', {}, fate.traceback)) : null,
    fate.message ? h('footer', {}, h('button', {
      class: 'button', onclick: () => navigator.clipboard?.writeText(`${fate.message}\n\n${fate.traceback}`),
    }, t('report.copy'))) : null,
  ]);
}
