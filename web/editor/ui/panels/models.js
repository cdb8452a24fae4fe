// @ts-check
/** The models that there are, by kind; a click adds the node that loads one. */

import { asList, asNumber, asObject, asText } from '../../lib/json.js';
import { t } from '../../lib/i18n.js';
import { getJson } from '../../net/api.js';
import { bytesText, h, withArrows } from '../dom.js';
import { attempt } from '../errors.js';
import { addAt } from '../search.js';

/** @typedef {import('../../session/editor.js').Editor} Editor */

/** Which class loads a kind of model, and the field that names it. @type {{readonly [kind: string]: readonly [string, string]}} */
const LOADERS = {
  checkpoints: ['CheckpointLoaderSimple', 'ckpt_name'], loras: ['LoraLoader', 'lora_name'], vae: ['VAELoader', 'vae_name'],
  controlnet: ['ControlNetLoader', 'control_net_name'], upscale_models: ['UpscaleModelLoader', 'model_name'],
  clip_vision: ['CLIPVisionLoader', 'clip_name'], style_models: ['StyleModelLoader', 'style_model_name'],
  diffusion_models: ['UNETLoader', 'unet_name'], text_encoders: ['CLIPLoader', 'clip_name'], clip: ['CLIPLoader', 'clip_name'],
};

/** @type {import('../sides.js').Panel} */
export const MODELS_PANEL = { id: 'models', icon: 'models', labelKey: 'panel.models', show };

/** @param {Editor} editor @param {HTMLElement} body */
function show(editor, body) {
  const field = h('input', { type: 'search', class: 'filter', placeholder: t('models.search'), 'aria-label': t('models.search'), spellcheck: 'false' });
  const list = h('div', {});
  body.append(field, list);
  withArrows(list, '.row');
  field.addEventListener('input', () => {
    const wanted = field.value.toLowerCase();
    for (const row of list.querySelectorAll('.row')) row.toggleAttribute('hidden', !row.textContent?.toLowerCase().includes(wanted));
  });
  void attempt(async () => {
    const kinds = asList(await getJson('/models')).map(asText);
    const found = await Promise.all(kinds.map(async (kind) => ({ kind, files: asList(await getJson(`/experiment/models/${kind}`)).map(asObject) })));
    const parts = found.filter(({ files }) => files.length).flatMap(({ kind, files }) => [
      h('h3', { class: 'section' }, kind),
      ...files.map((file) => row(editor, kind, asText(file['name']), asNumber(file['size'], 0))),
    ]);
    list.replaceChildren(...(parts.length ? parts : [h('p', { class: 'empty' }, t('models.empty'))]));
  });
}

/** @param {Editor} editor @param {string} kind @param {string} name @param {number} size */
function row(editor, kind, name, size) {
  const [type, field] = LOADERS[kind] ?? [];
  const canAdd = type !== undefined && editor.catalogue.has(type);
  return h('button', {
    class: 'row', title: canAdd ? t('models.add') : name,
    onclick: () => type && field && canAdd && addAt(editor, type, undefined, { [field]: name }),
  }, h('span', {}, name), h('small', {}, bytesText(size)));
}
