// @ts-check
/** Ready-made workflows. Those that come with Safelight have their nodes and groups titled in the reader's language. */

import { asList, asObject, asText } from '../lib/json.js';
import { getJson } from './api.js';

/** @typedef {import('../lib/json.js').JsonObject} JsonObject */

const OURS = 'safelight';
/** What there is in `locales/`. @type {readonly import('../lib/i18n.js').Language[]} */
const TITLED = ['zh'];

/** Where a template is. @param {string} pack @param {string} name */
export const templatePath = (pack, name) => `/workflow_templates/${encodeURIComponent(pack)}/${encodeURIComponent(name)}.json`;

/** @param {string} pack @param {string} name @param {import('../lib/i18n.js').Language} language @throws {Error} there is none, or the server cannot be reached */
export async function fetchTemplate(pack, name, language) {
  const isTitled = pack === OURS && TITLED.includes(language);
  const [json, titles] = await Promise.all([getJson(templatePath(pack, name)), isTitled ? fetchTitles(language) : {}]);
  return titled(json, titles);
}

/** The same workflow with other titles. @param {unknown} json in the editor's format @param {JsonObject} titles by what they stand for @returns {unknown} */
export function titled(json, titles) {
  const workflow = asObject(json);
  const retitled = (/** @type {unknown} */ one) => {
    const thing = asObject(one);
    const title = asText(titles[asText(thing['title'])]);
    return title ? { ...thing, title } : thing;
  };
  return { ...workflow, nodes: asList(workflow['nodes']).map(retitled), groups: asList(workflow['groups']).map(retitled) };
}

/** @param {string} language @returns {Promise<JsonObject>} */
async function fetchTitles(language) {
  const answer = await fetch(new URL(`../locales/${language}/template_titles.json`, import.meta.url)).catch(() => null);
  return answer?.ok ? asObject(await answer.json()) : {};
}
