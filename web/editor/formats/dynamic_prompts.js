// @ts-check
/** Choices and comments in prompts: `{red|green} car`, escaped `\{`, `// to the end`, and comments within lines. */

const COMMENT = /\/\*[\s\S]*?\*\/|\/\/[^\n\r\u2028\u2029]*/g;
const MARK = /(\\[\s\S]|[{|}])/;

/**
 * A prompt without comments, one alternative chosen in each pair of braces, all equally likely. A
 * brace that is never closed reaches to the end of the text.
 * @param {string} text @param {() => number} random from 0 up to 1 @returns {string}
 */
export function choose(text, random) {
  if (!['{', '//', '/*', '\\'].some((mark) => text.includes(mark))) return text;
  /** Open braces, their alternatives, pieces of text. @type {string[][][]} */
  const open = [[[]]];
  const close = () => {
    const alternatives = open.pop() ?? [[]];
    const chosen = alternatives[Math.floor(random() * alternatives.length)] ?? [];
    open.at(-1)?.at(-1)?.push(chosen.join(''));
  };
  for (const piece of text.replace(COMMENT, '').split(MARK)) {
    if (piece === '{') open.push([[]]);
    else if (piece === '|' && open.length > 1) open.at(-1)?.push([]);
    else if (piece === '}' && open.length > 1) close();
    else open.at(-1)?.at(-1)?.push(/^\\[{|}]$/.test(piece) ? piece.slice(1) : piece);
  }
  while (open.length > 1) close();
  return open[0]?.[0]?.join('') ?? '';
}
