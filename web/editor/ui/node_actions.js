// @ts-check
/** What is done to nodes that asks, or opens a window of its own, which is fetched when it is first wanted. */

import { clear, edit, nodesOf } from '../actions/graph_actions.js';
import { t } from '../lib/i18n.js';
import { getJson } from '../net/api.js';
import { valueOf } from '../widgets/desk.js';
import { pictureField } from '../widgets/upload.js';
import { choose } from './dialog.js';
import { attempt } from './errors.js';
import { toast } from './toasts.js';

/** @typedef {import('../actions/registry.js').Action} Action */
/** @typedef {import('../session/editor.js').Editor} Editor */

/** The picture of the selected node. @param {Editor} editor */
function chosenPicture(editor) {
  const [key, ...others] = nodesOf(editor);
  const place = key && !others.length ? pictureField(editor, editor.renderer.scene.nodes.get(key)) : null;
  return place && valueOf(place) ? place : null;
}

/** The selected node, if it stands for a subgraph. @param {Editor} editor */
function chosenGraph(editor) {
  const [key] = nodesOf(editor);
  const node = key ? editor.store.get(key) : undefined;
  return node?.kind === 'node' && editor.store.graph(node.type) ? node : null;
}

/** @param {Editor} editor */
async function clearAll(editor) {
  const chosen = await choose(t('menu.clearTitle'), t('menu.clearText'), [
    { id: 'no', label: t('cancel') }, { id: 'yes', label: t('action.clear'), tone: 'danger' },
  ]);
  if (chosen === 'yes') edit(editor, 'clear', (tx) => clear(editor, tx));
}

/** Ask the server for its classes again: packs and model files may have come. @param {Editor} editor */
const refresh = (editor) =>
  attempt(async () => {
    editor.catalogue.describe(await getJson('/object_info'));
    editor.show(editor.document);
    toast(t('refresh.done'), { tone: 'success' });
  });

/** @type {readonly Action[]} */
export const NODE_ACTIONS = [
  { id: 'editMask', labelKey: 'action.editMask', keys: [], when: (editor) => chosenPicture(editor) !== null, run: async (editor) => {
    const place = chosenPicture(editor);
    if (place) await (await import('./mask_editor.js')).openMaskEditor(place);
  } },
  { id: 'openGraph', labelKey: 'action.openGraph', when: (editor) => chosenGraph(editor) !== null, run: (editor) => {
    const node = chosenGraph(editor);
    if (node) editor.enter(node);
  } },
  { id: 'clear', labelKey: 'action.clear', keys: ['Ctrl+Backspace'], when: ({ store, graph }) => store.count('node', graph) > 0, run: clearAll },
  { id: 'openWorkflows', labelKey: 'action.openWorkflows', keys: ['W'], run: (editor) => editor.actions.run('panel.workflows', editor) },
  { id: 'refresh', labelKey: 'action.refresh', keys: ['R'], run: refresh },
];
