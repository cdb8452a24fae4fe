// @ts-check
/** What the user has chosen for this browser. */

import { asObject } from '../lib/json.js';
import { languageFor } from '../lib/i18n.js';

/** @typedef {{language: import('../lib/i18n.js').Language, theme: 'system' | 'dark' | 'light', panel: string,
 *   minimap: boolean, badges: boolean, forecast: boolean, batch: number, auto: 'off' | 'change' | 'instant', sideWidth: number}} Chosen */
/** @typedef {(chosen: Chosen, changed: keyof Chosen) => void} PreferenceListener */

const KEY = 'safelight.preferences';

/** @returns {Chosen} */
const byDefault = () => ({
  language: languageFor(navigator.languages), theme: 'system', panel: '', minimap: true, badges: true, forecast: true,
  batch: 1, auto: 'off', sideWidth: 320,
});

export class Preferences {
  /** @type {Set<PreferenceListener>} */
  #listeners = new Set();

  constructor() {
    const initial = byDefault();
    const kept = read();
    const fits = Object.entries(kept).filter(([name, value]) => typeof value === typeof initial[/** @type {keyof Chosen} */ (name)]);
    /** @type {Chosen} */
    this.chosen = { ...initial, ...Object.fromEntries(fits) };
  }

  /** @template {keyof Chosen} K @param {K} name @param {Chosen[K]} value */
  set(name, value) {
    if (this.chosen[name] === value) return;
    this.chosen = { ...this.chosen, [name]: value };
    try {
      localStorage.setItem(KEY, JSON.stringify(this.chosen));
    } catch {
      // Private windows may keep nothing; the choice holds until the page is left.
    }
    for (const listener of [...this.#listeners]) listener(this.chosen, name);
  }

  /** @param {PreferenceListener} listener @returns {() => void} */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

function read() {
  try {
    return asObject(JSON.parse(localStorage.getItem(KEY) ?? '{}'));
  } catch {
    return {};
  }
}
