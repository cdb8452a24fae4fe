// @ts-check
/** What a workflow would do if it were run now, read from what `POST /plan` answers. */

import { asList, asObject, asText } from '../lib/json.js';

/** @typedef {import('../lib/json.js').JsonObject} JsonObject */
/** `cached` is taken from the cache, `runs` runs, `depends` runs if what is before it makes something new.
 * @typedef {'cached' | 'runs' | 'depends'} Prospect */
/** `seconds` is how long it took the last time. @typedef {{readonly prospect: Prospect, readonly reason: string, readonly seconds: number | null}} Outlook */
/** `input` is empty where the whole node is meant. @typedef {{readonly input: string, readonly message: string}} Problem */
/** A prompt in API format. @typedef {{readonly [node: string]: {readonly class_type: string, readonly inputs: {readonly [name: string]: unknown}}}} Prompt */

/** The later one of two says more about the node that stands for both. @type {readonly Prospect[]} */
const ORDER = ['cached', 'depends', 'runs'];

export class Forecast {
  /**
   * @param {Prompt} [prompt] what was asked about
   * @param {ReadonlyMap<string, Outlook>} [nodes]
   * @param {ReadonlyMap<string, readonly Problem[]>} [problems]
   */
  constructor(prompt = {}, nodes = new Map(), problems = new Map()) {
    this.prompt = prompt;
    this.nodes = nodes;
    this.problems = problems;
  }
}

/** @param {Prompt} prompt @param {JsonObject} answer of `POST /plan`, also where it refused @returns {Forecast} */
export function readForecast(prompt, answer) {
  /** @type {Map<string, Outlook>} */
  const nodes = new Map();
  for (const [id, about] of Object.entries(asObject(answer['nodes']))) {
    const outlook = readOutlook(asObject(about));
    for (const shown of shownBy(id)) nodes.set(shown, together(nodes.get(shown), outlook));
  }
  return new Forecast(prompt, nodes, readProblems(asObject(answer['node_errors'])));
}

/** @param {JsonObject} nodeErrors as `POST /prompt` answers them @returns {Map<string, readonly Problem[]>} */
export function readProblems(nodeErrors) {
  /** @type {Map<string, readonly Problem[]>} */
  const problems = new Map();
  for (const [id, about] of Object.entries(nodeErrors)) {
    for (const shown of shownBy(id)) {
      const found = asList(asObject(about)['errors']).map(asObject).map((error) => ({
        input: shown === id ? asText(asObject(error['extra_info'])['input_name']) : '',
        message: asText(error['message']),
      }));
      problems.set(shown, [...(problems.get(shown) ?? []), ...found.filter(({ message }) => message)]);
    }
  }
  return problems;
}

/** What happens within a subgraph is also told of the nodes that stand for it: `5:2:7` of `5:2` and `5`.
 * @param {string} id @returns {string[]} */
export const shownBy = (id) => id.split(':').map((_, index, parts) => parts.slice(0, index + 1).join(':')).reverse();

/** @param {JsonObject} about @returns {Outlook} */
function readOutlook({ prospect, reason, seconds }) {
  const known = ORDER.find((one) => one === prospect) ?? 'runs';
  return { prospect: known, reason: asText(reason), seconds: typeof seconds === 'number' ? seconds : null };
}

/** @param {Outlook | undefined} one @param {Outlook} other @returns {Outlook} */
function together(one, other) {
  if (!one) return other;
  const later = ORDER.indexOf(other.prospect) > ORDER.indexOf(one.prospect) ? other : one;
  const seconds = one.seconds === null && other.seconds === null ? null : (one.seconds ?? 0) + (other.seconds ?? 0);
  return { ...later, seconds };
}
