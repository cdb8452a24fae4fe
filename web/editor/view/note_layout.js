// @ts-check
/** Where the words and pictures of a rendered note are: drawn and clicked by the same places. Pure but for measuring. */

import { parseMarkdown } from '../lib/markdown.js';
import { placeTable } from './note_table.js';

/** @typedef {import('../lib/markdown_runs.js').Run} Run */
/** @typedef {import('../lib/markdown.js').Block} Block */
/** How a piece is written: points, and CSS font weight and family. @typedef {{readonly size: number, readonly run: Run, readonly muted: boolean}} Look */
/** `picture` is shown in its place. @typedef {{readonly x: number, readonly y: number, readonly w: number, readonly h: number, readonly text: string,
 *   readonly look: Look, readonly picture?: string}} Piece */
/** Lines and boxes behind words. @typedef {{readonly kind: 'rule' | 'quote' | 'code', readonly x: number, readonly y: number, readonly w: number, readonly h: number}} Mark */
/** @typedef {{readonly pieces: readonly Piece[], readonly marks: readonly Mark[], readonly height: number}} NoteLayout */
/** @typedef {(text: string, look: Look) => number} Measure */
/** How large a picture is, in pixels of its own; null while it is not there.
 * @typedef {(url: string) => {readonly w: number, readonly h: number} | null} SizeOf */
/** Where words go. @typedef {{x: number, y: number, right: number, size: number, muted: boolean}} Box */

const BASE = 12;
const HEADINGS = [20, 17, 15, 13, 12, 12];
/** Between the pieces of a note. */
const GAP = 6;

/** @type {Map<string, NoteLayout>} */
const known = new Map();

/** @param {string} text Markdown @param {number} width @param {Measure} measure @param {SizeOf} [sizeOf] @returns {NoteLayout} */
export function layoutNote(text, width, measure, sizeOf = () => null) {
  const key = `${Math.round(width)} ${text}`;
  const found = known.get(key);
  if (found) return found;
  let waits = false;
  const made = layOut(parseMarkdown(text), width, measure, (url) => {
    const size = sizeOf(url);
    waits ||= size === null;
    return size;
  });
  // What lacks a picture yet is laid out anew the next time.
  if (waits) return made;
  if (known.size > 200) known.clear();
  known.set(key, made);
  return made;
}

/** @param {readonly Block[]} blocks @param {number} width @param {Measure} measure @param {SizeOf} sizeOf @returns {NoteLayout} */
function layOut(blocks, width, measure, sizeOf) {
  /** @type {Piece[]} */
  const pieces = [];
  /** @type {Mark[]} */
  const marks = [];
  let y = 0;
  let inList = false;
  for (const block of blocks) {
    if (inList && block.kind !== 'item') y += GAP - 2;
    inList = block.kind === 'item';
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
    } else if (block.kind === 'table') {
      const table = placeTable(block, y, width, BASE, measure, (runs, box) => flow(runs, box, measure, sizeOf));
      pieces.push(...table.pieces);
      marks.push(...table.marks);
      y = table.bottom;
    } else {
      const size = block.kind === 'heading' ? (HEADINGS[block.level - 1] ?? BASE) : BASE;
      const indent = block.kind === 'item' ? 16 + block.depth * 14 : block.kind === 'quote' ? 12 : 0;
      if (block.kind === 'heading' && pieces.length) y += 4;
      if (block.kind === 'item') {
        const look = { size, run: { text: block.marker }, muted: true };
        pieces.push({ x: indent - 4 - measure(block.marker, look), y, w: 12, h: size + 5, text: block.marker, look });
      }
      const runs = block.kind === 'heading' ? block.runs.map((run) => ({ ...run, bold: true })) : block.runs;
      const flowed = flow(runs, { x: indent, y, right: width, size, muted: block.kind === 'quote' }, measure, sizeOf);
      pieces.push(...flowed.pieces);
      y = flowed.bottom;
      if (block.kind === 'quote') marks.push({ kind: 'quote', x: 2, y: top, w: 3, h: y - top });
    }
    y += block.kind === 'item' ? 2 : GAP;
  }
  return { pieces, marks, height: y };
}

/** Words one behind the other, as many on a line as there is room for; pictures between lines.
 * @param {readonly Run[]} runs @param {Box} box @param {Measure} measure @param {SizeOf} sizeOf @returns {{pieces: Piece[], bottom: number}} */
function flow(runs, { x: left, y: top, right, size, muted }, measure, sizeOf) {
  /** @type {Piece[]} */
  const pieces = [];
  const line = Math.round(size * 1.4);
  let [x, y] = [left, top];
  /** Whether something stands in the line that `y` is at. */
  let used = false;
  const feed = () => {
    [x, y, used] = [left, y + line, false];
  };
  for (const run of runs) {
    const look = { size, run, muted };
    const natural = run.picture ? sizeOf(run.picture) : null;
    if (run.picture && natural && natural.w > 0) {
      if (used) feed();
      const shrink = Math.min(1, (right - left) / natural.w);
      const [w, h] = [natural.w * shrink, natural.h * shrink];
      pieces.push({ x: left, y: y + 2, w, h, text: run.text, look, picture: run.picture });
      [x, y, used] = [left, y + h + 4, false];
      continue;
    }
    // Chinese and its neighbours may break between any two letters.
    for (const word of run.text.match(/\n|[^\S\n]+|[\u2e80-\u9fff\uff00-\uffef]|[^\s\u2e80-\u9fff\uff00-\uffef]+/g) ?? []) {
      if (word === '\n') {
        feed();
        continue;
      }
      const w = measure(word, look);
      const isBlank = !word.trim();
      if (x + w > right && x > left) feed();
      if (isBlank && x === left) continue;
      pieces.push({ x, y, w, h: line, text: word, look });
      [x, used] = [x + w, true];
    }
  }
  return { pieces, bottom: used || y === top ? y + line : y };
}
