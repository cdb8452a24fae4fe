// @ts-check
/** What the server is asked over HTTP. Every failure becomes a `ServerError` with a sentence. */

import { parseJson, writeJson } from '../lib/exact.js';
import { asList, asNumber, asObject, asText } from '../lib/json.js';

/** @typedef {import('../lib/json.js').Json} Json */
/** @typedef {import('../lib/json.js').JsonObject} JsonObject */
/** @typedef {{readonly filename: string, readonly subfolder?: string, readonly type?: string}} FileRef */

export class ServerError extends Error {
  /** @param {string} message @param {number} status 0 where the server was not reached @param {JsonObject} [body] */
  constructor(message, status, body = {}) {
    super(message);
    this.status = status;
    this.body = body;
  }

  /** What is wrong with which node. @returns {JsonObject} */
  get nodeErrors() {
    return asObject(this.body['node_errors']);
  }
}

/** @param {string} path @param {RequestInit} [options] @returns {Promise<Response>} */
export async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new ServerError('', 0);
  }
  if (response.ok) return response;
  const body = asObject(await response.json().catch(() => null));
  const error = asObject(body['error']);
  throw new ServerError(asText(error['message']) || `${response.status} ${response.statusText}`, response.status, body);
}

/** @param {string} path @returns {Promise<Json>} */
export const getJson = async (path) => parseJson(await (await ask(path)).text());

/** @param {string} path @param {Json} [body] @param {AbortSignal | null} [signal] @returns {Promise<Json>} null where nothing was answered */
export async function postJson(path, body = {}, signal = null) {
  const response = await ask(path, {
    method: 'POST',
    signal,
    headers: { 'Content-Type': 'application/json' },
    body: writeJson(body),
  });
  const text = await response.text();
  return text ? parseJson(text) : null;
}

/** Where a file that a node made can be had.
 * @param {FileRef} file @param {{readonly small?: boolean}} [options] @returns {string} */
export function viewUrl({ filename, subfolder = '', type = 'output' }, { small = false } = {}) {
  const query = new URLSearchParams({ filename, subfolder, type });
  if (small) query.set('preview', 'webp;80');
  return `/view?${query}`;
}

/** The user's own files. @param {string} path below the user's folder */
const userUrl = (path) => `/userdata/${encodeURIComponent(path)}`;

/** `path` is below the folder that was asked for; `stamp` is another one whenever the file is.
 * @typedef {{readonly path: string, readonly modified: number, readonly stamp: string}} UserFile */

/** @param {unknown} told @returns {UserFile} */
function readUserInfo(told) {
  const { path, size, modified } = asObject(told);
  return { path: asText(path), modified: asNumber(modified, 0), stamp: `${String(modified)}/${String(size)}` };
}

/** @param {string} folder @returns {Promise<UserFile[]>} those below it; none where there is no such folder */
export async function listUserFiles(folder) {
  try {
    return asList(await getJson(`/userdata?dir=${encodeURIComponent(folder)}&recurse=true&full_info=true`)).map(readUserInfo);
  } catch (error) {
    if (error instanceof ServerError && error.status === 404) return [];
    throw error;
  }
}

/** @param {string} path @returns {Promise<string>} */
export const readUserFile = async (path) => (await ask(userUrl(path))).text();

/** @param {string} path @param {string} text @param {{readonly overwrite: boolean}} options
 * @returns {Promise<UserFile | null>} null where there is such a file already and it may not be overwritten */
export const writeUserFile = (path, text, { overwrite }) =>
  orConflict(ask(`${userUrl(path)}?overwrite=${overwrite}&full_info=true`, { method: 'POST', body: text }));

/** @param {string} path @param {string} to @param {{readonly overwrite: boolean}} options
 * @returns {Promise<UserFile | null>} null where there is such a file already */
export const moveUserFile = (path, to, { overwrite }) =>
  orConflict(ask(`${userUrl(path)}/move/${encodeURIComponent(to)}?overwrite=${overwrite}&full_info=true`, { method: 'POST' }));

/** @param {Promise<Response>} asked @returns {Promise<UserFile | null>} */
async function orConflict(asked) {
  try {
    return readUserInfo(await (await asked).json());
  } catch (error) {
    if (error instanceof ServerError && error.status === 409) return null;
    throw error;
  }
}

/** @param {string} path */
export const deleteUserFile = (path) => ask(userUrl(path), { method: 'DELETE' });

/** Put a picture into the input folder. @param {Blob} file @param {string} name @returns {Promise<FileRef>} */
export async function uploadImage(file, name) {
  const form = new FormData();
  form.append('image', file, name);
  const told = asObject(await (await ask('/upload/image', { method: 'POST', body: form })).json());
  return { filename: asText(told['name']), subfolder: asText(told['subfolder']), type: asText(told['type']) };
}

/** Keep a picture with the transparency of another: what is painted over becomes its mask.
 * @param {Blob} mask a picture that is transparent where it is masked @param {string} name @param {FileRef} original
 * @returns {Promise<FileRef>} */
export async function uploadMask(mask, name, original) {
  const form = new FormData();
  form.append('image', mask, name);
  form.append('type', 'input');
  form.append('subfolder', 'clipspace');
  form.append('original_ref', JSON.stringify(original));
  const told = asObject(await (await ask('/upload/mask', { method: 'POST', body: form })).json());
  return { filename: asText(told['name']), subfolder: asText(told['subfolder']), type: asText(told['type']) };
}
