// @ts-check
/** What is done to groups, and between nodes: swapping, cutting loose. */

import { carried, disconnectAll, fitGroup, swap, swappable, toggleMode } from '../model/edits.js';
import { edit, nodesOf } from './graph_actions.js';

/** @typedef {import('./registry.js').Action} Action */
/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {import('../model/records.js').GroupRecord} GroupRecord */
/** @typedef {import('../model/records.js').Mode} Mode */

/** @param {Editor} editor @returns {[string, GroupRecord][]} the selected groups by key */
const groupsOf = ({ store, selection }) => [...selection.keys].flatMap((key) => {
  const record = store.get(key);
  return record?.kind === 'group' ? [/** @type {[string, GroupRecord]} */ ([key, record])] : [];
});

/** @param {Editor} editor */
const someGroups = (editor) => groupsOf(editor).length > 0;

/** @param {Editor} editor @returns {string[]} what the selected groups carry */
const within = (editor) => groupsOf(editor).flatMap(([, group]) => carried(editor.store, group));

/** @param {string} id @param {Mode} mode @returns {Action} */
const modeAction = (id, mode) => ({
  id, labelKey: `action.${id}`, when: someGroups, run: (editor) => edit(editor, id, (tx) => toggleMode(tx, within(editor), mode)),
});

/** @param {Editor} editor */
const isLinked = (editor) => nodesOf(editor).some((key) => editor.store.linksInto(key).length + editor.store.linksFrom(key).length > 0);

/** @type {readonly Action[]} */
export const GROUP_ACTIONS = [
  { id: 'fitGroup', labelKey: 'action.fitGroup', when: someGroups, run: (editor) => edit(editor, 'fitGroup', (tx) => {
    for (const [key, group] of groupsOf(editor)) fitGroup(tx, key, carried(editor.store, group));
  }) },
  { id: 'selectGroup', labelKey: 'action.selectGroup', when: someGroups, run: (editor) => editor.selection.set(within(editor)) },
  modeAction('muteGroup', 2),
  modeAction('bypassGroup', 4),
  { id: 'swap', labelKey: 'action.swap', keys: ['Alt+S'], when: (editor) => swappable(editor.store, nodesOf(editor)),
    run: (editor) => edit(editor, 'swap', (tx) => swap(tx, nodesOf(editor))) },
  { id: 'disconnect', labelKey: 'action.disconnect', keys: ['Alt+D'], when: isLinked,
    run: (editor) => edit(editor, 'disconnect', (tx) => disconnectAll(tx, nodesOf(editor))) },
];
