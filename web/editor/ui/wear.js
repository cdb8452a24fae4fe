// @ts-check
/** Styles of what is seldom opened, fetched when it first is. */

/** @type {Map<string, Promise<void>>} */
const worn = new Map();

/** @param {string} name of a file in `styles` @returns {Promise<void>} once it counts */
export function wear(name) {
  const known = worn.get(name);
  if (known) return known;
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = new URL(`../styles/${name}.css`, import.meta.url).href;
  const ready = new Promise((/** @type {(value: void) => void} */ resolve) => {
    link.onload = link.onerror = () => resolve();
  });
  document.head.append(link);
  worn.set(name, ready);
  return ready;
}
