// @ts-check
/**
 * How the nodes of one workflow fare, folded from the events of the job that runs for it, or ran last.
 * Its other jobs wait for their turn.
 * Nodes are named as in jobs. A node that stands for a subgraph fares as the nodes within it do.
 */

import { asList, asNumber, asObject, asText } from '../lib/json.js';
import { shownBy } from './forecast.js';

/** @typedef {import('../lib/json.js').JsonObject} JsonObject */
/** @typedef {import('./api.js').FileRef} FileRef */
/** @typedef {'idle' | 'waiting' | 'running' | 'done' | 'cached' | 'failed' | 'invalid'} Status */

/** `perStep` and `seconds` are seconds; `progress` is 0..1.
 * @typedef {{readonly status: Status, readonly progress: number | null, readonly value: number, readonly max: number,
 *   readonly seconds: number | null, readonly perStep: number | null, readonly reason: string,
 *   readonly message: string, readonly traceback: string, readonly warning: string,
 *   readonly preview: string | null, readonly files: readonly FileRef[]}} NodeFate */

/** @typedef {'none' | 'queued' | 'running' | 'done' | 'failed' | 'cancelled'} JobStatus */

/** @type {NodeFate} */
export const UNTOUCHED = Object.freeze({
  status: 'idle', progress: null, value: 0, max: 0, seconds: null, perStep: null, reason: '',
  message: '', traceback: '', warning: '', preview: null, files: [],
});

/** What only a job that runs tells. */
const TURNS = ['execution_start', 'executing', 'progress'];

export class RunState {
  /** @type {string} */
  job = '';
  /** @type {JobStatus} */
  status = 'none';
  /** Its jobs that wait while another is followed. @type {Set<string>} */
  #next = new Set();
  /** @type {Map<string, NodeFate>} */
  #fates = new Map();
  /** @type {Set<(nodes: ReadonlySet<string>) => void>} */
  #listeners = new Set();

  /** Those within, by the nodes that stand for them. @type {Map<string, Set<string>>} */
  #within = new Map();
  /** @type {Map<string, NodeFate>} */
  #sums = new Map();

  /** @param {string} node as jobs name it @returns {NodeFate} */
  get(node) {
    const within = this.#within.get(node);
    if (!within) return this.#own(node);
    const known = this.#sums.get(node) ?? together([...within, node].flatMap((one) => this.#fates.get(one) ?? []));
    this.#sums.set(node, known);
    return known;
  }

  /** @param {string} node */
  #own(node) {
    return this.#fates.get(node) ?? UNTOUCHED;
  }

  /** Those that run, without the nodes that stand for them. @returns {IterableIterator<[string, NodeFate]>} */
  all() {
    return this.#fates.entries();
  }

  /** Whether a job runs or waits. */
  get isBusy() {
    return this.status === 'queued' || this.status === 'running' || this.#next.size > 0;
  }

  /** Those that wait while another is followed. @returns {readonly string[]} */
  get next() {
    return [...this.#next];
  }

  /** A job was sent: it is followed at once, or as soon as it runs where another one is not over. @param {string} job */
  expect(job) {
    if (!this.isBusy) return this.follow(job);
    this.#next.add(job);
    this.#tell([]);
  }

  /** A job that was sent was not taken. @param {string} job */
  forgo(job) {
    if (this.#next.delete(job) || job !== this.job) return this.#tell([]);
    this.follow('');
    this.status = 'none';
  }

  /** Begin to follow another job; pictures stay until there are newer ones. @param {string} job */
  follow(job) {
    this.job = job;
    this.status = 'queued';
    const known = [...this.#fates.keys()];
    for (const node of known) this.#put(node, { ...UNTOUCHED, files: this.#own(node).files });
    this.#tell(known);
  }

  /** Mark what is wrong with nodes before they run; unmark all others.
   * @param {JsonObject} nodeErrors as `POST /prompt` answers them */
  refuse(nodeErrors) {
    const touched = new Set(Object.keys(nodeErrors));
    for (const [node, fate] of this.#fates) {
      if (fate.status !== 'invalid' || touched.has(node)) continue;
      this.#put(node, { ...fate, status: 'idle', message: '' });
      touched.add(node);
    }
    for (const [node, about] of Object.entries(nodeErrors)) {
      const sentences = asList(asObject(about)['errors']).map((error) => asText(asObject(error)['message']));
      this.#change(node, { status: 'invalid', message: sentences.filter(Boolean).join('\n') });
    }
    this.#tell(touched);
  }

  /** Nodes that were refused and would not be now are as if they had not been.
   * @param {ReadonlyMap<string, unknown>} problems by node */
  mend(problems) {
    const mended = [...this.#fates].filter(([node, fate]) => fate.status === 'invalid' && !problems.has(node));
    for (const [node] of mended) this.#change(node, { status: 'idle', message: '' });
    if (mended.length) this.#tell(mended.map(([node]) => node));
  }

  /** Take one event of any job; those of others are passed over.
   * @param {string} type @param {JsonObject} data @returns {boolean} whether it was of this job */
  hear(type, data) {
    const job = asText(data['prompt_id']);
    if (this.#next.has(job)) this.#hearNext(type, job);
    if (!this.job || job !== this.job) return false;
    const nodes = this.#fold(type, data);
    this.#tell(nodes);
    return true;
  }

  /** A job that waits for its turn may have it, or have come to its end without. @param {string} type @param {string} job */
  #hearNext(type, job) {
    const isOver = type === 'job_ended';
    if (!isOver && (!TURNS.includes(type) || this.status === 'running')) return;
    this.#next.delete(job);
    if (isOver) return this.#tell([]);
    if (this.status === 'queued') this.#next.add(this.job);
    this.follow(job);
  }

  /** @param {import('./frames.js').Preview} preview */
  see({ job, node, picture }) {
    if (job !== this.job || this.#own(node).status !== 'running') return;
    this.#change(node, { preview: URL.createObjectURL(picture) });
    this.#tell([node]);
  }

  /** Take what the history knows of a job that ended. @param {string} job @param {JsonObject} entry */
  recall(job, entry) {
    this.follow(job);
    for (const [node, about] of Object.entries(asObject(entry['nodes']))) {
      const { cached, seconds, reason } = asObject(about);
      this.#change(node, { status: cached ? 'cached' : 'done', seconds: cached ? null : asNumber(seconds, 0), reason: asText(reason) });
    }
    for (const [node, output] of Object.entries(asObject(entry['outputs']))) this.#change(node, { files: filesOf(output) });
    for (const message of asList(asObject(entry['status'])['messages'])) {
      const [type, data] = asList(message);
      if (type !== 'execution_start' && type !== 'execution_cached') this.#fold(asText(type), asObject(data));
    }
    this.#tell(this.#fates.keys());
  }

  /** @param {(nodes: ReadonlySet<string>) => void} listener is told which nodes changed @returns {() => void} */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** @param {string} type @param {JsonObject} data @returns {Iterable<string>} the nodes that changed */
  #fold(type, data) {
    const node = asText(data['display_node']) || asText(data['node']);
    switch (type) {
      case 'execution_start':
        this.status = 'running';
        return this.#each(asList(data['nodes']), { status: 'waiting' });
      case 'execution_cached':
        return this.#each(asList(data['nodes']), { status: 'cached', progress: null });
      case 'executing':
        return node ? this.#each([node], { status: 'running', reason: asText(data['reason']) }) : [];
      case 'progress':
        return this.#each([node], progressOf(data));
      case 'executed':
        return this.#each([node], { files: filesOf(data['output']), preview: this.#forget(node) });
      case 'node_finished':
        return this.#finish(node, asNumber(data['seconds'], 0));
      case 'node_failed':
        return this.#fail(node, data);
      case 'execution_error':
        if (data['ends'] !== false) this.status = 'failed';
        return this.#fail(asText(data['node_id']), data);
      case 'node_warning':
        return this.#each([node], { warning: asText(data['message']) });
      case 'job_ended':
      case 'execution_success':
      case 'execution_interrupted':
        return this.#end(type, asText(data['status']));
      default:
        return [];
    }
  }

  /** @param {string} node @param {number} seconds */
  #finish(node, seconds) {
    const total = (this.#own(node).seconds ?? 0) + seconds;
    return this.#each([node], { status: 'done', progress: null, seconds: total, preview: this.#forget(node) });
  }

  /** @param {string} node @param {JsonObject} data */
  #fail(node, data) {
    if (!node) return [];
    const traceback = asList(data['traceback']).map(asText).join('') || asText(data['traceback']);
    const message = asText(data['message']) || asText(data['exception_message']);
    return this.#each([node], { status: 'failed', progress: null, message, traceback, preview: this.#forget(node) });
  }

  /** @param {string} type @param {string} status */
  #end(type, status) {
    const ends = { execution_success: 'done', execution_interrupted: 'cancelled' };
    const told = ends[/** @type {keyof typeof ends} */ (type)] ?? status;
    this.status = told === 'failed' || told === 'cancelled' ? told : 'done';
    const left = [...this.#fates].filter(([, fate]) => fate.status === 'waiting' || fate.status === 'running');
    for (const [node] of left) this.#change(node, { status: 'idle', progress: null, preview: this.#forget(node) });
    return left.map(([node]) => node);
  }

  /** @param {readonly unknown[]} nodes @param {Partial<NodeFate>} change */
  #each(nodes, change) {
    const names = nodes.map(asText).filter(Boolean);
    for (const node of names) this.#change(node, change);
    return names;
  }

  /** Let go of a preview. @param {string} node */
  #forget(node) {
    const { preview } = this.#own(node);
    if (preview) setTimeout(() => URL.revokeObjectURL(preview), 2_000);
    return null;
  }

  /** @param {string} node @param {Partial<NodeFate>} change */
  #change(node, change) {
    if (change.preview && this.#own(node).preview) this.#forget(node);
    this.#put(node, { ...this.#own(node), ...change });
  }

  /** @param {string} node @param {NodeFate} fate */
  #put(node, fate) {
    this.#fates.set(node, fate);
    for (const outer of shownBy(node).slice(1)) {
      this.#sums.delete(outer);
      this.#within.set(outer, (this.#within.get(outer) ?? new Set()).add(node));
    }
    this.#sums.delete(node);
  }

  /** @param {Iterable<string>} nodes */
  #tell(nodes) {
    const changed = new Set([...nodes].flatMap(shownBy));
    for (const listener of [...this.#listeners]) listener(changed);
  }
}

/** What decides how a subgraph fares, the first that is among its nodes. @type {readonly Status[]} */
const DECIDING = ['running', 'failed', 'invalid', 'waiting', 'done', 'cached'];

/** @param {readonly NodeFate[]} fates @returns {NodeFate} */
function together(fates) {
  const status = DECIDING.find((one) => fates.some((fate) => fate.status === one)) ?? 'idle';
  const first = fates.find((fate) => fate.status === status) ?? UNTOUCHED;
  const timed = fates.filter(({ seconds }) => seconds !== null);
  const isUnderWay = status === 'waiting' && fates.some((fate) => fate.status === 'done' || fate.status === 'cached');
  return {
    ...first,
    status: isUnderWay ? 'running' : status,
    seconds: timed.length ? timed.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0) : null,
    warning: fates.find(({ warning }) => warning)?.warning ?? '',
    preview: fates.find(({ preview }) => preview)?.preview ?? null,
    files: fates.flatMap(({ files }) => files),
  };
}

/** @param {JsonObject} data @returns {Partial<NodeFate>} */
function progressOf(data) {
  const [value, max] = [asNumber(data['value'], 0), asNumber(data['max'], 0)];
  const perStep = typeof data['seconds_per_step'] === 'number' ? data['seconds_per_step'] : null;
  return { status: 'running', value, max, progress: max > 0 ? value / max : null, perStep };
}

/** The files that a node's `ui` tells of. @param {unknown} output @returns {FileRef[]} */
export function filesOf(output) {
  return ['images', 'gifs'].flatMap((kind) => asList(asObject(output)[kind])).flatMap((entry) => {
    const { filename, subfolder, type } = asObject(entry);
    return asText(filename) ? [{ filename: asText(filename), subfolder: asText(subfolder), type: asText(type) }] : [];
  });
}
