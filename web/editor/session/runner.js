// @ts-check
/** Sending jobs and hearing how they fare. */

import { asList, asNumber, asObject, asText } from '../lib/json.js';
import { uuid } from '../lib/uuid.js';
import { getJson, postJson, ServerError } from '../net/api.js';
import { Socket } from '../net/socket.js';
import { writeApi } from '../formats/api_writer.js';

/** @typedef {import('./document.js').Document} Document */
/** @typedef {import('../net/socket.js').Connection} Connection */
/** @typedef {import('../lib/json.js').JsonObject} JsonObject */
/** @typedef {{readonly pending: number, readonly running: number, readonly paused: boolean}} QueueCounts */
/** @typedef {{readonly type: string, readonly data: JsonObject}} ServerEvent */

const CLIENT = 'safelight.client';

export class Runner {
  /** @type {Connection} */
  connection = 'connecting';
  /** @type {QueueCounts} */
  queue = { pending: 0, running: 0, paused: false };
  /** @type {Set<(event: ServerEvent) => void>} */
  #listeners = new Set();
  #documents;

  /** @param {() => readonly Document[]} documents those that are open */
  constructor(documents) {
    this.#documents = documents;
    this.socket = new Socket(clientId(), {
      onEvent: (type, data) => this.#hear(type, data),
      onPreview: (preview) => documents().forEach(({ run }) => run.see(preview)),
      onState: (state) => this.#become(state),
    });
  }

  /** Begin to listen: from where the oldest job of an open workflow that has not ended was sent. */
  open() {
    const since = this.#documents().map((one) => one.since).filter(Boolean);
    this.socket.open(since.length ? Math.min(...since) : 0);
    void this.recallAll(this.#documents().filter((one) => !one.since));
  }

  /**
   * Send a workflow. @param {Document} document
   * @param {{readonly front?: boolean, readonly targets?: readonly string[]}} [options]
   * @returns {Promise<string>} the job's id
   */
  async send(document, { front = false, targets = [] } = {}) {
    const body = {
      prompt: /** @type {any} */ (writeApi(document.store, document.catalogue)),
      client_id: this.socket.clientId,
      prompt_id: uuid(),
      extra_data: { extra_pnginfo: { workflow: document.toJson() }, workflow_name: document.title },
      ...(front ? { front } : {}),
      ...(targets.length ? { partial_execution_targets: [...targets] } : {}),
    };
    if (!document.run.isBusy) document.since = this.socket.since;
    document.run.expect(body.prompt_id);
    try {
      const told = asObject(await postJson('/prompt', body));
      document.run.refuse(asObject(told['node_errors']));
    } catch (error) {
      document.run.forgo(body.prompt_id);
      if (error instanceof ServerError) document.run.refuse(error.nodeErrors);
      throw error;
    }
    return body.prompt_id;
  }

  /** @param {(event: ServerEvent) => void} listener hears every event, and `connection` @returns {() => void} */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** @param {string} type @param {JsonObject} data */
  #hear(type, data) {
    if (type === 'status') this.#count(data);
    if (type === 'events_missed') void this.recallAll();
    for (const { run } of this.#documents()) run.hear(type, data);
    this.#tell(type, data);
  }

  /** The events of jobs are not told any more: ask how the jobs ended. @param {readonly Document[]} documents */
  async recallAll(documents = this.#documents()) {
    for (const { run } of documents) {
      for (const job of [run.job, ...run.next].filter(Boolean)) await recall(run, job).catch(() => undefined);
    }
  }

  /** @param {JsonObject} data */
  #count(data) {
    const remaining = asNumber(asObject(asObject(data['status'])['exec_info'])['queue_remaining'], 0);
    const running = asNumber(data['running'], Math.min(remaining, 1));
    this.queue = { pending: asNumber(data['pending'], remaining - running), running, paused: data['paused'] === true };
  }

  /** @param {Connection} state */
  #become(state) {
    this.connection = state;
    this.#tell('connection', { state });
  }

  /** @param {string} type @param {JsonObject} data */
  #tell(type, data) {
    for (const listener of [...this.#listeners]) listener({ type, data });
  }
}

/** What became of a job: it ended, or it runs or waits still, or nobody knows it any more.
 * @param {import('../net/run_state.js').RunState} run @param {string} job */
async function recall(run, job) {
  const { running, pending } = asObject(await getJson('/queue/state'));
  if ([...asList(running), ...asList(pending)].includes(job)) return;
  const found = asObject(asObject(await getJson(`/history/${job}`))[job]);
  if (Object.keys(found).length > 0 && job === run.job) run.recall(job, found);
  else run.forgo(job);
}

/** This window's name for the server, the same after a reload. */
function clientId() {
  const known = asText(sessionStorage.getItem(CLIENT));
  const id = known || uuid();
  sessionStorage.setItem(CLIENT, id);
  return id;
}
