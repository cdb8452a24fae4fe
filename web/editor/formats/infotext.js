// @ts-check
/**
 * The text that A1111 and its kin write into pictures, read, and made a workflow of.
 *
 * PROMPT (lines), `Negative prompt: …` (lines), and one line of `Name: value, …`, the settings, in
 * which values with commas are in quotes.
 */

/** @typedef {{readonly prompt: string, readonly negative: string, readonly settings: ReadonlyMap<string, string>}} Infotext */
/** @typedef {{readonly name: string, readonly strength: number, readonly clip: number}} Lora */

const SETTING = /\s*(\w[\w \-/]*):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)/g;
const LORA = /<(?:lora|lyco):([^:<>]+)(?::(-?[\d.]+))?(?::(-?[\d.]+))?[^<>]*>/gi;

/** @param {string} text @returns {Infotext | null} null if it is no such text */
export function readInfotext(text) {
  const lines = text.trim().replace(/\r\n?/g, '\n').split('\n');
  const settings = readSettings(lines.at(-1) ?? '');
  if (settings.size < 3 || !settings.has('Steps')) return null;
  const before = lines.slice(0, -1);
  const at = before.findIndex((line) => line.startsWith('Negative prompt:'));
  const prompt = before.slice(0, at < 0 ? undefined : at).join('\n').trim();
  const negative = at < 0 ? '' : before.slice(at).join('\n').slice('Negative prompt:'.length).trim();
  return { prompt, negative, settings };
}

/** @param {string} line @returns {Map<string, string>} */
function readSettings(line) {
  /** @type {Map<string, string>} */
  const settings = new Map();
  for (const [, name, value] of line.matchAll(SETTING)) {
    if (name !== undefined && value !== undefined) settings.set(name.trim(), unquoted(value.trim()));
  }
  return settings;
}

/** @param {string} value */
function unquoted(value) {
  if (!value.startsWith('"')) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    return value;
  }
}

/** A prompt without its LoRAs, and these. @param {string} prompt @returns {{text: string, loras: Lora[]}} */
export function takeLoras(prompt) {
  const loras = [...prompt.matchAll(LORA)].map(([, name, strength, clip]) => ({
    name: name ?? '',
    strength: Number(strength ?? 1),
    clip: Number(clip ?? strength ?? 1),
  }));
  const text = prompt.replace(LORA, '').replace(/ +,/g, ',').replace(/(, *){2,}/g, ', ').replace(/^[\s,]+|[\s,]+$/g, '');
  return { text, loras };
}
