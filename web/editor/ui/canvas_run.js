// @ts-check
/** How nodes fare, as the canvas shows it: states, seconds, and the pictures that they made. */

import { nodeKey } from '../model/keys.js';
import { ROOT } from '../model/records.js';
import { viewUrl } from '../net/api.js';
import { duration } from './dom.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {import('../render/run_marks.js').NodeRun} NodeRun */
/** @typedef {import('../model/records.js').NodeRecord} NodeRecord */

/** How a node of the graph on the screen fares. @param {Editor} editor @param {string} key @returns {NodeRun | undefined} */
export function runOf({ document, preferences }, key) {
  const node = document.store.get(key);
  if (node?.kind !== 'node' || node.graph !== ROOT) return undefined;
  const { status, progress, seconds, perStep, value, max } = document.run.get(node.id);
  if (status === 'idle') return undefined;
  const steps = perStep === null ? `${value}/${max}` : `${value}/${max} · ${duration(perStep)}`;
  const note = status === 'running' ? (max > 1 ? steps : null) : seconds === null ? null : duration(seconds);
  return { status, progress, note: preferences.chosen.badges ? note : null };
}

/** What pictures a node shows: those that it makes now, made last, or that were chosen on it.
 * @param {Editor} editor @param {NodeRecord} node @returns {readonly string[]} URLs */
export function picturesOf({ document, catalogue }, node) {
  if (node.graph === ROOT) {
    const { preview, files } = document.run.get(node.id);
    if (preview) return [preview];
    if (files.length) return files.slice(0, 16).map((file) => viewUrl(file));
  }
  const field = catalogue.get(node.type)?.fields.find(({ kind }) => kind === 'image');
  const chosen = field && node.values[field.name];
  return typeof chosen === 'string' && chosen ? [viewUrl(fileNamed(chosen))] : [];
}

/** `folder/name.png [output]` as fields have it. @param {string} text */
export function fileNamed(text) {
  const match = /^(.*?)(?: \[(input|output|temp)\])?$/s.exec(text);
  const path = match?.[1] ?? text;
  const at = path.lastIndexOf('/');
  return { filename: path.slice(at + 1), subfolder: at < 0 ? '' : path.slice(0, at), type: match?.[2] ?? 'input' };
}

/** Draw anew what a run changes. Pictures of a node may change its size; other news only its marks.
 * @param {Editor} editor */
export function followRuns(editor) {
  /** @type {Map<string, string>} */
  const shown = new Map();
  const follow = () => {
    const { renderer, document } = editor;
    const touched = [];
    for (const [id] of document.run.all()) {
      const key = nodeKey(ROOT, id);
      const view = renderer.scene.nodes.get(key);
      if (!view) continue;
      const now = picturesOf(editor, view.record).join(' ');
      if ((shown.get(key) ?? '') !== now) touched.push(key);
      shown.set(key, now);
    }
    if (touched.length) renderer.touch(touched);
    renderer.invalidate();
  };
  editor.on('run', follow);
  editor.on('shown', () => (shown.clear(), follow()));
}
