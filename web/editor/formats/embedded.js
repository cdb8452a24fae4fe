// @ts-check
/** The texts that pictures carry: PNG, WebP and JPEG files, by name (`workflow`, `prompt`, `parameters`). */

import { latin, readExif, utf8 } from './exif.js';

const MAX_TEXT = 64 * 2 ** 20;
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** @typedef {Map<string, string>} Texts */

/** @param {Uint8Array} data a file @returns {Promise<Texts | null>} null if it is none of these pictures */
export async function readEmbedded(data) {
  if (PNG.every((byte, index) => data[index] === byte)) return readPng(data);
  if (latin(data.subarray(0, 4)) === 'RIFF' && latin(data.subarray(8, 12)) === 'WEBP') return readWebp(data);
  if (data[0] === 0xff && data[1] === 0xd8 && data[2] === 0xff) return readJpeg(data);
  return null;
}

/** @param {Uint8Array} data @returns {Promise<Texts>} */
async function readPng(data) {
  /** @type {Texts} */
  const texts = new Map();
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let at = 8; at + 12 <= data.length; ) {
    const length = view.getUint32(at);
    const kind = latin(data.subarray(at + 4, at + 8));
    const body = data.subarray(at + 8, at + 8 + length);
    if (body.length < length) break;
    if (kind === 'eXIf') merge(texts, readExif(body));
    else if (['tEXt', 'zTXt', 'iTXt'].includes(kind)) await readText(kind, body, texts);
    at += 12 + length;
  }
  return texts;
}

/** @param {string} kind @param {Uint8Array} body @param {Texts} texts */
async function readText(kind, body, texts) {
  const end = body.indexOf(0);
  if (end < 0) return;
  const name = latin(body.subarray(0, end));
  if (kind === 'tEXt') texts.set(name, utf8(body.subarray(end + 1)));
  else if (kind === 'zTXt') await setInflated(texts, name, body.subarray(end + 2));
  else {
    const language = body.indexOf(0, end + 3);
    const start = body.indexOf(0, language + 1) + 1;
    if (language < 0 || start === 0) return;
    if (body[end + 1] === 1) await setInflated(texts, name, body.subarray(start));
    else texts.set(name, utf8(body.subarray(start)));
  }
}

/** @param {Texts} texts @param {string} name @param {Uint8Array} packed a text that cannot be unpacked is left out */
async function setInflated(texts, name, packed) {
  try {
    const stream = new Blob([/** @type {BlobPart} */ (packed)]).stream().pipeThrough(new DecompressionStream('deflate'));
    const reader = stream.getReader();
    /** @type {BlobPart[]} */
    const parts = [];
    let size = 0;
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      size += step.value.length;
      if (size > MAX_TEXT) return void (await reader.cancel());
      parts.push(/** @type {BlobPart} */ (step.value));
    }
    texts.set(name, utf8(new Uint8Array(await new Blob(parts).arrayBuffer())));
  } catch {
    // A damaged text is as good as none; the others in the file may be whole.
  }
}

/** @param {Uint8Array} data @returns {Texts} */
function readWebp(data) {
  /** @type {Texts} */
  const texts = new Map();
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let at = 12; at + 8 <= data.length; ) {
    const length = view.getUint32(at + 4, true);
    if (latin(data.subarray(at, at + 4)) === 'EXIF') merge(texts, readExif(data.subarray(at + 8, at + 8 + length)));
    at += 8 + length + (length % 2);
  }
  return texts;
}

/** @param {Uint8Array} data @returns {Texts} */
function readJpeg(data) {
  /** @type {Texts} */
  const texts = new Map();
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let at = 2; at + 4 <= data.length && data[at] === 0xff && data[at + 1] !== 0xda; ) {
    const length = view.getUint16(at + 2);
    const body = data.subarray(at + 4, at + 2 + length);
    if (data[at + 1] === 0xe1 && latin(body.subarray(0, 4)) === 'Exif') merge(texts, readExif(body));
    at += 2 + length;
  }
  return texts;
}

/** @param {Texts} texts @param {Texts} more */
function merge(texts, more) {
  for (const [name, text] of more) if (!texts.has(name)) texts.set(name, text);
}
