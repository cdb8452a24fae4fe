// @ts-check
/**
 * What a workflow is made of while it is edited: flat records, each with an id, in one store.
 *
 * Links are the only truth about what is connected: slots do not know their links. Whatever a file
 * says that nobody here understands is kept in `extra` and written back. Records are never changed
 * in place; an edit puts a new one into the store.
 *
 * Units: graph points, y down. `null` stands for "as usual".
 */

/** @typedef {import('../lib/json.js').Json} Json */
/** @typedef {import('../lib/json.js').JsonObject} Extra */

/**
 * One input or output, in the order of the node's slots.
 * `widget` is the name of the field that an input stands for when it was made of one, or that it
 * covers while linked; `shape` and the rest of what files say are in `extra`.
 * @typedef {{
 *   readonly name: string,
 *   readonly type: string,
 *   readonly label: string | null,
 *   readonly widget: string | null,
 *   readonly optional: boolean,
 *   readonly extra: Extra,
 * }} Slot
 */

/** 0 runs always, 2 is muted, 4 is bypassed. @typedef {0 | 2 | 4} Mode */

/**
 * `values` holds the fields by name, as far as the class is known (with `control_after_generate`
 * under `NAME.control`); `raw` is `widgets_values` as the file had it where the class is not known
 * or has other fields than the file has values for, else null.
 * @typedef {{
 *   readonly kind: 'node',
 *   readonly id: string,
 *   readonly graph: string,
 *   readonly type: string,
 *   readonly title: string | null,
 *   readonly x: number, readonly y: number, readonly w: number, readonly h: number,
 *   readonly mode: Mode,
 *   readonly collapsed: boolean,
 *   readonly pinned: boolean,
 *   readonly color: string | null,
 *   readonly bgcolor: string | null,
 *   readonly inputs: readonly Slot[],
 *   readonly outputs: readonly Slot[],
 *   readonly values: {readonly [name: string]: Json},
 *   readonly raw: Json,
 *   readonly extra: Extra,
 * }} NodeRecord
 */

/**
 * From an output to an input. `reroutes` are the ids of the points that it is led through.
 * @typedef {{
 *   readonly kind: 'link',
 *   readonly id: string,
 *   readonly graph: string,
 *   readonly from: string, readonly fromSlot: number,
 *   readonly to: string, readonly toSlot: number,
 *   readonly type: string,
 *   readonly reroutes: readonly string[],
 *   readonly extra: Extra,
 * }} LinkRecord
 */

/**
 * A frame with a title, which carries the nodes that lie within it.
 * @typedef {{
 *   readonly kind: 'group',
 *   readonly id: string,
 *   readonly graph: string,
 *   readonly title: string,
 *   readonly x: number, readonly y: number, readonly w: number, readonly h: number,
 *   readonly color: string | null,
 *   readonly fontSize: number,
 *   readonly extra: Extra,
 * }} GroupRecord
 */

/**
 * A point that links are led through. `parent` is the reroute before it, or null.
 * @typedef {{
 *   readonly kind: 'reroute',
 *   readonly id: string,
 *   readonly graph: string,
 *   readonly x: number, readonly y: number,
 *   readonly parent: string | null,
 *   readonly extra: Extra,
 * }} RerouteRecord
 */

/**
 * The workflow itself (`id` is 'root'), or a subgraph, whose id is the class of the nodes that
 * stand for it. `inputs` and `outputs` are a subgraph's own; inside it, links from '-10' come from
 * its inputs and links to '-20' go to its outputs, as in files.
 * @typedef {{
 *   readonly kind: 'graph',
 *   readonly id: string,
 *   readonly name: string,
 *   readonly inputs: readonly Slot[],
 *   readonly outputs: readonly Slot[],
 *   readonly promoted: readonly {readonly node: string, readonly widget: string}[],
 *   readonly extra: Extra,
 * }} GraphRecord
 */

/** @typedef {NodeRecord | LinkRecord | GroupRecord | RerouteRecord | GraphRecord} AnyRecord */

/** What one transaction did: by key, what was there and what is; undefined for nothing.
 * @typedef {ReadonlyMap<string, {readonly before: AnyRecord | undefined, readonly after: AnyRecord | undefined}>} Diff
 */

export const ROOT = 'root';
export const INPUTS = '-10';
export const OUTPUTS = '-20';
