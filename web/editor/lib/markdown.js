// @ts-check
/**
 * Markdown, as much of it as notes have: headings, lists, quotes, code, rules, bold, italic, links,
 * pictures. Text in, plain values out: nothing here or behind it ever makes HTML of what was written.
 */

/** A piece of a line that looks one way. `href` is safe to open.
 * @typedef {{readonly text: string, readonly bold?: boolean, readonly italic?: boolean, readonly code?: boolean, readonly href?: string}} Run */
/** @typedef {{readonly kind: 'heading', readonly level: number, readonly runs: readonly Run[]}
 *   | {readonly kind: 'item', readonly depth: number, readonly marker: string, readonly runs: readonly Run[]}
 *   | {readonly kind: 'quote' | 'paragraph', readonly runs: readonly Run[]}
 *   | {readonly kind: 'code', readonly lines: readonly string[]}
 *   | {readonly kind: 'rule'}} Block */

/** @param {string} text @returns {Block[]} */
export function parseMarkdown(text) {
  /** @type {Block[]} */
  const blocks = [];
  /** @type {string[]} */
  let paragraph = [];
  const end = () => {
    if (paragraph.length) blocks.push({ kind: 'paragraph', runs: runsOf(paragraph.join(' ')) });
    paragraph = [];
  };
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const fence = /^\s*(```|~~~)/.exec(line)?.[1];
    if (fence) {
      end();
      const close = lines.findIndex((one, index) => index > at && one.trim().startsWith(fence));
      const last = close < 0 ? lines.length : close;
      blocks.push({ kind: 'code', lines: lines.slice(at + 1, last) });
      at = last;
      continue;
    }
    const block = blockOf(line);
    if (block || !line.trim()) end();
    if (block) blocks.push(block);
    else if (line.trim()) paragraph.push(line.trim());
  }
  end();
  return blocks;
}

/** A line that is a block of its own. @param {string} line @returns {Block | null} */
function blockOf(line) {
  const heading = /^\s{0,3}(#{1,6})\s+(.*?)\s*#*$/.exec(line);
  if (heading) return { kind: 'heading', level: (heading[1] ?? '').length, runs: runsOf(heading[2] ?? '') };
  if (/^\s{0,3}([-*_])(\s*\1){2,}\s*$/.test(line)) return { kind: 'rule' };
  const item = /^(\s*)([-*+]|\d{1,4}[.)])\s+(.*)$/.exec(line);
  if (item) {
    const marker = /\d/.test(item[2] ?? '') ? (item[2] ?? '') : '•';
    return { kind: 'item', depth: Math.min(Math.floor((item[1] ?? '').replace(/\t/g, '  ').length / 2), 6), marker, runs: runsOf(item[3] ?? '') };
  }
  const quote = /^\s{0,3}>\s?(.*)$/.exec(line);
  return quote ? { kind: 'quote', runs: runsOf(quote[1] ?? '') } : null;
}

const INLINE = /`([^`]+)`|!?\[([^\]]*)\]\(\s*([^\s)]+)[^)]*\)|(\*\*|__)(?=\S)(.+?)\4(?![*_])|(?<![\w*])([*_])(?=\S)(.+?)\6(?![\w*])|(https?:\/\/[^\s<>)\]]+)/g;

/** @param {string} text @param {Omit<Run, 'text'>} [look] @returns {Run[]} */
export function runsOf(text, look = {}) {
  /** @type {Run[]} */
  const runs = [];
  let last = 0;
  for (const found of text.matchAll(INLINE)) {
    if (found.index > last) runs.push({ ...look, text: text.slice(last, found.index) });
    last = found.index + found[0].length;
    const [, code, label, target, , strong, , soft, bare] = found;
    if (code !== undefined) runs.push({ ...look, text: code, code: true });
    else if (target !== undefined) runs.push(...linkRuns(label ?? '', target, found[0].startsWith('!'), look));
    else if (strong !== undefined) runs.push(...runsOf(strong, { ...look, bold: true }));
    else if (soft !== undefined) runs.push(...runsOf(soft, { ...look, italic: true }));
    else if (bare !== undefined) runs.push(...linkRuns(bare, bare, false, look));
  }
  if (last < text.length) runs.push({ ...look, text: text.slice(last) });
  return runs;
}

/** @param {string} label @param {string} target @param {boolean} isPicture @param {Omit<Run, 'text'>} look @returns {Run[]} */
function linkRuns(label, target, isPicture, look) {
  const href = safeLink(target);
  const text = label || target;
  if (isPicture) return [{ ...look, text: `▣ ${text}`, ...(href ? { href } : {}) }];
  return [href ? { ...look, text, href } : { ...look, text }];
}

/** An address that may be opened: of the web, or mail; nothing that runs. @param {string} target @returns {string | null} */
export function safeLink(target) {
  try {
    const { protocol, href } = new URL(target);
    return ['http:', 'https:', 'mailto:'].includes(protocol) ? href : null;
  } catch {
    return null;
  }
}
