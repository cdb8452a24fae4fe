// @ts-check
/** Telling what a file is, and making records of it: JSON in any format, or a picture that carries one. */

import { parseJson } from '../lib/exact.js';
import { asObject, asText, isObject } from '../lib/json.js';
import { isApi, readApi } from './api_reader.js';
import { readEmbedded } from './embedded.js';
import { FormatError } from './errors.js';
import { readInfotext } from './infotext.js';
import { graphOfInfotext } from './infotext_graph.js';
import { isUi, readUi } from './ui_reader.js';

/** @typedef {import('../lib/json.js').Json} Json */
/** @typedef {import('../model/catalogue.js').Catalogue} Catalogue */
/** @typedef {import('../model/records.js').AnyRecord} AnyRecord */
/** @typedef {import('./infotext_graph.js').Note} Note */

/** `format` is what it was read from; `notes` say what was lost on the way.
 * @typedef {{readonly records: AnyRecord[], readonly format: 'ui' | 'api' | 'infotext', readonly notes: readonly Note[]}} Opened */

/** @param {Uint8Array} data a file's bytes @param {Catalogue} catalogue @returns {Promise<Opened>}
 * @throws {FormatError} it carries no workflow */
export async function openFile(data, catalogue) {
  const texts = await readEmbedded(data);
  if (texts === null) return openText(new TextDecoder().decode(data), catalogue);
  for (const name of ['workflow', 'prompt']) {
    const text = texts.get(name);
    const parsed = text === undefined ? undefined : parse(text);
    if (isUi(parsed) || isApi(parsed)) return openJson(parsed, catalogue);
  }
  const opened = openInfotext(texts.get('parameters') ?? '', catalogue);
  if (!opened) throw new FormatError('formats.pictureWithout');
  return opened;
}

/** @param {string} text JSON, or an infotext that was pasted @param {Catalogue} catalogue @returns {Opened}
 * @throws {FormatError} it is neither */
export function openText(text, catalogue) {
  const parsed = parse(text.replace(/^\ufeff/, ''));
  if (parsed !== undefined) return openJson(parsed, catalogue);
  const opened = openInfotext(text, catalogue);
  if (!opened) throw new FormatError('formats.notJson');
  return opened;
}

/** @param {unknown} data parsed JSON, in whichever format @param {Catalogue} catalogue @returns {Opened}
 * @throws {FormatError} it is no workflow */
export function openJson(data, catalogue) {
  try {
    return read(data, catalogue);
  } catch (error) {
    if (error instanceof RangeError) throw new FormatError('formats.tooDeep', { depth: 1000 });
    throw error;
  }
}

/** @param {unknown} data @param {Catalogue} catalogue @returns {Opened} */
function read(data, catalogue) {
  if (isUi(data)) return { records: readUi(data, catalogue), format: 'ui', notes: [] };
  if (isApi(data)) return { records: readApi(data, catalogue), format: 'api', notes: [] };
  const document = asObject(data);
  const info = asObject(asObject(document.extra_data).extra_pnginfo);
  for (const inner of [document.workflow, info.workflow, document.prompt, document.output]) {
    if (isUi(inner) || isApi(inner)) return read(inner, catalogue);
  }
  const opened = openInfotext(asText(document.parameters), catalogue);
  if (opened) return opened;
  throw new FormatError('formats.noWorkflow', { keys: isObject(data) ? Object.keys(data).slice(0, 5).join(', ') : '' });
}

/** @param {string} text @param {Catalogue} catalogue @returns {Opened | null} */
function openInfotext(text, catalogue) {
  const info = readInfotext(text);
  if (!info) return null;
  const { prompt, notes } = graphOfInfotext(info, catalogue);
  return { records: readApi(prompt, catalogue), format: 'infotext', notes };
}

/** @param {string} text @returns {unknown} undefined if it is no JSON; NaN, which Python writes, counts as null */
function parse(text) {
  try {
    return parseJson(text);
  } catch {
    return parseLoose(text);
  }
}

/** @param {string} text @returns {unknown} */
function parseLoose(text) {
  const quoted = /"(?:\\.|[^"\\])*"|-?\bInfinity\b|\bNaN\b/g;
  try {
    return parseJson(text.replace(quoted, (found) => (found.startsWith('"') ? found : 'null')));
  } catch {
    return undefined;
  }
}
