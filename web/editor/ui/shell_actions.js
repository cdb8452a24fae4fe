// @ts-check
/** The shell's actions. What is done on the canvas itself is in `actions/`. */

import { arrange } from '../model/edits.js';
import { postJson } from '../net/api.js';
import { closeTab, download, downloadApi, openSaved, pickFile, save, saveAs } from './file_actions.js';
import { attempt } from './errors.js';
import { openFind } from './find.js';
import { cancel, clearQueue, queue } from './run_actions.js';
import { showShortcuts } from './shortcut_sheet.js';
import { openSearch } from './search.js';
import { openDefault } from './start.js';

/** @typedef {import('../actions/registry.js').Action} Action */
/** @typedef {import('../session/editor.js').Editor} Editor */

const LANGUAGE_ORDER = /** @type {const} */ (['en', 'zh']);

/** Show or hide a panel. @param {Editor} editor @param {string} id */
const togglePanel = ({ preferences }, id) => preferences.set('panel', preferences.chosen.panel === id ? '' : id);

/** @param {string} id @param {readonly string[]} [keys] @returns {Action} */
const panelAction = (id, keys = []) => ({
  id: `panel.${id}`, labelKey: `panel.${id}`, keys, run: (editor) => togglePanel(editor, id),
});

/** @type {readonly Action[]} */
export const SHELL_ACTIONS = [
  { id: 'queue', labelKey: 'action.queue', keys: ['Ctrl+Enter'], run: (editor) => queue(editor) },
  { id: 'queueFront', labelKey: 'action.queueFront', keys: ['Ctrl+Shift+Enter'], run: (editor) => queue(editor, { front: true }) },
  { id: 'cancel', labelKey: 'run.cancel', keys: ['Ctrl+Alt+Enter'], when: (editor) => editor.net.queue.running > 0, run: cancel },
  { id: 'clearQueue', labelKey: 'queue.clear', when: (editor) => editor.net.queue.pending > 0, run: clearQueue },
  { id: 'runToNode', labelKey: 'action.runToNode', when: (editor) => selectedNodes(editor).length > 0, run: (editor) => queue(editor, { targets: selectedNodes(editor), count: 1 }) },
  { id: 'new', labelKey: 'action.new', run: (editor) => editor.open({ name: '' }) },
  { id: 'open', labelKey: 'action.open', keys: ['Ctrl+O'], run: openSaved },
  { id: 'defaultGraph', labelKey: 'action.defaultGraph', keys: ['Ctrl+D'], run: openDefault },
  { id: 'openFile', labelKey: 'action.openFile', run: pickFile },
  { id: 'save', labelKey: 'action.save', keys: ['Ctrl+S'], run: (editor) => save(editor) },
  { id: 'saveAs', labelKey: 'action.saveAs', keys: ['Ctrl+Shift+S'], run: (editor) => saveAs(editor) },
  { id: 'download', labelKey: 'action.download', run: download },
  { id: 'downloadApi', labelKey: 'action.downloadApi', run: downloadApi },
  { id: 'closeTab', labelKey: 'action.closeTab', run: closeTab },
  { id: 'undo', labelKey: 'action.undo', keys: ['Ctrl+Z'], when: (editor) => editor.history.undoName !== null, run: (editor) => editor.history.undo() },
  { id: 'redo', labelKey: 'action.redo', keys: ['Ctrl+Y', 'Ctrl+Shift+Z'], when: (editor) => editor.history.redoName !== null, run: (editor) => editor.history.redo() },
  { id: 'fit', labelKey: 'action.fit', run: (editor) => editor.fit() },
  { id: 'arrange', labelKey: 'action.arrange', run: (editor) => {
    editor.history.mark('arrange');
    editor.store.transact('arrange', (tx) => arrange(tx, editor.graph));
    editor.fit();
  } },
  { id: 'search', labelKey: 'action.search', run: (editor) => openSearch(editor) },
  { id: 'find', labelKey: 'action.find', keys: ['Ctrl+F'], run: openFind },
  { id: 'shortcuts', labelKey: 'action.shortcuts', keys: ['?'], run: showShortcuts },
  { id: 'settings', labelKey: 'panel.settings', keys: ['Ctrl+,'], run: (editor) => togglePanel(editor, 'settings') },
  { id: 'unload', labelKey: 'action.unload', run: () => attempt(() => postJson('/free', { unload_models: true, free_memory: true })) },
  { id: 'language', labelKey: 'action.language', run: ({ preferences }) => {
    const at = LANGUAGE_ORDER.indexOf(preferences.chosen.language);
    preferences.set('language', LANGUAGE_ORDER[(at + 1) % LANGUAGE_ORDER.length] ?? 'en');
  } },
  panelAction('queue', ['Q']), panelAction('history', ['H']), panelAction('gallery', ['G']),
  panelAction('models', ['M']), panelAction('workflows'), panelAction('nodes', ['N']), panelAction('templates', ['T']),
  panelAction('log', ['Ctrl+`']),
];

/** The ids of the nodes that are selected, as jobs name them. @param {Editor} editor */
function selectedNodes({ selection, store, document }) {
  return [...selection.keys].flatMap((key) => {
    const record = store.get(key);
    return record?.kind === 'node' ? [document.named(record.id)] : [];
  });
}
