// @ts-check
/** Text that is cut or broken to fit, measured once. */

/** @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Context */

const ELLIPSIS = '…';
const MOST_KEPT = 20_000;

/** @type {Map<string, string>} */
const fitted = new Map();
/** @type {Map<string, readonly string[]>} */
const broken = new Map();

/** The text, or its beginning and an ellipsis. The context's font must be set.
 * @param {Context} context @param {string} text @param {number} width graph points @returns {string} */
export function fitText(context, text, width) {
  const key = `${context.font}|${Math.round(width)}|${text}`;
  const known = fitted.get(key);
  if (known !== undefined) return known;
  const result = cut(context, text.slice(0, 400), width);
  if (fitted.size > MOST_KEPT) fitted.clear();
  fitted.set(key, result);
  return result;
}

/** @param {Context} context @param {string} text @param {number} width */
function cut(context, text, width) {
  if (width <= 0) return '';
  if (context.measureText(text).width <= width) return text;
  let [least, most] = [0, text.length];
  while (least < most) {
    const middle = (least + most + 1) >> 1;
    const fits = context.measureText(text.slice(0, middle).trimEnd() + ELLIPSIS).width <= width;
    if (fits) least = middle;
    else most = middle - 1;
  }
  return least ? text.slice(0, least).trimEnd() + ELLIPSIS : '';
}

/** The first lines of a text, broken between words where there are spaces and anywhere where not.
 * @param {Context} context @param {string} text @param {number} width @param {number} most lines @returns {readonly string[]} */
export function breakText(context, text, width, most) {
  const key = `${context.font}|${Math.round(width)}|${most}|${text}`;
  const known = broken.get(key);
  if (known) return known;
  const lines = [];
  for (const paragraph of text.slice(0, 8000).split('\n')) {
    if (lines.length >= most) break;
    lines.push(...breakParagraph(context, paragraph, width, most - lines.length));
  }
  if (broken.size > MOST_KEPT / 10) broken.clear();
  broken.set(key, lines);
  return lines;
}

/** @param {Context} context @param {string} paragraph @param {number} width @param {number} most */
function breakParagraph(context, paragraph, width, most) {
  const lines = [];
  let line = '';
  for (const word of paragraph.match(/[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s*|\s+/g) ?? []) {
    if (line && context.measureText((line + word).trimEnd()).width > width) {
      lines.push(line.trimEnd());
      line = '';
      if (lines.length === most) return lines;
    }
    line += word;
    while (context.measureText(line.trimEnd()).width > width && line.length > 1) {
      const head = cutHard(context, line, width);
      lines.push(head);
      line = line.slice(head.length);
      if (lines.length === most) return lines;
    }
  }
  lines.push(line.trimEnd());
  return lines;
}

/** As many letters as fit, one at least. @param {Context} context @param {string} text @param {number} width */
function cutHard(context, text, width) {
  let length = text.length;
  while (length > 1 && context.measureText(text.slice(0, length)).width > width) length -= 1;
  return text.slice(0, length);
}
