// @ts-check
/** The list of names that could complete a prompt, under the cursor while it is typed. */

import { t } from '../lib/i18n.js';
import { getJson } from '../net/api.js';
import { asList, asObject, asText } from '../lib/json.js';
import { suggest } from './completion.js';

/** @typedef {import('./completion.js').Names} Names */
/** @typedef {import('./completion.js').Suggestion} Suggestion */

/** How long names count before the server is asked again. Milliseconds. */
const FRESH = 30_000;
/** @type {{at: number, names: Promise<Names>}} */
let known = { at: -Infinity, names: Promise.resolve({ embeddings: [], loras: [], wildcards: [] }) };

/** @returns {Promise<Names>} none where the server cannot say */
function askNames() {
  if (performance.now() - known.at > FRESH) known = { at: performance.now(), names: fetchNames() };
  return known.names;
}

async function fetchNames() {
  const told = asObject(await getJson('/completions').catch(() => null));
  const list = (/** @type {string} */ kind) => asList(told[kind]).map(asText).filter(Boolean);
  return { embeddings: list('embeddings'), loras: list('loras'), wildcards: list('wildcards') };
}

export class Suggestions {
  #box;
  #panel = make('div', 'suggestions');
  /** @type {readonly Suggestion[]} */
  #found = [];
  #from = 0;
  #at = 0;
  /** @type {Names | null} */
  #names = null;

  /** @param {HTMLTextAreaElement | HTMLInputElement} box laid over its field */
  constructor(box) {
    this.#box = box;
    this.#panel.setAttribute('role', 'listbox');
    this.#panel.id = 'suggestions';
    void askNames().then((names) => (this.#names = names));
    box.addEventListener('input', (event) => /** @type {InputEvent} */ (event).isComposing || this.#look());
    box.addEventListener('compositionend', () => this.#look());
    box.addEventListener('pointerdown', () => this.close());
    box.addEventListener('blur', () => this.close());
  }

  get isOpen() {
    return this.#panel.isConnected;
  }

  close() {
    this.#panel.remove();
    this.#box.removeAttribute('aria-activedescendant');
  }

  /** Whether a key was for the list. @param {KeyboardEvent} event */
  takes(event) {
    if (event.isComposing || !this.isOpen || event.ctrlKey || event.metaKey || event.altKey) return false;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step) this.#go(Math.min(Math.max(this.#at + step, 0), this.#found.length - 1));
    else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey) this.#take(this.#at);
    else if (event.key === 'Escape') this.close();
    else {
      if (/^Arrow|^Home$|^End$/.test(event.key)) this.close();
      return false;
    }
    return true;
  }

  #look() {
    const { selectionStart, selectionEnd, value } = this.#box;
    if (!this.#names || selectionStart === null || selectionStart !== selectionEnd) return this.close();
    const { from, found } = suggest(value.slice(0, selectionStart), this.#names);
    const isWhole = found.length === 1 && found[0]?.text === value.slice(from, selectionStart);
    if (!found.length || isWhole) return this.close();
    this.#found = found;
    this.#from = from;
    this.#panel.replaceChildren(...found.map((one, index) => this.#row(one, index)));
    this.#box.parentElement?.append(this.#panel);
    this.#place();
    this.#go(0);
  }

  /** @param {Suggestion} one @param {number} index */
  #row({ name, kind }, index) {
    const row = make('div', 'suggestion');
    row.id = `suggestion-${index}`;
    row.setAttribute('role', 'option');
    const label = make('span', '');
    label.textContent = name;
    const sort = make('small', '');
    sort.textContent = t(`prompt.${kind}`);
    row.append(label, sort);
    row.addEventListener('pointerdown', (event) => (event.preventDefault(), this.#take(index)));
    return row;
  }

  /** @param {number} index */
  #go(index) {
    this.#at = index;
    [...this.#panel.children].forEach((row, at) => row.setAttribute('aria-selected', String(at === index)));
    this.#panel.children[index]?.scrollIntoView({ block: 'nearest' });
    this.#box.setAttribute('aria-activedescendant', `suggestion-${index}`);
  }

  /** Through the browser, so that its own undo knows of it. @param {number} index */
  #take(index) {
    const one = this.#found[index];
    this.close();
    if (!one) return;
    const { selectionStart } = this.#box;
    this.#box.setSelectionRange(this.#from, selectionStart);
    document.execCommand('insertText', false, one.text);
    this.close();
  }

  /** Under the beginning of the word; above it where there is no room. */
  #place() {
    const box = this.#box.getBoundingClientRect();
    const room = this.#box.parentElement?.getBoundingClientRect() ?? box;
    const scale = box.width / this.#box.offsetWidth || 1;
    const { x, y, line } = placeInText(this.#box, this.#from);
    const [left, top] = [box.x - room.x + x * scale, box.y - room.y + y * scale];
    const { offsetWidth, offsetHeight } = this.#panel;
    const below = top + line * scale + 4;
    this.#panel.style.left = `${Math.max(Math.min(left, room.width - offsetWidth - 8), 8)}px`;
    this.#panel.style.top = `${below + offsetHeight < room.height ? below : Math.max(top - offsetHeight - 4, 8)}px`;
  }
}

/** Where a letter of a text box stands, in its own pixels, by writing the same text elsewhere.
 * @param {HTMLTextAreaElement | HTMLInputElement} box @param {number} index */
function placeInText(box, index) {
  const mirror = make('div', 'text-mirror');
  const style = getComputedStyle(box);
  for (const name of /** @type {const} */ (['font', 'padding', 'border', 'letterSpacing', 'boxSizing', 'textAlign'])) mirror.style[name] = style[name];
  mirror.style.width = `${box.offsetWidth}px`;
  const mark = document.createElement('span');
  mark.textContent = '\u200b';
  mirror.append(box.value.slice(0, index), mark);
  document.body.append(mirror);
  const { offsetLeft, offsetTop, offsetHeight } = mark;
  mirror.remove();
  return { x: offsetLeft - box.scrollLeft, y: offsetTop - box.scrollTop, line: offsetHeight };
}

/** @template {keyof HTMLElementTagNameMap} K @param {K} tag @param {string} name @returns {HTMLElementTagNameMap[K]} */
function make(tag, name) {
  const element = document.createElement(tag);
  element.className = name;
  return element;
}
