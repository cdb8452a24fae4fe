// @ts-check
/**
 * Keeps asking what the workflow on the screen would do if it were run now: soon after a change,
 * one question at a time, and only while somebody looks.
 */

import { writeJson } from '../lib/exact.js';
import { asObject } from '../lib/json.js';
import { writeApi } from '../formats/api_writer.js';
import { FormatError } from '../formats/errors.js';
import { Forecast, readForecast } from '../net/forecast.js';
import { postJson, ServerError } from '../net/api.js';
import { findEarlier } from './earlier.js';

/** @typedef {import('./editor.js').Editor} Editor */
/** @typedef {import('./document.js').Document} Document */

const PAUSE = 450;
const AGAIN = 2_000;

export class Planner {
  #editor;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** The question that is being answered. @type {AbortController | null} */
  #asking = null;
  /** What was asked last, of which workflow. */
  #asked = { document: '', text: '' };

  /** @param {Editor} editor */
  constructor(editor) {
    this.#editor = editor;
    editor.on('changed', () => this.soon());
    editor.on('shown', () => this.anew());
    document.addEventListener('visibilitychange', () => this.soon());
    editor.net.subscribe(({ type, data }) => {
      if (type === 'job_ended' || (type === 'connection' && data['state'] === 'open')) this.anew();
    });
    this.soon();
  }

  /** Ask soon, if the workflow would run otherwise than when it was asked about. */
  soon(pause = PAUSE) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), pause);
  }

  /** Ask soon, whether or not the workflow has changed. */
  anew() {
    this.#asked = { document: '', text: '' };
    this.soon();
  }

  async #ask() {
    const { document: shown } = this.#editor;
    if (document.hidden || shown.run.isBusy) return;
    const prompt = promptOf(shown);
    const text = prompt ? writeJson(prompt) : '';
    if (this.#asked.document === shown.id && this.#asked.text === text) return;
    if (this.#asking) {
      this.#asking.abort();
      return this.soon();
    }
    this.#asked = { document: shown.id, text };
    const forecast = prompt ? await this.#answer(prompt) : new Forecast();
    if (!forecast) return;
    shown.forecast = forecast;
    shown.run.mend(forecast.problems);
    void findEarlier(shown, prompt);
    if (shown === this.#editor.document) this.#editor.tell('run');
  }

  /** @param {import('../net/forecast.js').Prompt} prompt @returns {Promise<Forecast | null>} null where none was given */
  async #answer(prompt) {
    const asking = new AbortController();
    this.#asking = asking;
    try {
      return readForecast(prompt, asObject(await postJson('/plan', { prompt: /** @type {any} */ (prompt) }, asking.signal)));
    } catch (error) {
      if (error instanceof ServerError && error.status === 400) return readForecast(prompt, error.body);
      this.#asked = { document: '', text: '' };
      // The worker may only be starting. While the server cannot be reached, coming back asks again.
      if (error instanceof ServerError && error.status === 503) this.soon(AGAIN);
      return null;
    } finally {
      this.#asking = null;
    }
  }
}

/** The workflow as it would be sent, the same each time. @param {Document} document @returns {import('../net/forecast.js').Prompt | null} */
export function promptOf({ store, catalogue }) {
  try {
    return writeApi(store, catalogue, () => 0);
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}
