// @ts-check
/**
 * Markdown, as much of it as notes have: headings, lists, quotes, tables, code, rules, and what stands
 * within lines. Text in, plain values out: nothing here or behind it ever makes HTML of what was written.
 */

import { runsOf } from './markdown_runs.js';

/** @typedef {import('./markdown_runs.js').Run} Run */
/** @typedef {'left' | 'center' | 'right'} Align */
/** @typedef {{readonly kind: 'heading', readonly level: number, readonly runs: readonly Run[]}
 *   | {readonly kind: 'item', readonly depth: number, readonly marker: string, readonly runs: readonly Run[]}
 *   | {readonly kind: 'quote' | 'paragraph', readonly runs: readonly Run[]}
 *   | {readonly kind: 'table', readonly aligns: readonly Align[], readonly rows: readonly (readonly (readonly Run[])[])[]}
 *   | {readonly kind: 'code', readonly lines: readonly string[]}
 *   | {readonly kind: 'rule'}} Block */

/** A block whose words may go on in the next line. @typedef {{kind: 'paragraph' | 'quote'} | {kind: 'item', depth: number, marker: string}} Flowing */

/** @param {string} text @returns {Block[]} */
export function parseMarkdown(text) {
  /** @type {Block[]} */
  const blocks = [];
  /** @type {Flowing | null} */
  let flowing = null;
  let words = '';
  const end = () => {
    if (flowing) blocks.push({ ...flowing, runs: runsOf(words) });
    flowing = null;
  };
  const begin = (/** @type {Flowing} */ next, /** @type {string} */ first) => {
    end();
    flowing = next;
    words = first.trimEnd();
    if (isBroken(first)) words += '\n';
  };
  const goOn = (/** @type {string} */ line) => {
    words += `${words.endsWith('\n') ? '' : ' '}${line.trim().replace(/\\$/, '')}`;
    if (isBroken(line)) words += '\n';
  };
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const [, indent = '', fence] = /^(\s*)(```+|~~~+)/.exec(line) ?? [];
    const table = fence ? null : tableAt(lines, at);
    const item = itemOf(line);
    const quote = /^\s{0,3}>\s?(.*)$/.exec(line);
    if (fence) {
      end();
      const close = lines.findIndex((one, index) => index > at && one.trim().startsWith(fence));
      const last = close < 0 ? lines.length : close;
      blocks.push({ kind: 'code', lines: lines.slice(at + 1, last).map((one) => (one.startsWith(indent) ? one.slice(indent.length) : one)) });
      at = last;
    } else if (table) {
      end();
      blocks.push(table.block);
      at = table.last;
    } else if (!line.trim()) end();
    else if (isRule(line)) end(), blocks.push({ kind: 'rule' });
    else if (headingOf(line)) end(), blocks.push(/** @type {Block} */ (headingOf(line)));
    else if (item) begin(item.block, item.words);
    else if (quote && !quote[1]?.trim()) end();
    else if (quote && isQuote(flowing)) goOn(quote[1] ?? '');
    else if (quote) begin({ kind: 'quote' }, quote[1] ?? '');
    else if (flowing) goOn(line);
    else begin({ kind: 'paragraph' }, line.trimStart());
  }
  end();
  return blocks;
}

/** @param {Flowing | null} flowing */
const isQuote = (flowing) => flowing?.kind === 'quote';

/** Whether a line is to end where it ends. @param {string} line */
const isBroken = (line) => /( {2,}|\\)$/.test(line);

/** @param {string} line */
const isRule = (line) => /^\s{0,3}([-*_])(\s*\1){2,}\s*$/.test(line);

/** @param {string} line @returns {Block | null} */
function headingOf(line) {
  const found = /^\s{0,3}(#{1,6})\s+(.*?)\s*#*$/.exec(line);
  return found ? { kind: 'heading', level: (found[1] ?? '').length, runs: runsOf(found[2] ?? '') } : null;
}

/** @param {string} line @returns {{block: Flowing, words: string} | null} */
function itemOf(line) {
  const [, space = '', sign, box, words = ''] = /^(\s*)([-*+]|\d{1,4}[.)])\s+(?:\[([ xX])\]\s+)?(.*)$/.exec(line) ?? [];
  if (!sign) return null;
  const marker = box === undefined ? (/\d/.test(sign) ? sign : '•') : box === ' ' ? '☐' : '☑';
  return { block: { kind: 'item', depth: Math.min(Math.floor(space.replace(/\t/g, '  ').length / 2), 6), marker }, words };
}

/** A table begins with its heads and a line that says how columns stand. @param {readonly string[]} lines @param {number} at
 * @returns {{block: Block, last: number} | null} */
function tableAt(lines, at) {
  const heads = cells(lines[at] ?? '');
  const signs = cells(lines[at + 1] ?? '');
  if (heads.length < 1 || !lines[at]?.includes('|') || signs.length !== heads.length || !signs.every((one) => /^:?-+:?$/.test(one))) return null;
  let last = at + 1;
  while (lines[last + 1]?.includes('|')) last += 1;
  const rows = [heads, ...lines.slice(at + 2, last + 1).map(cells)].map((row) => heads.map((_, index) => runsOf(row[index] ?? '')));
  const aligns = signs.map((sign) => /** @type {Align} */ (/^:.*:$/.test(sign) ? 'center' : sign.endsWith(':') ? 'right' : 'left'));
  return { block: { kind: 'table', aligns, rows }, last };
}

/** @param {string} line */
const cells = (line) => line.trim().replace(/^\||(?<!\\)\|$/g, '').split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
