// @ts-check
/** Links without a drag: choose a socket of the selected node, then what it goes to. For keys, and for fingers. */

import { edit, nodesOf } from '../actions/graph_actions.js';
import { t } from '../lib/i18n.js';
import { keyFor } from '../model/keys.js';
import { slotLabel } from '../model/node_words.js';
import { LinkInHand } from '../tools/link_in_hand.js';
import { connectLoose } from '../tools/loose.js';
import { titleOf } from '../view/layout.js';
import { openMenu } from './menus.js';
import { openSearch } from './search.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {import('../view/scene.js').NodeView} NodeView */
/** @typedef {import('../view/layout.js').SlotPlace} SlotPlace */
/** @typedef {import('./menus.js').Entry} Entry */

/** Of many places that fit, the nearest are offered. */
const MOST = 30;

/** @param {Editor} editor */
const chosenView = (editor) => editor.renderer.scene.nodes.get(nodesOf(editor).at(-1) ?? '');

/** @type {import('../actions/registry.js').Action} */
export const CONNECT_ACTION = {
  id: 'connect', labelKey: 'action.connect', keys: ['L'],
  when: (editor) => nodesOf(editor).length > 0,
  run: (editor) => {
    const view = chosenView(editor);
    if (view) openMenu(editor, socketEntries(editor, view), placeOf(editor, view));
  },
};

/** The sockets of a node: inputs, then outputs, then fields that can be linked. @param {Editor} editor @param {NodeView} view @returns {Entry[]} */
export function socketEntries(editor, view) {
  const { slots } = view.layout;
  const entry = (/** @type {SlotPlace} */ place) => ({
    label: place.side === 'input' ? `→ ${labelOf(view, place)}` : `${labelOf(view, place)} →`,
    run: () => openMenu(editor, placeEntries(editor, view, place), placeOf(editor, view)),
  });
  const some = (/** @type {(place: SlotPlace) => boolean} */ test) => slots.filter(test).map(entry);
  return [
    ...some(({ side, slot }) => side === 'input' && slot.widget === null), '-',
    ...some(({ side }) => side === 'output'), '-',
    ...some(({ side, slot }) => side === 'input' && slot.widget !== null),
  ];
}

/** Where a link from a socket may go, the nearest first; a new node last. @param {Editor} editor @param {NodeView} view @param {SlotPlace} place @returns {Entry[]} */
function placeEntries(editor, view, place) {
  const { graph, renderer } = editor;
  const fixed = { graph, node: view.record.id, slot: place.index };
  const hand = new LinkInHand(editor, { side: place.side, ends: [fixed], taken: [] });
  const near = [...renderer.scene.nodes.values()].sort((a, b) => apart(a, view) - apart(b, view));
  /** @type {Entry[]} */
  const entries = [];
  for (const other of near) {
    for (const one of other.layout.slots) {
      const end = { graph, node: other.record.id, slot: one.index };
      if (one.side !== hand.wanted || !hand.may(end).ok) continue;
      entries.push({
        label: `${titleOf(other.record, other.definition)} · ${labelOf(other, one)}`,
        isOn: isLinked(editor, place.side === 'output' ? fixed : end, place.side === 'output' ? end : fixed),
        run: () => edit(editor, 'connect', (tx) => hand.give(tx, end)),
      });
    }
    if (entries.length >= MOST) break;
  }
  /** @type {import('../tools/chart.js').Loose} */
  const loose = { side: hand.wanted, type: hand.type, ends: [fixed] };
  const at = /** @type {import('../view/geometry.js').GraphPoint} */ ({
    x: place.side === 'output' ? view.record.x + view.layout.width + 60 : view.record.x - 340, y: view.record.y,
  });
  return [...entries, '-', {
    label: t('menu.newNode'),
    run: () => openSearch(editor, {
      at, fitting: { type: loose.type, side: loose.side }, onAdded: (node) => connectLoose(editor, loose, node),
    }),
  }];
}

/** @param {NodeView} view @param {SlotPlace} place */
const labelOf = ({ definition }, { side, index, slot }) => slotLabel(definition, side, index, slot);

/** @param {Editor} editor @param {import('../model/slots.js').End} from @param {import('../model/slots.js').End} to */
const isLinked = ({ store, graph }, from, to) =>
  [...store.linksInto(keyFor('node', graph, to.node), to.slot)].some((link) => link.from === from.node && link.fromSlot === from.slot);

/** @param {NodeView} a @param {NodeView} b */
const apart = (a, b) => Math.hypot(a.bounds.x - b.bounds.x, a.bounds.y - b.bounds.y);

/** Beside the node, in pixels of the window. @param {Editor} editor @param {NodeView} view */
export function placeOf({ viewport, renderer }, { record }) {
  const box = renderer.canvas.getBoundingClientRect();
  const at = viewport.toScreen(/** @type {import('../view/geometry.js').GraphPoint} */ ({ x: record.x + 24, y: record.y }));
  return { x: Math.min(Math.max(at.x, 0), viewport.width) + box.x, y: Math.min(Math.max(at.y, 0), viewport.height) + box.y };
}
