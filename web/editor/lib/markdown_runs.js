// @ts-check
/** What stands within a line of Markdown: bold, italic, code, links, pictures. Text in, plain values out. */

/** A piece of a line that looks one way. `href` is safe to open, `picture` safe to show; `text` then stands for a
 * picture that is not there. A piece `\n` ends the line.
 * @typedef {{readonly text: string, readonly bold?: boolean, readonly italic?: boolean, readonly code?: boolean, readonly struck?: boolean,
 *   readonly href?: string, readonly picture?: string}} Run */
/** @typedef {Omit<Run, 'text'>} Look */

/** @param {string} name of the group that the address is in */
const target = (name) => String.raw`\(\s*<?(?<${name}>[^\s)>]+)>?[^)]*\)`;
const INLINE = new RegExp([
  String.raw`(?<escaped>\\[!-/:-@\[-\x60{-~])`,
  String.raw`(?<ticks>\x60+)(?<code>.+?)(?<!\x60)\k<ticks>(?!\x60)`,
  String.raw`\[!\[(?<innerLabel>[^\]]*)\]${target('innerSource')}\]${target('outer')}`,
  String.raw`(?<mark>!?)\[(?<label>[^\]]*)\]${target('target')}`,
  String.raw`(?<sign>\*\*|__)(?=\S)(?<strong>.+?)\k<sign>(?![*_])`,
  String.raw`~~(?=\S)(?<struck>.+?)~~`,
  String.raw`(?<![\w*])(?<softSign>[*_])(?=\S)(?<soft>.+?)\k<softSign>(?![\w*])`,
  String.raw`(?<bare>https?:\/\/[^\s<>)\]]+)`,
  String.raw`(?<end>\n|<br\s*\/?>)`,
].join('|'), 'g');

/** @param {string} text @param {Look} [look] @returns {Run[]} */
export function runsOf(text, look = {}) {
  /** @type {Run[]} */
  const runs = [];
  const plain = (/** @type {string} */ words) => {
    const last = runs.at(-1);
    if (last && !last.code && !last.href && !last.picture && last.text !== '\n' && sameLook(last, look)) runs[runs.length - 1] = { ...last, text: last.text + words };
    else if (words) runs.push({ ...look, text: words });
  };
  let last = 0;
  for (const found of text.matchAll(INLINE)) {
    plain(text.slice(last, found.index));
    last = found.index + found[0].length;
    const { escaped, code, innerLabel, innerSource, outer, mark, label, target: address, strong, struck, soft, bare, end } = found.groups ?? {};
    if (escaped !== undefined) plain(escaped.slice(1));
    else if (code !== undefined) runs.push({ ...look, text: code, code: true });
    else if (innerSource !== undefined) runs.push(pictureRun(innerLabel ?? '', innerSource, look, safeLink(outer ?? '')));
    else if (address !== undefined) runs.push(mark ? pictureRun(label ?? '', address, look) : linkRun(label ?? '', address, look));
    else if (strong !== undefined) runs.push(...runsOf(strong, { ...look, bold: true }));
    else if (struck !== undefined) runs.push(...runsOf(struck, { ...look, struck: true }));
    else if (soft !== undefined) runs.push(...runsOf(soft, { ...look, italic: true }));
    else if (bare !== undefined) runs.push(linkRun(bare, bare, look));
    else if (end !== undefined) runs.push({ ...look, text: '\n' });
  }
  plain(text.slice(last));
  return runs;
}

/** @param {Run} run @param {Look} look */
const sameLook = (run, look) => !run.bold === !look.bold && !run.italic === !look.italic && !run.struck === !look.struck;

/** @param {string} label @param {string} target @param {Look} look @returns {Run} */
function linkRun(label, target, look) {
  const href = safeLink(target);
  return { ...look, text: label || target, ...(href ? { href } : {}) };
}

/** A picture; one from elsewhere is only a link, since to fetch it would tell others who reads this.
 * @param {string} label @param {string} source @param {Look} look @param {string | null} [href] what a click on it opens @returns {Run} */
function pictureRun(label, source, look, href = null) {
  const picture = safePicture(source);
  const target = href ?? safeLink(source);
  const name = label || (source.startsWith('data:') ? '' : source);
  return { ...look, text: `▣ ${name}`, ...(target ? { href: target } : {}), ...(picture ? { picture } : {}) };
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

/** Characters of a picture within the text itself. */
const MOST = 2_000_000;

/** A picture that may be shown: of this server, or within the text itself and no drawing that could run.
 * @param {string} source @param {string} [page] where this is @returns {string | null} */
export function safePicture(source, page = globalThis.location?.href ?? 'http://localhost/') {
  if (/^data:/i.test(source)) return source.length <= MOST && /^data:image\/(png|jpeg|webp|gif);base64,[\w+/]+={0,2}$/i.test(source) ? source : null;
  try {
    const { origin, protocol, href } = new URL(source, page);
    return origin === new URL(page).origin && /^https?:$/.test(protocol) ? href : null;
  } catch {
    return null;
  }
}
