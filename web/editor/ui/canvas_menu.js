// @ts-check
/** The menu of the canvas: what can be done with that which lies under the pointer. */

import { COLORS } from '../actions/colors.js';
import { edit } from '../actions/graph_actions.js';
import { t } from '../lib/i18n.js';
import { addReroute, insertOnLink, remove } from '../model/edits.js';
import { keyOf } from '../model/keys.js';
import { statusOf } from './canvas_run.js';
import { fieldEntries, slotEntries } from './field_menu.js';
import { openMenu } from './menus.js';
import { showReport } from './node_report.js';
import { openSearch } from './search.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {import('../view/hit.js').Hit} Hit */
/** @typedef {import('../view/geometry.js').GraphPoint} GraphPoint */
/** @typedef {import('./menus.js').Entry} Entry */

const ON_CANVAS = ['search', 'find', 'paste', 'addGroup', '-', 'selectAll', 'arrange', 'fit', '-', 'queue', 'save'];
const ON_GROUP = ['rename', 'fitGroup', 'selectGroup', '-', 'muteGroup', 'bypassGroup', '-', 'copy', 'delete'];

/** @param {Editor} editor @param {HTMLElement} canvas @param {{readonly x: number, readonly y: number}} at from the canvas's corner
 * @param {Hit | null} hit @param {(editor: Editor, hit: Hit | null) => Entry[]} [more] */
export function openCanvasMenu(editor, canvas, at, hit, more = () => []) {
  const box = canvas.getBoundingClientRect();
  const point = editor.viewport.toGraph(/** @type {import('../view/geometry.js').ScreenPoint} */ (at));
  openMenu(editor, [...entriesAt(editor, hit, point), '-', ...more(editor, hit)], { x: at.x + box.x, y: at.y + box.y });
}

/** @param {Editor} editor @param {Hit | null} hit @param {GraphPoint} point @returns {readonly Entry[]} */
function entriesAt(editor, hit, point) {
  if (!hit || hit.part === 'border') return ON_CANVAS;
  if (hit.part === 'link') return linkEntries(editor, hit, point);
  if (hit.part === 'group' || hit.part === 'groupResize') return [...ON_GROUP, '-', colors(editor)];
  if (!('view' in hit)) return ['delete'];
  if (!editor.selection.has(hit.key)) editor.selection.set([hit.key]);
  return [...ofPart(editor, hit), ...reportEntry(editor, hit.view), ...nodeEntries(editor)];
}

/** What is done with the very socket or field first. @param {Editor} editor @param {Hit} hit @returns {Entry[]} */
function ofPart(editor, hit) {
  if (hit.part === 'widget') return fieldEntries(editor, hit.view, hit.widget);
  return hit.part === 'slot' ? slotEntries(editor, hit.view, hit.slot) : [];
}

/** @param {Editor} editor @returns {Entry[]} */
function nodeEntries(editor) {
  const can = (/** @type {string[]} */ ...ids) => ids.filter((id) => editor.actions.get(id)?.when?.(editor) !== false);
  const arranged = can('align.left', 'align.centerX', 'align.right', '-', 'align.top', 'align.centerY', 'align.bottom', '-', 'distribute.x', 'distribute.y');
  return [
    ...can('editMask', 'openGraph'), '-', 'runToNode', '-', 'copy', 'cut', 'duplicate', 'delete', ...can('deleteHealing'), '-',
    'rename', colors(editor), 'collapse', 'mute', 'bypass', 'pin', '-',
    ...(arranged.length > 3 ? [{ label: t('menu.align'), entries: arranged }] : []),
    ...can('swap', 'disconnect'), '-', 'group', 'makeSubgraph', ...can('unpackSubgraph'),
  ];
}

/** @param {Editor} editor @returns {Entry} */
function colors(editor) {
  const entries = COLORS.map(({ name, color, bgcolor, group }) => ({
    label: t(`action.color.${name}`), color: group ?? bgcolor ?? color ?? 'transparent', run: () => editor.actions.run(`color.${name}`, editor),
  }));
  return { label: t('menu.color'), entries };
}

/** @param {Editor} editor @param {import('../view/scene.js').NodeView} view @returns {Entry[]} */
function reportEntry(editor, { record }) {
  if (statusOf(editor.document, editor.document.named(record.id)) === 'idle') return [];
  return [{ label: t('action.showReport'), run: () => showReport(editor, record) }];
}

/** @param {Editor} editor @param {Hit & {part: 'link'}} hit @param {GraphPoint} point @returns {Entry[]} */
function linkEntries(editor, { key, segment }, point) {
  const link = editor.store.get(key);
  if (link?.kind !== 'link') return [];
  const insert = () => openSearch(editor, { at: point, fitting: { type: link.type, side: 'input' }, onAdded: (node) =>
    editor.store.transact('insert', (tx) => void insertOnLink(tx, keyOf(node), key)) });
  return [
    { label: t('menu.insertNode'), run: insert },
    { label: t('menu.addReroute'), run: () => edit(editor, 'reroute', (tx) => void addReroute(tx, key, Math.round(point.x), Math.round(point.y), segment)) },
    '-',
    { label: t('menu.cutLink'), run: () => edit(editor, 'disconnect', (tx) => remove(tx, [key])) },
  ];
}
