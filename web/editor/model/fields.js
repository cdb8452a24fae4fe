// @ts-check
/**
 * Which fields a node of a class shows, in which order, holding what at first.
 *
 * A field's place in the saved list `widgets_values` is its only name there, so the order is exactly
 * that of files: one field for each declared input that has one, `control_after_generate` right
 * behind what it steers, and a few that only editors add. `graph/formats/fields.py` says the same;
 * tests/data/conversion holds the proof for both.
 */

import { isObject } from '../lib/json.js';

/** @typedef {import('./records.js').Json} Json */
/** @typedef {import('./definition.js').InputDefinition} InputDefinition */
/** @typedef {import('./definition.js').InputKind} InputKind */

/**
 * One field. `saved`: has a place in `widgets_values`. `sent`: becomes an input of the node in API
 * format. `forced`: is but the unused place that a forced socket once had in saved lists.
 * `shown`: people see it. `input` is the declared input that it belongs to, `steers` the name of
 * the field that it steers after each run.
 * @typedef {{
 *   readonly name: string, readonly kind: InputKind, readonly initial: Json,
 *   readonly saved: boolean, readonly sent: boolean, readonly shown: boolean,
 *   readonly forced: boolean, readonly steers: string | null,
 *   readonly input: InputDefinition | null,
 * }} Field
 */

export const CONTROLS = ['fixed', 'increment', 'decrement', 'randomize'];

const PLAYERS = ['LoadAudio', 'SaveAudio', 'PreviewAudio', 'SaveAudioMP3', 'SaveAudioOpus'];
const VIEWERS = ['Preview3D', 'Preview3DAnimation', 'SaveGLB'];

/** @param {string} type @param {readonly InputDefinition[]} inputs @returns {Field[]} */
export function fieldsOf(type, inputs) {
  const declared = inputs.flatMap(fieldsOfInput);
  return [...declared, ...addedFields(type, inputs)];
}

/** The name of the field that says what becomes of another after each run. @param {string} name */
export const controlName = (name) => `${name}.control`;

/** @param {InputDefinition} input @returns {Field[]} */
function fieldsOfInput(input) {
  if (input.kind === 'socket') return input.forceInput ? forcedPlace(input) : [];
  return [...viewButtons(input), ownField(input), ...companions(input)];
}

/** @param {InputDefinition} input @returns {Field[]} */
function forcedPlace(input) {
  const typedIn = ['INT', 'FLOAT', 'BOOLEAN', 'STRING', 'COMBO', 'COLOR'];
  if (!typedIn.includes(widgetType(input))) return [];
  return [field(input.name, { input, forced: true, sent: false, shown: false })];
}

/** @param {InputDefinition} input @returns {Field} */
function ownField(input) {
  const { kind } = input;
  return field(input.name, {
    input,
    kind,
    initial: initialOf(input),
    saved: widgetType(input) !== 'AUDIO_UI',
    sent: kind !== 'button',
    shown: kind !== 'button',
  });
}

/** @param {InputDefinition} input @returns {Field[]} */
function viewButtons(input) {
  if (!['LOAD_3D', 'LOAD_3D_ANIMATION'].includes(widgetType(input))) return [];
  return [
    field('upload 3d model', { kind: 'button', initial: 'upload3dmodel', shown: false }),
    field('upload extra resources', { kind: 'button', initial: 'uploadExtraResources', shown: false }),
    field('clear', { kind: 'button', initial: 'clear', shown: false }),
  ];
}

/** @param {InputDefinition} input @returns {Field[]} */
function companions(input) {
  /** @type {Field[]} */
  const found = [];
  const { remote } = input.raw;
  const unsent = { sent: false, shown: false };
  if (isObject(remote)) {
    found.push(field(`${input.name}.auto-refresh`, { kind: 'toggle', initial: false, ...unsent }));
    if (remote.refresh_button) {
      found.push(field(`${input.name}.refresh`, { kind: 'button', initial: 'refresh', ...unsent }));
    }
  }
  if (input.control) {
    const steers = input.name;
    const control = { kind: /** @type {const} */ ('control'), initial: 'randomize', sent: false };
    found.push(field(controlName(steers), { ...control, steers }));
    if (input.kind !== 'int') found.push(field(`${steers}.filter`, { initial: '', ...unsent }));
  }
  return found;
}

/** @param {string} type @param {readonly InputDefinition[]} inputs @returns {Field[]} */
function addedFields(type, inputs) {
  /** @type {Field[]} */
  const found = [];
  const button = { kind: /** @type {const} */ ('button'), initial: '', sent: false, shown: false };
  const media = { kind: /** @type {const} */ ('media'), initial: '' };
  if (PLAYERS.includes(type)) found.push(field('audioUI', { ...media, saved: false }));
  if (inputs.some((input) => input.type === 'COMBO' && ['image', 'video'].includes(input.upload))) {
    found.push(field('upload', button));
  }
  if (inputs.some((input) => input.upload === 'audio')) found.push(field('upload', button));
  if (VIEWERS.includes(type)) found.push(field('image', media));
  if (type === 'PreviewAny') found.push(field('preview', { initial: '', saved: false, shown: false }));
  return found;
}

/** @param {string} name @param {Partial<Field>} facts @returns {Field} */
export function field(name, facts) {
  return {
    name,
    kind: 'text',
    initial: null,
    saved: true,
    sent: true,
    shown: true,
    forced: false,
    steers: null,
    input: null,
    ...facts,
  };
}

/** @param {InputDefinition} input @returns {Json} */
function initialOf(input) {
  if (input.kind === 'choices') return [];
  if (widgetType(input) === 'COMBO') return input.default || (input.options[0] ?? null);
  if (input.default !== null) return input.default;
  if (input.kind === 'int' || input.kind === 'number') return 0;
  return input.kind === 'toggle' ? false : '';
}

/** @param {InputDefinition} input */
function widgetType(input) {
  return typeof input.raw.widgetType === 'string' ? input.raw.widgetType || input.type : input.type;
}
