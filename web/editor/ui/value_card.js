// @ts-check
/** What flowed through a link: its shape, range, picture or text, as the last run left it. */

import { asList, asObject, asText } from '../lib/json.js';
import { hasText, t } from '../lib/i18n.js';
import { unfold } from '../formats/placed.js';
import { FormatError } from '../formats/errors.js';
import { outcomeOf as outcome, sourceOf } from '../formats/trace.js';
import { INPUTS } from '../model/records.js';
import { linesOf, sourceIn, valueOf } from '../net/values.js';
import { h } from './dom.js';
import { sentenceOf } from './errors.js';

/** @typedef {import('../session/document.js').Document} Document */
/** @typedef {import('../model/records.js').LinkRecord} LinkRecord */
/** @typedef {import('../net/values.js').Source} Source */
/** @typedef {import('../lib/json.js').JsonObject} JsonObject */

/** Which node of a job made what flows through a link of the graph on the screen; null where it is typed in, or nothing flows.
 * @param {Document} document @param {LinkRecord} link @returns {Source | null} */
export function sourceOfLink(document, link) {
  const name = document.store.node(link.graph, link.to)?.inputs[link.toSlot]?.name ?? '';
  const asked = sourceIn(document.forecast.prompt, document.named(link.to), name);
  if (asked) return asked;
  if (link.from !== INPUTS) return outcomeOf(document, link.from, link.fromSlot);
  return traced(document, document.place.join(':'), (store, outer) => sourceOf(store, outer, link.fromSlot));
}

/** Which node of a job made what comes out of a node of the graph on the screen: itself, or one that it stands for.
 * @param {Document} document @param {string} id @param {number} slot @returns {Source | null} */
export const outcomeOf = (document, id, slot) =>
  traced(document, document.named(id), (store, placed) => outcome(store, placed, slot));

/** @param {Document} document @param {string} name as jobs have it
 * @param {(store: Document['store'], placed: import('../formats/placed.js').Placed) => import('../formats/trace.js').Answer} ask @returns {Source | null} */
function traced({ store, catalogue }, name, ask) {
  try {
    const placed = unfold(store, catalogue).flatMap(({ nodes }) => [...nodes.values()]).find(({ id }) => id === name);
    const answer = placed && ask(store, placed);
    return typeof answer === 'object' && 'link' in answer ? { node: answer.link[0], slot: answer.link[1] } : null;
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}

/** What is said of a value, filled in when it has come. @param {Document} document @param {Source | null} source @param {string} type
 * @returns {HTMLElement} */
export function makeValueCard({ lastJob }, source, type) {
  const facts = h('div', { class: 'value-facts' }, h('p', { class: 'muted' }, t(!source ? 'value.none' : lastJob ? 'value.asking' : 'value.noRun')));
  const card = h('div', { class: 'value-card' }, h('p', { class: 'value-type' }, type), facts);
  if (lastJob && source) {
    valueOf(lastJob, source).then(
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
