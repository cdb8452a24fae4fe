// @ts-check
/**
 * Texts in EXIF data. ComfyUI writes `workflow:{…}` and `prompt:{…}` into tags that are meant for
 * cameras; A1111 writes its infotext into the user's comment.
 */

const USER_COMMENT = 0x9286;
const EXIF_DIRECTORY = 0x8769;
const MAX_ENTRIES = 1000;
const SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];

/** @param {Uint8Array} data with or without `Exif\0\0` before it @returns {Map<string, string>} by name */
export function readExif(data) {
  /** @type {Map<string, string>} */
  const texts = new Map();
  const start = latin(data.subarray(0, 4)) === 'Exif' ? 6 : 0;
  const tiff = data.subarray(start);
  const order = latin(tiff.subarray(0, 2));
  if (tiff.length < 8 || (order !== 'II' && order !== 'MM')) return texts;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const little = order === 'II';
  const pending = [view.getUint32(4, little)];
  for (const at of pending) {
    if (pending.length > 4) break;
    readDirectory(view, tiff, at, little, texts, pending);
  }
  return texts;
}

/** @param {DataView} view @param {Uint8Array} tiff @param {number} at @param {boolean} little
 * @param {Map<string, string>} texts @param {number[]} pending directories still to be read */
function readDirectory(view, tiff, at, little, texts, pending) {
  if (at + 2 > tiff.length) return;
  const count = Math.min(view.getUint16(at, little), MAX_ENTRIES);
  for (let entry = at + 2; entry < at + 2 + 12 * count && entry + 12 <= tiff.length; entry += 12) {
    const tag = view.getUint16(entry, little);
    const size = (SIZES[view.getUint16(entry + 2, little)] ?? 1) * view.getUint32(entry + 4, little);
    const from = size <= 4 ? entry + 8 : view.getUint32(entry + 8, little);
    if (tag === EXIF_DIRECTORY) pending.push(view.getUint32(entry + 8, little));
    else if (tag === USER_COMMENT) keep(texts, comment(tiff.subarray(from, from + size)), 'parameters');
    else if (size > 4) keep(texts, utf8(tiff.subarray(from, from + size)), null);
  }
}

/** @param {Map<string, string>} texts @param {string} text @param {string | null} otherwise its name if it has none */
function keep(texts, text, otherwise) {
  const plain = text.replace(/\0+$/, '');
  const named = /^(workflow|prompt|parameters):/i.exec(plain);
  if (named?.[1]) texts.set(named[1].toLowerCase(), plain.slice(named[0].length));
  else if (otherwise && plain && !texts.has(otherwise)) texts.set(otherwise, plain);
}

/** A user's comment says in eight bytes how it is written. @param {Uint8Array} data */
function comment(data) {
  const how = latin(data.subarray(0, 8)).replace(/\0.*$/, '');
  const text = data.subarray(8);
  if (how !== 'UNICODE') return utf8(how === 'ASCII' || data[0] === 0 ? text : data);
  const zeros = (/** @type {number} */ rest) => text.filter((byte, i) => i % 2 === rest && byte === 0).length;
  return new TextDecoder(zeros(1) > zeros(0) ? 'utf-16le' : 'utf-16be').decode(text);
}

/** Text in UTF-8, or if it is none in Latin 1. @param {Uint8Array} bytes @returns {string} */
export function utf8(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return latin(bytes);
  }
}

/** @param {Uint8Array} bytes @returns {string} */
export const latin = (bytes) => new TextDecoder('latin1').decode(bytes);
