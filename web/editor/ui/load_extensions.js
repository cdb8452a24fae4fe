// @ts-check
/** Imports the scripts that node packs bring, each on its own: one that fails is told of, and the others go on. */

import { asList, asText } from '../lib/json.js';
import { t } from '../lib/i18n.js';
import { getJson } from '../net/api.js';
import { openToExtensions } from './extension_api.js';
import { toast } from './toasts.js';

/** Milliseconds that a slow one may hold up the start. */
const PATIENCE = 3_000;

/** What there is to import; asked for early, since most often it is nothing. @returns {Promise<string[]>} */
export async function findExtensions() {
  return asList(await getJson('/extensions').catch(() => [])).map(asText).filter((path) => path.startsWith('/extensions/'));
}

/** Fields that extensions draw are drawn so from the start on, hence they come before the first workflow.
 * @param {import('../session/editor.js').Editor} editor @param {Promise<string[]>} found */
export async function loadExtensions(editor, found) {
  openToExtensions(editor);
  await Promise.race([loadAll(found), new Promise((resume) => setTimeout(resume, PATIENCE))]);
}

/** @param {Promise<string[]>} found */
async function loadAll(found) {
  const paths = await found;
  const failed = await Promise.all(paths.map(load));
  const names = failed.filter((name) => name !== null);
  if (names.length) toast(t('extensions.failed', { names: names.join(', ') }), { tone: 'error' });
  document.documentElement.dataset['extensions'] = String(paths.length - names.length);
}

/** @param {string} path @returns {Promise<string | null>} its name if it failed */
async function load(path) {
  try {
    await import(path);
    return null;
  } catch (error) {
    console.warn('extension', path, error);
    return path.replace('/extensions/', '');
  }
}
