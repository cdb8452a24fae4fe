// @ts-check
/**
 * A draft as it is kept: all records at one time, and what has changed since, in steps. So an edit
 * costs what it changes and not what the workflow has. Pure.
 */

/** @typedef {import('../model/records.js').AnyRecord} AnyRecord */
/** @typedef {import('../model/records.js').Diff} Diff */
/** @typedef {import('../model/store.js').Store} Store */
/** A record that was put there, or null for one that is gone. @typedef {readonly [key: string, record: AnyRecord | null]} Change */

const KINDS = /** @type {const} */ (['node', 'link', 'group', 'reroute']);

/** All there is, in the order that the store has it in. @param {Store} store @returns {AnyRecord[]} */
export const allOf = (store) => [...store.all('graph')].flatMap((graph) => [graph, ...KINDS.flatMap((kind) => [...store.all(kind, graph.id)])]);

/** What has changed since it was written last. */
export class Pending {
  /** @type {Map<string, AnyRecord | null>} */
  #changes = new Map();

  /** Take in what a transaction changed. @param {Diff} diff */
  add(diff) {
    for (const [key, { after }] of diff) this.#changes.set(key, after ?? null);
  }

  /** @returns {Change[]} once */
  take() {
    const changes = [...this.#changes];
    this.#changes.clear();
    return changes;
  }
}

/** The records as they were at last. As in the store, one that came back is where it was.
 * @param {readonly Change[]} base @param {readonly (readonly Change[])[]} steps @returns {AnyRecord[]} */
export function replay(base, steps) {
  const records = new Map(base);
  for (const step of steps) for (const [key, record] of step) records.set(key, record);
  return [...records.values()].filter((record) => record !== null);
}
