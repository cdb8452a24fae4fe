// @ts-check
/** Fields that an extension draws and edits in its own way: those whose input is declared with its `widget`. */

/** @typedef {import('../model/records.js').Json} Json */

/**
 * `draw` paints the field, which has its own ground already, into `rect`; colours are CSS colours.
 * `edit` fills `host`, an element that lies over the field, and calls `set` with each new value and `done` at the end.
 * @typedef {{
 *   draw?(context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D, rect: {x: number, y: number, width: number, height: number},
 *     value: Json, colors: {text: string, muted: string, accent: string}, label: string): void,
 *   edit?(host: HTMLElement, value: Json, set: (value: Json) => void, done: () => void): void,
 * }} CustomField
 */

/** @type {Map<string, CustomField>} */
const known = new Map();

/** @param {string} name as in `("INT", {"widget": NAME})` @param {CustomField} field @throws {Error} there is one */
export function addCustomField(name, field) {
  if (known.has(name)) throw new Error(`there are two widgets called "${name}"`);
  known.set(name, field);
}

/** @param {import('../model/fields.js').Field} field @returns {CustomField | undefined} */
export function customOf({ input }) {
  const name = known.size ? input?.raw['widget'] : undefined;
  return typeof name === 'string' ? known.get(name) : undefined;
}
