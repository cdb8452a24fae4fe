// @ts-check
/** The models that there are, by kind and folder; each opens to what is known of it, and is dragged to where it shall be loaded. */

import { asList, asNumber, asObject, asText } from '../../lib/json.js';
import { t } from '../../lib/i18n.js';
import { setValue } from '../../model/edits.js';
import { getJson } from '../../net/api.js';
import { bytesText, h, withArrows } from '../dom.js';
import { attempt } from '../errors.js';
import { addAt } from '../search.js';

/** @typedef {import('../../session/editor.js').Editor} Editor */
/** @typedef {{readonly kind: string, readonly name: string, readonly size: number, readonly index: number}} Model */

/** Which class loads a kind of model, and the field that names it. @type {{readonly [kind: string]: readonly [string, string]}} */
const LOADERS = {
  checkpoints: ['CheckpointLoaderSimple', 'ckpt_name'], loras: ['LoraLoader', 'lora_name'], vae: ['VAELoader', 'vae_name'],
  controlnet: ['ControlNetLoader', 'control_net_name'], upscale_models: ['UpscaleModelLoader', 'model_name'],
  clip_vision: ['CLIPVisionLoader', 'clip_name'], style_models: ['StyleModelLoader', 'style_model_name'],
  diffusion_models: ['UNETLoader', 'unet_name'], text_encoders: ['CLIPLoader', 'clip_name'], clip: ['CLIPLoader', 'clip_name'],
  gligen: ['GLIGENLoader', 'gligen_name'], hypernetworks: ['HypernetworkLoader', 'hypernetwork_name'],
};
const MODEL = 'application/x-safelight-model';
const MOST_FACTS = 24;

/** @type {import('../sides.js').Panel} */
export const MODELS_PANEL = { id: 'models', icon: 'models', labelKey: 'panel.models', show };

/** @param {Editor} editor @param {HTMLElement} body */
function show(editor, body) {
  const field = h('input', { type: 'search', class: 'filter', placeholder: t('models.search'), 'aria-label': t('models.search'), spellcheck: 'false' });
  const list = h('div', {});
  body.append(field, list);
  withArrows(list, 'summary');
  field.addEventListener('input', () => filter(list, field.value.toLowerCase()));
  void attempt(async () => {
    const kinds = asList(await getJson('/models')).map(asText);
    const found = await Promise.all(kinds.map(async (kind) => ({ kind, models: asList(await getJson(`/experiment/models/${kind}`)).map((one) => readModel(kind, one)) })));
    const parts = found.filter(({ models }) => models.length).flatMap(({ kind, models }) => [
      h('h3', { class: 'section' }, kind), ...folder(editor, models, ''),
    ]);
    list.replaceChildren(...(parts.length ? parts : [h('p', { class: 'empty' }, t('models.empty'))]));
  });
}

/** @param {string} kind @param {unknown} entry @returns {Model} */
function readModel(kind, entry) {
  const { name, size, pathIndex } = asObject(entry);
  return { kind, name: asText(name), size: asNumber(size, 0), index: asNumber(pathIndex, 0) };
}

/** Those directly in a folder, after its folders. @param {Editor} editor @param {readonly Model[]} models @param {string} path with a slash at its end
 * @returns {HTMLElement[]} */
function folder(editor, models, path) {
  /** @type {Map<string, Model[]>} */
  const inside = new Map();
  const here = [];
  for (const model of models) {
    const at = model.name.replaceAll('\\', '/').indexOf('/', path.length);
    if (at < 0) here.push(model);
    else inside.set(model.name.slice(0, at + 1), [...(inside.get(model.name.slice(0, at + 1)) ?? []), model]);
  }
  return [
    ...[...inside].map(([name, some]) => h('details', { class: 'category' }, h('summary', {}, name.slice(path.length, -1)), h('div', {}, ...folder(editor, some, name)))),
    ...here.map((model) => row(editor, model, model.name.slice(path.length))),
  ];
}

/** @param {Editor} editor @param {Model} model @param {string} shown */
function row(editor, model, shown) {
  const more = h('div', { class: 'model-facts' });
  const details = h('details', { class: 'model', 'data-name': model.name.toLowerCase() },
    h('summary', {
      class: 'row', draggable: loaderOf(editor, model) ? 'true' : 'false', title: model.name,
      ondragstart: (/** @type {DragEvent} */ event) => event.dataTransfer?.setData(MODEL, JSON.stringify([model.kind, model.name])),
    }, h('span', {}, shown), h('small', {}, bytesText(model.size))), more);
  details.addEventListener('toggle', () => details.open && !more.childElementCount && void fillFacts(editor, model, more));
  return details;
}

/** @param {Editor} editor @param {Model} model @param {HTMLElement} more */
async function fillFacts(editor, model, more) {
  const loader = loaderOf(editor, model);
  const path = model.name.split(/[\\/]/).map(encodeURIComponent).join('/');
  const picture = h('img', { src: `/experiment/models/preview/${model.kind}/${model.index}/${path}`, alt: '', class: 'model-picture', hidden: true });
  picture.addEventListener('load', () => (picture.hidden = false));
  picture.addEventListener('error', () => picture.remove());
  const facts = h('dl', {});
  more.replaceChildren(picture,
    loader ? h('button', { class: 'button', onclick: () => addAt(editor, loader.type, undefined, { [loader.field]: model.name }) }, t('models.add')) : '', facts);
  // Not every file carries any.
  const about = asObject(await getJson(`/view_metadata/${model.kind}?filename=${encodeURIComponent(model.name)}`).catch(() => null));
  const told = Object.entries(about).filter(([, value]) => typeof value !== 'object').slice(0, MOST_FACTS);
  facts.append(...told.flatMap(([name, value]) => [h('dt', {}, name), h('dd', { title: String(value).slice(0, 2_000) }, String(value).slice(0, 160))]));
  if (!told.length) facts.append(h('dd', {}, t('models.noFacts')));
}

/** Hide what does not have the words; open the folders of what has them. @param {HTMLElement} list @param {string} wanted */
function filter(list, wanted) {
  for (const model of /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll('.model'))) {
    model.hidden = !wanted.split(/\s+/).every((word) => model.dataset['name']?.includes(word));
  }
  for (const group of /** @type {NodeListOf<HTMLDetailsElement>} */ (list.querySelectorAll('.category'))) {
    group.hidden = !group.querySelector('.model:not([hidden])');
    group.open = wanted !== '' && !group.hidden;
  }
}

/** @param {Editor} editor @param {{readonly kind: string}} model @returns {{type: string, field: string} | null} */
function loaderOf({ catalogue }, { kind }) {
  const [type, field] = LOADERS[kind] ?? [];
  return type && field && catalogue.has(type) ? { type, field } : null;
}

/** Let models be dropped onto the graph: onto a node that loads such a one, or where a new one shall be.
 * @param {Editor} editor @param {HTMLElement} canvas */
export function acceptModels(editor, canvas) {
  canvas.addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes(MODEL)) event.preventDefault();
  });
  canvas.addEventListener('drop', (event) => {
    const told = event.dataTransfer?.getData(MODEL);
    if (!told) return;
    event.preventDefault();
    const [kind, name] = asList(JSON.parse(told)).map(asText);
    const loader = loaderOf(editor, { kind: kind ?? '' });
    if (!loader || !name) return;
    const box = canvas.getBoundingClientRect();
    const at = editor.viewport.toGraph({ x: event.clientX - box.x, y: event.clientY - box.y });
    const under = editor.renderer.scene.nodesIn({ ...at, w: 0, h: 0 }).at(-1);
    const field = under?.layout.widgets.find(({ field: { input } }) => input?.options.includes(name));
    if (!under || !field) return void addAt(editor, loader.type, at, { [loader.field]: name });
    editor.history.mark('value');
    editor.store.transact('value', (tx) => setValue(tx, under.key, field.name, name));
  });
}
