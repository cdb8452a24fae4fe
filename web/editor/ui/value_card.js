// @ts-check
/** What flowed through a link: its shape, range, picture or text, as the last run left it. */

import { asList, asObject, asText } from '../lib/json.js';
import { hasText, t } from '../lib/i18n.js';
import { linesOf, sourceIn, valueOf } from '../net/values.js';
import { h } from './dom.js';
import { sentenceOf } from './errors.js';

/** @typedef {import('../session/document.js').Document} Document */
/** @typedef {import('../net/values.js').Source} Source */
/** @typedef {import('../lib/json.js').JsonObject} JsonObject */

/** Which node of the last job made what flows through a link. @param {Document} document @param {import('../model/records.js').LinkRecord} link @returns {Source} */
export function sourceOfLink({ store, forecast }, link) {
  const name = store.node(link.graph, link.to)?.inputs[link.toSlot]?.name ?? '';
  return sourceIn(forecast.prompt, link.to, name) ?? { node: link.from, slot: link.fromSlot };
}

/** What is said of a value, filled in when it has come. @param {Document} document @param {Source} source @param {string} type
 * @returns {HTMLElement} */
export function makeValueCard({ run }, source, type) {
  const facts = h('div', { class: 'value-facts' }, h('p', { class: 'muted' }, t(run.job ? 'value.asking' : 'value.noRun')));
  const card = h('div', { class: 'value-card' }, h('p', { class: 'value-type' }, type), facts);
  if (run.job) {
    valueOf(run.job, source).then(
      (value) => facts.replaceChildren(...(value ? factsOf(value) : [h('p', { class: 'muted' }, t('value.gone'))])),
      (error) => facts.replaceChildren(h('p', { class: 'muted' }, sentenceOf(error))));
  }
  return card;
}

/** @param {JsonObject} value @returns {(Node | string)[]} */
function factsOf(value) {
  const items = asText(value['kind']) === 'items' ? asList(value['items']).map(asObject) : [];
  const first = items[0];
  const picture = asText(value['thumbnail']);
  const text = asText(value['text']);
  return [
    picture ? h('img', { src: picture, alt: t('value.picture') }) : '',
    text ? h('p', { class: 'value-text' }, text.length > 600 ? `${text.slice(0, 600)}…` : text) : '',
    ...linesOf(value).map(([key, said]) => h('p', { class: 'value-line' }, h('span', {}, hasText(key) ? t(key) : key), h('span', {}, said))),
    ...(first ? factsOf(first) : []),
  ].filter((one) => one !== '');
}
