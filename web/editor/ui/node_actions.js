// @ts-check
/** What is done to a node in a window of its own, which is fetched when it is first wanted. */

import { nodesOf } from '../actions/graph_actions.js';
import { valueOf } from '../widgets/desk.js';
import { pictureField } from '../widgets/upload.js';

/** @typedef {import('../actions/registry.js').Action} Action */
/** @typedef {import('../session/editor.js').Editor} Editor */

/** The picture of the selected node. @param {Editor} editor */
function chosenPicture(editor) {
  const [key, ...others] = nodesOf(editor);
  const place = key && !others.length ? pictureField(editor, editor.renderer.scene.nodes.get(key)) : null;
  return place && valueOf(place) ? place : null;
}

/** @param {Editor} editor @returns {string | null} the subgraph that the selected node stands for */
function chosenGraph(editor) {
  const [key] = nodesOf(editor);
  const node = key ? editor.store.get(key) : undefined;
  return node?.kind === 'node' && editor.store.graph(node.type) ? node.type : null;
}

/** @type {readonly Action[]} */
export const NODE_ACTIONS = [
  { id: 'editMask', labelKey: 'action.editMask', keys: [], when: (editor) => chosenPicture(editor) !== null, run: async (editor) => {
    const place = chosenPicture(editor);
    if (place) await (await import('./mask_editor.js')).openMaskEditor(place);
  } },
  { id: 'openGraph', labelKey: 'action.openGraph', when: (editor) => chosenGraph(editor) !== null, run: (editor) => {
    const graph = chosenGraph(editor);
    if (graph) editor.showGraph(graph);
  } },
];
