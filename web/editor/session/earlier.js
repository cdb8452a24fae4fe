// @ts-check
/**
 * Which job of before a workflow was opened did the very same, so that what flowed through its links
 * can be looked at without running it again.
 */

import { writeJson } from '../lib/exact.js';
import { asList, asObject, asText } from '../lib/json.js';
import { getJson } from '../net/api.js';

/** @typedef {import('../lib/json.js').JsonObject} JsonObject */
/** @typedef {import('./document.js').Document} Document */

/** How far back it is looked. Jobs. */
const MOST = 20;

/** Look for it, unless the workflow has been run since. @param {Document} document @param {unknown} prompt in API format, null for none
 * @param {() => Promise<unknown>} [fetchHistory] */
export async function findEarlier(document, prompt, fetchHistory = () => getJson(`/history?max_items=${MOST}`)) {
  if (document.run.job) return;
  document.jobsBefore ??= fetchHistory().then(jobsIn, () => jobsIn(null));
  const jobs = await document.jobsBefore;
  document.earlier = prompt ? (jobs.get(meaningOf(prompt)) ?? '') : '';
}

/** @param {unknown} history the oldest first @returns {ReadonlyMap<string, string>} the newest job of each prompt */
function jobsIn(history) {
  const done = Object.entries(asObject(history)).filter(([, entry]) => asText(asObject(asObject(entry)['status'])['status_str']) === 'success');
  return new Map(done.map(([id, entry]) => [meaningOf(asList(asObject(entry)['prompt'])[2]), id]));
}

/** The same text for prompts that make the same, in whatever order they say it. @param {unknown} prompt */
function meaningOf(prompt) {
  const nodes = Object.entries(asObject(prompt)).map(([id, node]) => {
    const { class_type, inputs } = asObject(node);
    return [id, class_type, Object.entries(asObject(inputs)).sort(byName)];
  });
  return writeJson(nodes.sort(byName));
}

/** @param {readonly unknown[]} one @param {readonly unknown[]} other */
const byName = ([one], [other]) => (String(one) < String(other) ? -1 : 1);
