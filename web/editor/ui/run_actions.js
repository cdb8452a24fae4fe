// @ts-check
/** Running: the queue button's actions, and what is said of how they went. */

import { asText } from '../lib/json.js';
import { t } from '../lib/i18n.js';
import { say } from '../lib/sentences.js';
import { nodeKey } from '../model/keys.js';
import { nodeNamed } from '../model/places.js';
import { postJson, ServerError } from '../net/api.js';
import { titleOf } from '../view/layout.js';
import { Definitions } from '../model/definitions.js';
import { steerAll } from '../model/steering.js';
import { attempt } from './errors.js';
import { followFailures, forgetFailure, tellFailure } from './failures.js';
import { announce, toast } from './toasts.js';

/** @typedef {import('../session/editor.js').Editor} Editor */

/** Send the workflow on the screen as often as is chosen. @param {Editor} editor
 * @param {{readonly front?: boolean, readonly targets?: readonly string[], readonly count?: number}} [options]
 * @returns {Promise<boolean>} whether all were taken */
export async function queue(editor, { front = false, targets = [], count = editor.preferences.chosen.batch } = {}) {
  const { document } = editor;
  forgetFailure(document);
  const taken = await attempt(async () => {
    for (let sent = 0; sent < count; sent += 1) {
      try {
        await editor.net.send(document, { front, targets });
      } catch (error) {
        showRefusal(editor, error);
        return false;
      }
      steerSeeds(document);
    }
    announce(t('run.queued'));
    return true;
  });
  return taken === true;
}

/** Take all that waits out of the queue. */
export const clearQueue = () => attempt(() => postJson('/queue', { clear: true }));

/** The next job gets other seeds, as `control after generate` says. @param {import('../session/document.js').Document} document */
function steerSeeds({ store, catalogue }) {
  const definitions = new Definitions(store, catalogue);
  store.transact('run', (tx) => steerAll(tx, definitions), { history: false });
}

/** Stop what the workflow on the screen runs; else whatever runs. @param {Editor} editor */
export const cancel = (editor) =>
  attempt(async () => {
    const { job, status } = editor.document.run;
    if (job && (status === 'running' || status === 'queued')) await postJson(`/jobs/${job}/cancel`);
    else await postJson('/interrupt');
  });

/** A workflow was refused: its nodes are marked; go to the first of them. @param {Editor} editor @param {unknown} error */
function showRefusal(editor, error) {
  if (!(error instanceof ServerError) || Object.keys(error.nodeErrors).length === 0) throw error;
  const nodes = Object.keys(error.nodeErrors);
  const first = nodes[0] ?? '';
  const message = say(editor.document.run.get(first).message.split('\n')[0] || error.message);
  tellFailure(editor.document, nodes.length > 1 ? t('run.refusedMany', { message, more: nodes.length - 1 }) : message, {
    refused: first,
    offer: { label: t('run.showNode'), run: () => goTo(editor, first) },
  });
}

/** Put a node into the middle of the screen, and select it. @param {Editor} editor @param {string} name as jobs have it */
export function goTo(editor, name) {
  const node = nodeNamed(editor.store, name);
  if (!node) return;
  const place = name.split(':').slice(0, -1);
  if (editor.document.place.join(':') !== place.join(':')) editor.showGraph(node.graph, place);
  const key = nodeKey(node.graph, node.id);
  const view = editor.renderer.scene.nodes.get(key);
  if (!view) return;
  editor.selection.set([key]);
  const { x, y, w, h } = view.bounds;
  editor.viewport.centerOn({ x: x + w / 2, y: y + h / 2 });
}

/** Say how jobs of open workflows end. @param {Editor} editor */
export function tellEnds(editor) {
  followFailures(editor);
  editor.net.subscribe(({ type, data }) => {
    const document = editor.documents.find(({ run }) => run.job && run.job === data['prompt_id']);
    if (!document) return;
    if (type === 'execution_error' && data['ends'] !== false) tellError(editor, document, data);
    if (type === 'job_ended' && data['status'] === 'done') announce(t('run.done'));
    if (type === 'job_put_back') toast(say(asText(data['message'])) || t('run.putBack'), { tone: 'error' });
  });
}

/** @param {Editor} editor @param {import('../session/document.js').Document} document @param {import('../lib/json.js').JsonObject} data */
function tellError(editor, document, data) {
  const id = asText(data['node_id']);
  const node = nodeNamed(document.store, id);
  const name = node ? titleOf(node, new Definitions(document.store, editor.catalogue).of(node)) : '';
  const message = say(asText(data['exception_message']));
  tellFailure(document, name ? t('run.failedAt', { name, message }) : message, {
    offer: { label: t('run.showNode'), run: () => (editor.show(document), goTo(editor, id)) },
  });
}
