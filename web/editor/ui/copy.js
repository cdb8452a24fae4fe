// @ts-check
/** Putting text on the system's clipboard, also where the connection is not safe and browsers have another way only. */

/** @param {string} text @returns {Promise<void>} rejected where the browser does not let us */
export async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const before = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.readOnly = true;
  field.className = 'copied-from';
  (document.querySelector('dialog[open]') ?? document.body).append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  if (!done) throw new Error('the browser does not copy');
}
