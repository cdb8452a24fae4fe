// @ts-check
/**
 * Which window has which draft. Browsers have locks for it, which go with the window that held them;
 * but not on pages that came over plain HTTP from another machine: there windows ask each other.
 */

import { asObject } from '../lib/json.js';

const PREFIX = 'safelight.draft.';
/** Milliseconds in which a window that has a draft says so. */
const ANSWER = 150;

export class DraftLocks {
  /** How each that is held here is let go. @type {Map<string, () => void>} */
  #held = new Map();
  #channel = navigator.locks || !('BroadcastChannel' in globalThis) ? null : new BroadcastChannel('safelight.drafts');

  constructor() {
    this.#channel?.addEventListener('message', ({ data }) => {
      const { asks } = asObject(data);
      if (typeof asks === 'string' && this.#held.has(asks)) this.#channel?.postMessage({ has: asks });
    });
  }

  /** @param {string} id @returns {Promise<boolean>} whether this window has it now */
  take(id) {
    if (this.#held.has(id)) return Promise.resolve(true);
    return navigator.locks ? this.#lock(id) : this.#ask(id);
  }

  /** @param {string} id */
  release(id) {
    this.#held.get(id)?.();
    this.#held.delete(id);
  }

  /** @param {string} id @returns {Promise<boolean>} */
  #lock(id) {
    return new Promise((answer) => {
      void navigator.locks.request(PREFIX + id, { ifAvailable: true }, (lock) => {
        if (lock === null) return answer(false);
        const ended = new Promise((release) => this.#held.set(id, () => release(undefined)));
        answer(true);
        return ended;
      });
    });
  }

  /** @param {string} id @returns {Promise<boolean>} */
  #ask(id) {
    const channel = this.#channel;
    if (!channel) return Promise.resolve(true);
    return new Promise((answer) => {
      const end = (/** @type {boolean} */ mine) => {
        clearTimeout(timer);
        channel.removeEventListener('message', hear);
        if (mine) this.#held.set(id, () => undefined);
        answer(mine);
      };
      const hear = (/** @type {MessageEvent} */ { data }) => asObject(data)['has'] === id && end(false);
      const timer = setTimeout(() => end(true), ANSWER);
      channel.addEventListener('message', hear);
      channel.postMessage({ asks: id });
    });
  }
}
