// @ts-check
/** Where the words of a rendered note are: drawn and clicked by the same places. Pure but for measuring. */

import { parseMarkdown } from '../lib/markdown.js';

/** @typedef {import('../lib/markdown.js').Run} Run */
/** @typedef {import('../lib/markdown.js').Block} Block */
/** How a piece is written: points, and CSS font weight and family. @typedef {{readonly size: number, readonly run: Run, readonly muted: boolean}} Look */
/** @typedef {{readonly x: number, readonly y: number, readonly w: number, readonly h: number, readonly text: string, readonly look: Look}} Piece */
/** Lines and boxes behind words. @typedef {{readonly kind: 'rule' | 'quote' | 'code', readonly x: number, readonly y: number, readonly w: number, readonly h: number}} Mark */
/** @typedef {{readonly pieces: readonly Piece[], readonly marks: readonly Mark[], readonly height: number}} NoteLayout */
/** @typedef {(text: string, look: Look) => number} Measure */

const BASE = 12;
const HEADINGS = [20, 17, 15, 13, 12, 12];

/** @type {Map<string, NoteLayout>} */
const known = new Map();

/** @param {string} text Markdown @param {number} width @param {Measure} measure @returns {NoteLayout} */
export function layoutNote(text, width, measure) {
  const key = `${Math.round(width)} ${text}`;
  const found = known.get(key);
  if (found) return found;
  const made = layOut(parseMarkdown(text), width, measure);
  if (known.size > 200) known.clear();
  known.set(key, made);
  return made;
}

/** @param {readonly Block[]} blocks @param {number} width @param {Measure} measure @returns {NoteLayout} */
function layOut(blocks, width, measure) {
  /** @type {Piece[]} */
  const pieces = [];
  /** @type {Mark[]} */
  const marks = [];
  let y = 0;
  for (const block of blocks) {
    const top = y;
    if (block.kind === 'rule') {
      marks.push({ kind: 'rule', x: 0, y: y + 5, w: width, h: 1 });
      y += 11;
    } else if (block.kind === 'code') {
      for (const line of block.lines.length ? block.lines : ['']) {
        pieces.push({ x: 8, y: y + 4, w: width - 16, h: 16, text: line, look: { size: 11, run: { text: line, code: true }, muted: false } });
        y += 16;
      }
      y += 8;
      marks.push({ kind: 'code', x: 0, y: top, w: width, h: y - top });
    } else {
      const size = block.kind === 'heading' ? (HEADINGS[block.level - 1] ?? BASE) : BASE;
      const indent = block.kind === 'item' ? 16 + block.depth * 14 : block.kind === 'quote' ? 12 : 0;
      if (block.kind === 'heading' && pieces.length) y += 4;
      if (block.kind === 'item') {
        const look = { size, run: { text: block.marker }, muted: true };
        pieces.push({ x: indent - 4 - measure(block.marker, look), y, w: 12, h: size + 5, text: block.marker, look });
      }
      const runs = block.kind === 'heading' ? block.runs.map((run) => ({ ...run, bold: true })) : block.runs;
      y = flow(pieces, runs, { x: indent, y, width, size, muted: block.kind === 'quote' }, measure);
      if (block.kind === 'quote') marks.push({ kind: 'quote', x: 2, y: top, w: 3, h: y - top });
    }
    y += block.kind === 'item' ? 2 : 6;
  }
  return { pieces, marks, height: y };
}

/** Words one behind the other, as many on a line as there is room for. @param {Piece[]} pieces @param {readonly Run[]} runs
 * @param {{x: number, y: number, width: number, size: number, muted: boolean}} box @param {Measure} measure @returns {number} where it ends */
function flow(pieces, runs, { x: left, y: top, width, size, muted }, measure) {
  const line = Math.round(size * 1.4);
  let [x, y] = [left, top];
  for (const run of runs) {
    const look = { size, run, muted };
    // Chinese and its neighbours may break between any two letters.
    for (const word of run.text.match(/\s+|[\u2e80-\u9fff\uff00-\uffef]|[^\s\u2e80-\u9fff\uff00-\uffef]+/g) ?? []) {
      const w = measure(word, look);
      const isBlank = !word.trim();
      if (x + w > width && x > left) {
        [x, y] = [left, y + line];
        if (isBlank) continue;
      }
      if (!(isBlank && x === left)) pieces.push({ x, y, w, h: line, text: word, look });
      x += w;
    }
  }
  return y + line;
}
