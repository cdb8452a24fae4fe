// @ts-check
/**
 * Node classes as the editor sees them, read from a server's `/object_info`.
 * Malformed parts of an entry count as absent, since a server's answer is not the user's to mend.
 */

import { asList, asNumber, asObject, asText } from '../lib/json.js';
import { fieldsOf } from './fields.js';
import { socketType } from './types.js';

/** @typedef {import('./records.js').Json} Json */
/** @typedef {import('../lib/json.js').JsonObject} JsonObject */

/**
 * How an input is shown: as a socket alone, or as a field of a kind. `choices` is a combo of which
 * several can be chosen, `media` a player, camera or view, `image` a combo of pictures that can be
 * uploaded, `button` nothing that has a value.
 * @typedef {'socket' | 'int' | 'number' | 'text' | 'toggle' | 'combo' | 'choices' | 'image'
 *   | 'color' | 'media' | 'button' | 'control'} InputKind
 */

/**
 * One declared input. `upload` says what can be uploaded for it. `raw` are its options as declared.
 * `label`, `tooltip` and `optionLabels` are in the reader's language; options without a label are
 * shown as they are.
 * @typedef {{
 *   readonly name: string, readonly type: string, readonly kind: InputKind, readonly label: string,
 *   readonly optionLabels: {readonly [option: string]: string},
 *   readonly options: readonly Json[], readonly default: Json,
 *   readonly min: number, readonly max: number, readonly step: number, readonly round: number,
 *   readonly multiline: boolean, readonly dynamicPrompts: boolean,
 *   readonly control: boolean, readonly upload: '' | 'image' | 'video' | 'audio',
 *   readonly optional: boolean, readonly lazy: boolean, readonly advanced: boolean,
 *   readonly forceInput: boolean, readonly socketless: boolean,
 *   readonly tooltip: string, readonly raw: JsonObject,
 * }} InputDefinition
 */

/** @typedef {{readonly name: string, readonly type: string, readonly isList: boolean,
 *   readonly label: string, readonly tooltip: string}} OutputDefinition */

/** @typedef {import('./fields.js').Field} Field */

/**
 * One node class. `inputs` are in the declared order, required ones first; `fields` are in the
 * order of `widgets_values`. `output` says that it ends a workflow: saves or shows something.
 * `title`, `category` and `description` are in the reader's language, `displayName` is as the server
 * has it, which files count on; `original` is the class before it was translated.
 * @typedef {{
 *   readonly name: string, readonly displayName: string, readonly title: string, readonly category: string,
 *   readonly description: string, readonly source: string, readonly aliases: readonly string[],
 *   readonly inputs: readonly InputDefinition[], readonly outputs: readonly OutputDefinition[],
 *   readonly fields: readonly Field[],
 *   readonly output: boolean, readonly deprecated: boolean, readonly experimental: boolean,
 *   readonly original: Definition | null,
 * }} Definition
 */

const TITLES = new Map([['ImageScaleToTotalPixels', 'Scale Image to Total Pixels']]);
const SEED_NAMES = ['seed', 'noise_seed'];
const MEDIA = ['AUDIO_UI', 'AUDIO_RECORD', 'WEBCAM', 'PREVIEW_3D', 'LOAD_3D', 'LOAD_3D_ANIMATION'];
const BUTTONS = ['IMAGEUPLOAD', 'AUDIOUPLOAD'];

/** @type {{readonly [type: string]: InputKind}} */
const FIELD_KINDS = {
  INT: 'int',
  FLOAT: 'number',
  STRING: 'text',
  BOOLEAN: 'toggle',
  COMBO: 'combo',
  COLOR: 'color',
  ...Object.fromEntries(MEDIA.map((type) => [type, 'media'])),
  ...Object.fromEntries(BUTTONS.map((type) => [type, 'button'])),
};

/** @param {string} name @param {unknown} described what `/object_info` says of it @returns {Definition} */
export function readDefinition(name, described) {
  const entry = asObject(described);
  const inputs = readInputs(entry);
  const displayName = asText(entry.display_name) || TITLES.get(name) || name;
  return {
    name,
    displayName,
    title: displayName,
    category: asText(entry.category),
    description: asText(entry.description),
    source: asText(entry.python_module),
    aliases: asList(entry.search_aliases).map(asText).filter(Boolean),
    inputs,
    outputs: readOutputs(entry),
    fields: fieldsOf(name, inputs),
    output: entry.output_node === true,
    deprecated: entry.deprecated === true,
    experimental: entry.experimental === true,
    original: null,
  };
}

/** @param {JsonObject} entry @returns {InputDefinition[]} */
function readInputs(entry) {
  const sections = asObject(entry.input);
  const order = asObject(entry.input_order);
  return ['required', 'optional'].flatMap((section) => {
    const specs = asObject(sections[section]);
    const names = new Set([...asList(order[section]).map(asText), ...Object.keys(specs)]);
    return [...names]
      .filter((name) => Object.hasOwn(specs, name))
      .map((name) => readInput(name, specs[name] ?? null, section === 'optional'));
  });
}

/** @param {string} name @param {Json} spec @param {boolean} optional @returns {InputDefinition} */
export function readInput(name, spec, optional) {
  const [written, given] = Array.isArray(spec) ? spec : [spec];
  const raw = asObject(given);
  const type = socketType(written);
  const upload = uploadOf(raw);
  const kind = kindOf(type, raw, upload);
  return {
    name,
    type,
    kind,
    label: asText(raw.display_name) || name,
    optionLabels: {},
    upload,
    options: Array.isArray(written) ? written : asList(raw.options),
    default: raw.default ?? null,
    ...rangeOf(raw, kind),
    multiline: raw.multiline === true,
    dynamicPrompts: raw.dynamicPrompts === true,
    control: isSteered(name, kind, raw),
    optional,
    lazy: raw.lazy === true,
    advanced: raw.advanced === true,
    forceInput: Boolean(raw.forceInput),
    socketless: Boolean(raw.socketless),
    tooltip: asText(raw.tooltip),
    raw,
  };
}

/** @param {JsonObject} raw @returns {InputDefinition['upload']} */
function uploadOf(raw) {
  if (raw.audio_upload === true) return 'audio';
  if (raw.video_upload === true) return 'video';
  return raw.image_upload === true || raw.animated_image_upload === true ? 'image' : '';
}

/** @param {string} type @param {JsonObject} raw @param {InputDefinition['upload']} upload @returns {InputKind} */
function kindOf(type, raw, upload) {
  const kind = FIELD_KINDS[asText(raw.widgetType) || type];
  if (raw.forceInput || !kind) return 'socket';
  if (kind !== 'combo') return kind;
  if (raw.multi_select) return 'choices';
  return upload === 'image' ? 'image' : 'combo';
}

/** @param {JsonObject} raw @param {InputKind} kind */
function rangeOf(raw, kind) {
  const step = asNumber(raw.step, kind === 'int' ? 1 : 0.5);
  return {
    min: asNumber(raw.min, kind === 'int' ? 0 : -Infinity),
    max: asNumber(raw.max, kind === 'int' ? 2048 : Infinity),
    step,
    round: asNumber(raw.round, kind === 'int' ? 1 : 0),
  };
}

/** Whole numbers called seed are steered unless their class says no; others if it says yes.
 * @param {string} name @param {InputKind} kind @param {JsonObject} raw */
function isSteered(name, kind, raw) {
  const said = raw.control_after_generate;
  if (kind === 'int') return said == null ? SEED_NAMES.includes(name) : Boolean(said);
  return ['combo', 'image', 'choices'].includes(kind) && Boolean(said);
}

/** @param {JsonObject} entry @returns {OutputDefinition[]} */
function readOutputs(entry) {
  const names = asList(entry.output_name);
  const lists = asList(entry.output_is_list);
  const tooltips = asList(entry.output_tooltips);
  return asList(entry.output).map((written, index) => {
    const type = socketType(written);
    const name = asText(names[index]) || type;
    return { name, type, label: name, isList: lists[index] === true, tooltip: asText(tooltips[index]) };
  });
}
