// @ts-check
/**
 * The WebSocket: told events in order, comes back by itself after a lost connection and then asks
 * for what it missed. Knows nothing of what events mean.
 */

import { asNumber, asObject, asText } from '../lib/json.js';
import { readFrame } from './frames.js';

/** @typedef {import('../lib/json.js').JsonObject} JsonObject */
/** @typedef {import('./frames.js').Preview} Preview */
/** @typedef {'connecting' | 'open' | 'lost'} Connection */
/** @typedef {{readonly onEvent: (type: string, data: JsonObject) => void,
 *   readonly onPreview: (preview: Preview) => void,
 *   readonly onState: (state: Connection) => void}} Hearers */

const FIRST_WAIT = 300;
const LONGEST_WAIT = 5_000;

export class Socket {
  /** The number of the last event, with which to go on. */
  since = 0;
  /** @type {Connection} */
  state = 'connecting';
  /** @type {WebSocket | null} */
  #socket = null;
  #wait = FIRST_WAIT;
  #timer = 0;

  /** @param {string} clientId @param {Hearers} hearers */
  constructor(clientId, hearers) {
    this.clientId = clientId;
    this.hearers = hearers;
    addEventListener('online', () => this.#soon());
    document.addEventListener('visibilitychange', () => document.hidden || this.#soon());
  }

  /** @param {number} [since] the number of an event after which to begin */
  open(since = this.since) {
    this.since = since;
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const query = new URLSearchParams({ clientId: this.clientId, since: String(since) });
    const socket = new WebSocket(`${scheme}://${location.host}/ws?${query}`);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => this.#opened(socket);
    socket.onmessage = ({ data }) => this.#hear(data);
    socket.onclose = () => this.#lost(socket);
    this.#socket = socket;
  }

  /** @param {WebSocket} socket */
  #opened(socket) {
    this.#wait = FIRST_WAIT;
    socket.send(JSON.stringify({ type: 'feature_flags', data: { supports_preview_metadata: true } }));
    this.#become('open');
  }

  /** @param {WebSocket} socket */
  #lost(socket) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    this.#become('lost');
    this.#timer = setTimeout(() => this.open(), this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
  }

  /** Lose the connection, to come back by itself. */
  drop() {
    this.#socket?.close();
  }

  /** Try at once what would be tried later. */
  #soon() {
    if (this.#socket) return;
    clearTimeout(this.#timer);
    this.open();
  }

  /** @param {Connection} state */
  #become(state) {
    this.state = state;
    this.hearers.onState(state);
  }

  /** @param {unknown} data */
  #hear(data) {
    if (data instanceof ArrayBuffer) {
      const preview = readFrame(data);
      if (preview) this.hearers.onPreview(preview);
      return;
    }
    const message = asObject(JSON.parse(String(data)));
    const about = asObject(message['data']);
    const type = asText(message['type']);
    const number = type === 'events_missed' ? about['resume'] : message['number'];
    this.since = type === 'events_missed' ? asNumber(number, 0) : Math.max(this.since, asNumber(number, 0));
    this.hearers.onEvent(type, about);
  }
}
