// @ts-check
/**
 * Sends the workflow on the screen by itself: after each change that makes another prompt of it, or
 * again and again. It waits for what it sent before; a job that fails or is cancelled ends `instant`.
 */

import { writeJson } from '../lib/exact.js';
import { promptOf } from './planner.js';

/** @typedef {import('./editor.js').Editor} Editor */

const PAUSE = 350;

export class AutoQueue {
  #editor;
  #send;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** What was sent last, of which workflow. */
  #sent = { document: '', text: '' };
  #sending = false;

  /** @param {Editor} editor @param {() => Promise<boolean>} send sends the workflow on the screen once; whether it was taken */
  constructor(editor, send) {
    this.#editor = editor;
    this.#send = send;
    editor.on('changed', () => this.#soon());
    editor.on('shown', () => this.#look());
    editor.net.subscribe(({ type, data }) => {
      if (type !== 'job_ended' || data['prompt_id'] !== editor.document.run.job) return;
      if (this.#mode === 'instant' && data['status'] !== 'done') editor.preferences.set('auto', 'off');
      this.#soon();
    });
    editor.preferences.subscribe((_, changed) => changed === 'auto' && this.#begin());
    // Nothing is sent for having come back: only what is changed from here on.
    this.#look();
  }

  get #mode() {
    return this.#editor.preferences.chosen.auto;
  }

  #begin() {
    this.#look();
    if (this.#mode === 'instant') this.#soon();
  }

  /** What is on the screen counts as sent. */
  #look() {
    const { document } = this.#editor;
    this.#sent = { document: document.id, text: this.#mode === 'off' ? '' : textOf(document) };
  }

  #soon() {
    if (this.#mode === 'off') return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#consider(), PAUSE);
  }

  async #consider() {
    const { document } = this.#editor;
    if (this.#sending || document.run.isBusy) return;
    const text = textOf(document);
    const isSame = this.#sent.document === document.id && this.#sent.text === text;
    if (this.#mode === 'off' || !text || (this.#mode === 'change' && isSame)) return;
    this.#sending = true;
    try {
      const taken = await this.#send();
      if (!taken && this.#mode === 'instant') this.#editor.preferences.set('auto', 'off');
    } finally {
      this.#sending = false;
      // Seeds that were drawn anew by sending are no change.
      this.#look();
    }
  }
}

/** @param {import('./document.js').Document} document */
const textOf = (document) => writeJson(promptOf(document) ?? '');
