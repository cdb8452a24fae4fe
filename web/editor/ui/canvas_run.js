// @ts-check
/** How nodes fare, as the canvas shows it: states, seconds, and the pictures that they made. */

import { t } from '../lib/i18n.js';
import { nodeKey } from '../model/keys.js';
import { idAt } from '../model/places.js';
import { viewUrl } from '../net/api.js';
import { duration } from './dom.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {import('../render/run_marks.js').NodeRun} NodeRun */
/** @typedef {import('../model/records.js').NodeRecord} NodeRecord */

/** How a node of the graph on the screen fares, or would if it were run now. @param {Editor} editor @param {string} key @returns {NodeRun | undefined} */
export function runOf({ document, preferences }, key) {
  const node = document.store.get(key);
  if (node?.kind !== 'node') return undefined;
  const name = document.named(node.id);
  const fate = document.run.get(name);
  const status = statusOf(document, name, preferences.chosen.forecast);
  if (status === 'idle') return undefined;
  const note = status === 'running' ? stepsOf(fate) : preferences.chosen.badges && fate.seconds !== null ? duration(fate.seconds) : null;
  return { status, progress: fate.progress, note, problems: status === 'unready' || status === 'invalid' ? inputsOf(document, name) : NONE };
}

/** @type {readonly string[]} */
const NONE = [];

/** What is known of a node: how the last run fared, until it would fare otherwise.
 * @param {import('../session/document.js').Document} document @param {string} id as jobs name it @param {boolean} foresees
 * @returns {NodeRun['status']} */
export function statusOf({ run, forecast }, id, foresees = true) {
  const { status } = run.get(id);
  if (!foresees || !['idle', 'done', 'cached'].includes(status) || run.isBusy) return status;
  if (forecast.problems.has(id)) return 'unready';
  const outlook = forecast.nodes.get(id);
  if (!outlook) return status;
  if (outlook.prospect !== 'cached') return 'planned';
  return status === 'idle' ? 'kept' : status;
}

/** The inputs of a node that have something wrong. @param {import('../session/document.js').Document} document @param {string} id */
const inputsOf = ({ forecast }, id) => (forecast.problems.get(id) ?? []).map(({ input }) => input).filter(Boolean);

/** @param {import('../net/run_state.js').NodeFate} fate @returns {string | null} */
function stepsOf({ value, max, perStep }) {
  if (max <= 1) return null;
  // Bytes, not steps.
  if (max > 10_000) return `${Math.floor((100 * value) / max)} %`;
  if (perStep === null) return `${value}/${max}`;
  return t('run.steps', { value, max, step: rate(perStep), left: duration(perStep * (max - value)) });
}

/** How fast steps follow each other, as it is easiest to read. @param {number} perStep seconds */
const rate = (perStep) => (perStep >= 1 ? `${perStep.toFixed(2)} s/it` : `${(1 / Math.max(perStep, 1e-6)).toFixed(perStep > 0.1 ? 1 : 0)} it/s`);

/** What pictures a node shows: those that it makes now, made last, or that were chosen on it.
 * @param {Editor} editor @param {NodeRecord} node @returns {readonly string[]} URLs */
export function picturesOf({ document, catalogue }, node) {
  const { preview, files } = document.run.get(document.named(node.id));
  if (preview) return [preview];
  if (files.length) return files.slice(0, 16).map((file) => viewUrl(file));
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
    const ids = new Set([...document.run.all()].map(([name]) => idAt(document.place, name)));
    for (const id of ids) {
      const key = nodeKey(document.graph, id ?? '');
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
