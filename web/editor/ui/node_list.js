// @ts-check
/**
 * The graph for those who do not see the canvas: its nodes are options of a list within it, the last
 * one that was selected is the active one. A screen reader so hears what the arrow keys go to.
 */

import { onLanguage, t } from '../lib/i18n.js';
import { titleOf } from '../view/layout.js';
import { h } from './dom.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {import('../view/scene.js').NodeView} NodeView */

const PAUSE = 200;

/** @param {Editor} editor @param {HTMLCanvasElement} canvas */
export function listNodes(editor, canvas) {
  canvas.setAttribute('role', 'listbox');
  canvas.setAttribute('aria-multiselectable', 'true');
  /** @type {Map<string, HTMLElement>} */
  const rows = new Map();
  let later = 0;
  const follow = () => {
    later = 0;
    const { nodes } = editor.renderer.scene;
    for (const [key, row] of rows) {
      if (nodes.has(key)) continue;
      row.remove();
      rows.delete(key);
    }
    for (const view of nodes.values()) {
      const row = rows.get(view.key) ?? newRow(view.key);
      const text = describe(editor, view);
      if (row.textContent !== text) row.textContent = text;
      const selected = String(editor.selection.has(view.key));
      if (row.getAttribute('aria-selected') !== selected) row.setAttribute('aria-selected', selected);
    }
    const last = [...editor.selection.keys].at(-1) ?? '';
    canvas.setAttribute('aria-activedescendant', rows.get(last)?.id ?? '');
  };
  const newRow = (/** @type {string} */ key) => {
    const row = h('div', { role: 'option', id: `option-${key}` });
    rows.set(key, row);
    canvas.append(row);
    return row;
  };
  // Soon, and not at once: a drag tells of changes in every frame.
  const soon = () => {
    clearTimeout(later);
    later = window.setTimeout(follow, PAUSE);
  };
  for (const happening of /** @type {const} */ (['shown', 'changed', 'run'])) editor.on(happening, soon);
  editor.selection.subscribe(soon);
  onLanguage(soon);
  soon();
}

/** A node in a sentence: its name, how it fares, what goes in. @param {Editor} editor @param {NodeView} view */
export function describe({ document, store }, { record, definition, key }) {
  const { status, progress, message } = document.run.get(document.named(record.id));
  const open = record.inputs.filter((slot, index) => slot.widget === null && !slot.optional && store.linksInto(key, index).length === 0);
  const parts = [
    titleOf(record, definition),
    status === 'idle' ? '' : t(`report.status.${status}`),
    status === 'running' && progress !== null ? `${Math.round(progress * 100)} %` : '',
    status === 'failed' || status === 'invalid' ? message.split('\n', 1)[0] ?? '' : '',
    record.mode === 2 ? t('canvas.muted') : record.mode === 4 ? t('canvas.bypassed') : '',
    open.length ? t('node.open', { names: open.map(({ name }) => name).join(', ') }) : '',
  ];
  return parts.filter(Boolean).join(', ');
}
