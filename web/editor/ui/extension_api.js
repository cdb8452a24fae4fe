// @ts-check
/**
 * What scripts of node packs can add to the editor. Whatever an extension's function throws is told
 * once and leaves the editor as it was.
 */

import { addCustomField } from '../view/custom_fields.js';
import { ask } from '../net/api.js';
import { toast } from './toasts.js';
import { Decorations } from './decorations.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {import('../model/records.js').NodeRecord} NodeRecord */
/** @typedef {import('../lib/json.js').Json} Json */
/** @typedef {{readonly label: string, readonly run: () => unknown}} ExtensionEntry */
/** @typedef {{readonly id: string, readonly label: string, readonly default: boolean | number | string,
 *   readonly options?: {readonly [value: string]: string}, readonly changed?: (value: boolean | number | string) => void}} ExtensionSetting */

/**
 * @typedef {{
 *   readonly name: string,
 *   readonly widgets?: {readonly [name: string]: import('../view/custom_fields.js').CustomField},
 *   readonly menuItems?: {node?(node: NodeRecord): readonly ExtensionEntry[], canvas?(): readonly ExtensionEntry[]},
 *   readonly decorate?: readonly import('./decorations.js').Decoration[],
 *   readonly actions?: readonly {readonly id: string, readonly label: string, readonly keys?: readonly string[], run(): unknown}[],
 *   readonly settings?: readonly ExtensionSetting[],
 *   setup?(given: typeof app): unknown,
 * }} Extension
 */

const SHELF = 'safelight.extension.';

/** @type {Editor | null} */
let editor = null;
/** @type {Extension[]} */
const extensions = [];
/** Those that came before the editor was ready. @type {(() => void)[]} */
const waiting = [];
const decorations = new Decorations(report);

/** @param {Editor} given */
export function openToExtensions(given) {
  editor = given;
  given.renderer.overlays.add((frame) => decorations.draw(frame));
  for (const begin of waiting.splice(0)) begin();
}

/** @param {Extension} extension @throws {Error} it has no name, or one that another has */
export function registerExtension(extension) {
  if (!extension.name) throw new Error('an extension needs a name');
  if (extensions.some(({ name }) => name === extension.name)) throw new Error(`there are two extensions called "${extension.name}"`);
  extensions.push(extension);
  for (const [name, field] of Object.entries(extension.widgets ?? {})) addCustomField(name, guarded(extension, field));
  for (const decoration of extension.decorate ?? []) decorations.add(extension.name, decoration);
  whenReady(() => begin(extension));
}

/** @param {Extension} extension */
function begin(extension) {
  const actions = (extension.actions ?? []).map(({ id, label, keys = [], run }) => ({
    id: `${extension.name}.${id}`, labelKey: label, keys, run: () => guard(extension.name, run),
  }));
  editor?.actions.add(actions);
  guard(extension.name, () => extension.setup?.(app));
  editor?.renderer.invalidate();
}

/** @param {() => void} run */
const whenReady = (run) => (editor ? run() : void waiting.push(run));

/** Do what an extension wants done. @template T @param {string} name @param {() => T} run @returns {T | undefined} */
export function guard(name, run) {
  try {
    const done = run();
    if (done instanceof Promise) void done.catch((error) => report(name, error));
    return done;
  } catch (error) {
    report(name, error);
    return undefined;
  }
}

/** @type {Set<string>} */
const told = new Set();

/** @param {string} name @param {unknown} error */
export function report(name, error) {
  const sentence = `${name}: ${error instanceof Error ? error.message : String(error)}`;
  console.warn('extension', sentence, error);
  if (told.has(sentence)) return;
  told.add(sentence);
  toast(sentence, { tone: 'error' });
}

/** @param {Extension} extension @param {import('../view/custom_fields.js').CustomField} field @returns {import('../view/custom_fields.js').CustomField} */
function guarded({ name }, field) {
  return {
    ...(field.draw ? { draw: (...given) => guard(name, () => field.draw?.(...given)) } : {}),
    ...(field.edit ? { edit: (...given) => guard(name, () => field.edit?.(...given)) } : {}),
  };
}

/** Lines for the menu of a node, or of the canvas. @param {NodeRecord | null} node @returns {ExtensionEntry[]} */
export function entriesFor(node) {
  return extensions.flatMap(({ name, menuItems }) => {
    const entries = guard(name, () => (node ? menuItems?.node?.(node) : menuItems?.canvas?.())) ?? [];
    return entries.map(({ label, run }) => ({ label, run: () => guard(name, run) }));
  });
}

/** What can be chosen, by extension. @returns {{extension: string, setting: ExtensionSetting}[]} */
export const extensionSettings = () => extensions.flatMap(({ name, settings = [] }) => settings.map((setting) => ({ extension: name, setting })));

/** @param {string} extension @param {ExtensionSetting} setting */
export function readSetting(extension, setting) {
  const kept = JSON.parse(localStorage.getItem(`${SHELF}${extension}.${setting.id}`) ?? 'null');
  return typeof kept === typeof setting.default ? kept : setting.default;
}

/** @param {string} extension @param {ExtensionSetting} setting @param {boolean | number | string} value */
export function writeSetting(extension, setting, value) {
  localStorage.setItem(`${SHELF}${extension}.${setting.id}`, JSON.stringify(value));
  guard(extension, () => setting.changed?.(value));
  editor?.renderer.invalidate();
}

/** The workflow on the screen, for extensions. */
export const app = {
  /** The editor itself; what is not named here may change. */
  get editor() {
    return editor;
  },
  /** The nodes of the graph on the screen. @returns {NodeRecord[]} */
  nodes: () => (editor ? [...editor.store.all('node', editor.graph)] : []),
  /** @returns {NodeRecord[]} */
  selected: () => app.nodes().filter((node) => editor?.selection.has(`node:${node.graph}/${node.id}`)),
  /** Give fields of a node other values, as one step of undo. @param {string} id @param {{readonly [field: string]: Json}} values */
  setValues(id, values) {
    const node = app.nodes().find((one) => one.id === id);
    if (!node || !editor) return;
    editor.history.mark('value');
    editor.store.transact('value', (tx) => tx.put({ ...node, values: { ...node.values, ...values } }));
  },
  /** What has been chosen. @param {string} extension @param {string} id */
  setting(extension, id) {
    const found = extensionSettings().find((one) => one.extension === extension && one.setting.id === id);
    return found && readSetting(extension, found.setting);
  },
  /** @param {string} text @param {'info' | 'success' | 'error'} [tone] */
  say: (text, tone = 'info') => toast(text, { tone }),
};

/** The server, for extensions. */
export const api = {
  /** Hear what the server tells: ComfyUI's messages, ours, and those that a pack sends with `PromptServer.instance.send_sync`.
   * @param {string} type @param {(event: {readonly type: string, readonly detail: import('../lib/json.js').JsonObject}) => void} listener @returns {() => void} what ends it */
  addEventListener(type, listener) {
    let end = () => {};
    whenReady(() => (end = editor?.net.subscribe((event) => event.type === type && guard(type, () => listener({ type, detail: event.data }))) ?? end));
    return () => end();
  },
  /** Ask this server. @param {string} path begins with a slash @param {RequestInit} [options] @throws {Error} it was refused */
  fetch: (path, options) => ask(path, options),
};
