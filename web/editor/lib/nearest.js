// @ts-check
/** The name among those there are that is most like one that is missing. */

const ENDING = /\.(safetensors|ckpt|pth?|bin|gguf|onnx)$/;

/** @param {string} missing @param {readonly string[]} names @param {number} [least] how alike, 0 to 1
 * @returns {string | null} null if none is like it */
export function nearest(missing, names, least = 0.45) {
  let best = null;
  let most = least;
  const wanted = pairs(missing);
  for (const name of names) {
    const alike = name === missing ? 1 : likeness(wanted, pairs(name));
    if (alike > most || (alike === most && best === null)) [best, most] = [name, alike];
  }
  return best;
}

/** Pairs of neighbouring letters of a file's own name, each with how often it is there. @param {string} name */
function pairs(name) {
  const plain = (name.split(/[\\/]/).at(-1) ?? name).toLowerCase().replace(ENDING, '').replace(/[^\p{L}\p{N}]/gu, '');
  /** @type {Map<string, number>} */
  const counts = new Map();
  const padded = `^${plain}$`;
  for (let at = 0; at + 1 < padded.length; at += 1) {
    const pair = padded.slice(at, at + 2);
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return counts;
}

/** The coefficient of Sørensen and Dice: the share of pairs that are in both.
 * @param {Map<string, number>} a @param {Map<string, number>} b */
function likeness(a, b) {
  let shared = 0;
  for (const [pair, count] of a) shared += Math.min(count, b.get(pair) ?? 0);
  const total = [...a.values(), ...b.values()].reduce((sum, count) => sum + count, 0);
  return (2 * shared) / total;
}
