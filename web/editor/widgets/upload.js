// @ts-check
/** Pictures for fields: chosen from the disk, dropped onto a node, or pasted. */

import { t } from '../lib/i18n.js';
import { addNode } from '../model/edits.js';
import { keyOf } from '../model/keys.js';
import { uploadImage } from '../net/api.js';
import { setField } from './desk.js';

/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {import('./desk.js').Place} Place */
/** @typedef {import('../view/scene.js').NodeView} NodeView */
/** @typedef {import('../view/geometry.js').GraphPoint} GraphPoint */

/** What tells the user. @typedef {(message: string) => void} Say */

/** @param {Place} place */
export function pickPicture(place) {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = 'image/*';
  input.addEventListener('change', () => {
    const [file] = input.files ?? [];
    if (file) void uploadTo(place, file);
  });
  input.click();
}

/** Upload a picture and choose it. @param {Place} place @param {File | Blob} file @throws {ServerError} */
export async function uploadTo(place, file) {
  const { filename, subfolder } = await uploadImage(file, 'name' in file && file.name ? file.name : pastedName());
  place.desk.history.mark();
  setField(place, subfolder ? `${subfolder}/${filename}` : filename);
}

/** The picture's field of a node, if it has one. @param {Desk} desk @param {NodeView | undefined} view @returns {Place | null} */
export function pictureField(desk, view) {
  const widget = view?.layout.widgets.find(({ kind }) => kind === 'image');
  return view && widget ? { desk, key: view.key, widget } : null;
}

/** Take pictures that are dropped onto nodes that show one, and those that are pasted. Pictures that
 * carry a workflow are opened when they are dropped beside nodes, which is not done here.
 * @param {Desk & {readonly graph: string, readonly selection: import('../view/selection.js').Selection}} desk @param {Say} say */
export function takePictures(desk, say) {
  const { canvas } = desk.renderer;
  canvas.addEventListener('drop', (event) => {
    const file = pictureIn(event.dataTransfer);
    const box = canvas.getBoundingClientRect();
    const point = desk.viewport.toGraph({ x: event.clientX - box.x, y: event.clientY - box.y });
    const view = desk.renderer.scene.nodesIn({ ...point, w: 0, h: 0 }).at(-1);
    const place = pictureField(desk, view);
    if (!file || !place) return;
    event.preventDefault();
    uploadTo(place, file).catch((error) => say(messageOf(error)));
  });
  addEventListener('paste', (event) => {
    const file = pictureIn(event.clipboardData);
    if (!file || isTyping(event.target)) return;
    event.preventDefault();
    const [key] = desk.selection.keys;
    const place = pictureField(desk, key ? desk.renderer.scene.nodes.get(key) : undefined) ?? newLoader(desk);
    if (place) uploadTo(place, file).catch((error) => say(messageOf(error)));
  });
}

/** @param {Desk & {readonly graph: string, readonly selection: import('../view/selection.js').Selection}} desk @returns {Place | null} */
function newLoader(desk) {
  const { viewport, store, catalogue, graph, renderer } = desk;
  if (!catalogue.has('LoadImage')) return null;
  const { x, y } = viewport.toGraph({ x: viewport.width / 2 - 150, y: viewport.height / 2 - 150 });
  let key = '';
  desk.history.mark();
  store.transact('add', (tx) => void (key = keyOf(addNode(tx, catalogue, { graph, type: 'LoadImage', x: Math.round(x), y: Math.round(y) }))));
  desk.selection.set([key]);
  return pictureField(desk, renderer.scene.nodes.get(key));
}

/** @param {DataTransfer | null} data */
const pictureIn = (data) => [...(data?.files ?? [])].find(({ type }) => type.startsWith('image/'));

/** @param {EventTarget | null} target */
const isTyping = (target) => target instanceof HTMLElement && /^(INPUT|TEXTAREA)$/.test(target.tagName);

/** @param {unknown} error */
const messageOf = (error) => (error instanceof Error && error.message) || t('error.unreachable');

const pastedName = () => `pasted-${new Date().toISOString().replace(/[:.]/g, '-')}.png`;
