// @ts-check
/** A workflow, in API format, that does what an A1111 infotext says, as far as it can be done here. */

import { nearest } from '../lib/nearest.js';
import { takeLoras } from './infotext.js';

/** @typedef {import('../lib/json.js').Json} Json */
/** @typedef {import('../model/catalogue.js').Catalogue} Catalogue */
/** @typedef {import('./infotext.js').Infotext} Infotext */
/** @typedef {import('./api_writer.js').Prompt} Prompt */
/** @typedef {[string, number]} Output */
/** What could not be taken over. @typedef {{readonly key: string, readonly facts: {readonly [name: string]: string}}} Note */

/** @type {readonly (readonly [string, string])[]} */
const SAMPLERS = [
  ['euler a', 'euler_ancestral'],
  ['euler', 'euler'],
  ['lms', 'lms'],
  ['heun', 'heun'],
  ['dpm2 a', 'dpm_2_ancestral'],
  ['dpm2', 'dpm_2'],
  ['dpm++ 2s a', 'dpmpp_2s_ancestral'],
  ['dpm++ 2m sde heun', 'dpmpp_2m_sde_heun'],
  ['dpm++ 2m sde', 'dpmpp_2m_sde'],
  ['dpm++ 2m', 'dpmpp_2m'],
  ['dpm++ sde', 'dpmpp_sde'],
  ['dpm++ 3m sde', 'dpmpp_3m_sde'],
  ['dpm fast', 'dpm_fast'],
  ['dpm adaptive', 'dpm_adaptive'],
  ['ddim', 'ddim'],
  ['plms', 'lms'],
  ['unipc', 'uni_pc'],
  ['lcm', 'lcm'],
  ['ddpm', 'ddpm'],
];
const SCHEDULES = new Map([
  ['karras', 'karras'],
  ['exponential', 'exponential'],
  ['sgm uniform', 'sgm_uniform'],
  ['simple', 'simple'],
  ['normal', 'normal'],
  ['beta', 'beta'],
  ['kl optimal', 'kl_optimal'],
  ['ddim', 'ddim_uniform'],
  ['uniform', 'normal'],
  ['automatic', ''],
]);

/** @param {Infotext} info @param {Catalogue} catalogue @returns {{prompt: Prompt, notes: Note[]}} */
export function graphOfInfotext(info, catalogue) {
  const builder = new Builder(catalogue);
  const setting = (/** @type {string} */ name) => info.settings.get(name) ?? '';
  const { text, loras } = takeLoras(info.prompt);
  const checkpoint = builder.file('CheckpointLoaderSimple', 'ckpt_name', setting('Model'));
  const loader = builder.add('CheckpointLoaderSimple', { ckpt_name: checkpoint });
  /** @type {Output} */
  let model = [loader, 0];
  /** @type {Output} */
  let clip = [loader, 1];
  for (const lora of loras) {
    const lora_name = builder.file('LoraLoader', 'lora_name', lora.name);
    const id = builder.add('LoraLoader', { model, clip, lora_name, strength_model: lora.strength, strength_clip: lora.clip });
    [model, clip] = [[id, 0], [id, 1]];
  }
  const skip = Number(setting('Clip skip')) || 1;
  if (skip > 1) clip = [builder.add('CLIPSetLastLayer', { clip, stop_at_clip_layer: -skip }), 0];
  const positive = builder.add('CLIPTextEncode', { clip, text }, 'Prompt');
  const negative = builder.add('CLIPTextEncode', { clip, text: takeLoras(info.negative).text }, 'Negative prompt');
  const [width, height] = sizeFrom(setting('Size'));
  const empty = builder.add('EmptyLatentImage', { width, height, batch_size: 1 });
  const common = {
    model,
    positive: /** @type {Output} */ ([positive, 0]),
    negative: /** @type {Output} */ ([negative, 0]),
    ...samplerFrom(setting('Sampler'), setting('Schedule type')),
    seed: Number(setting('Seed')) || 0,
    cfg: Number(setting('CFG scale')) || 7,
  };
  const steps = Number(setting('Steps')) || 20;
  const sampled = builder.add('KSampler', { ...common, latent_image: [empty, 0], steps, denoise: 1 });
  const finished = hires(builder, info, common, sampled, steps);
  const vae = setting('VAE') && setting('VAE') !== 'None' ? builder.vae(setting('VAE')) : null;
  const decoded = builder.add('VAEDecode', { samples: [finished, 0], vae: vae ?? [loader, 2] });
  builder.add('SaveImage', { images: [decoded, 0], filename_prefix: 'Safelight' });
  return { prompt: builder.prompt, notes: builder.notes };
}

/** The second pass, larger, if there is one.
 * @param {Builder} builder @param {Infotext} info @param {{[name: string]: Json}} common @param {string} sampled
 * @param {number} steps @returns {string} the id of the last sampler */
function hires(builder, { settings }, common, sampled, steps) {
  const denoise = Number(settings.get('Denoising strength')) || 1;
  const by = Number(settings.get('Hires upscale')) || 0;
  const [width, height] = sizeFrom(settings.get('Hires resize') ?? '', 0);
  if (!by && !width) {
    if (denoise < 1) builder.note('infotext.imageToImage', {});
    return sampled;
  }
  const upscaler = settings.get('Hires upscaler') ?? 'Latent';
  if (!upscaler.startsWith('Latent')) builder.note('infotext.upscaler', { name: upscaler });
  const method = /nearest/.test(upscaler) ? 'nearest-exact' : /bicubic/.test(upscaler) ? 'bicubic' : 'bilinear';
  const samples = [sampled, 0];
  const larger = by
    ? builder.add('LatentUpscaleBy', { samples, upscale_method: method, scale_by: by })
    : builder.add('LatentUpscale', { samples, upscale_method: method, width, height, crop: 'disabled' });
  const again = Number(settings.get('Hires steps')) || steps;
  return builder.add('KSampler', { ...common, latent_image: [larger, 0], steps: again, denoise });
}

/** @param {string} size such as `512x768` @param {number} [otherwise] @returns {[number, number]} */
function sizeFrom(size, otherwise = 512) {
  const found = /^(\d+)\s*x\s*(\d+)$/.exec(size.trim());
  return found ? [Number(found[1]), Number(found[2])] : [otherwise, otherwise];
}

/** Older texts say sampler and schedule in one: `DPM++ 2M Karras`. @param {string} sampler @param {string} schedule */
function samplerFrom(sampler, schedule) {
  const written = sampler.toLowerCase().trim();
  const tail = [...SCHEDULES.keys()].find((name) => written.endsWith(` ${name}`));
  const plain = tail ? written.slice(0, -tail.length).trim() : written;
  const found = SAMPLERS.find(([name]) => name === plain) ?? SAMPLERS.find(([name]) => plain.startsWith(name));
  const scheduler = SCHEDULES.get(schedule.toLowerCase().trim()) || SCHEDULES.get(tail ?? '') || 'normal';
  return { sampler_name: found?.[1] ?? 'euler', scheduler };
}

class Builder {
  /** @type {Prompt} */
  prompt = {};
  /** @type {Note[]} */
  notes = [];
  #catalogue;
  #count = 0;

  /** @param {Catalogue} catalogue */
  constructor(catalogue) {
    this.#catalogue = catalogue;
  }

  /** @param {string} type @param {{[name: string]: Json}} inputs @param {string} [title] @returns {string} its id */
  add(type, inputs, title) {
    this.#count += 1;
    const id = String(this.#count);
    this.prompt[id] = { class_type: type, inputs, ...(title ? { _meta: { title } } : {}) };
    return id;
  }

  /** @param {string} key @param {{[name: string]: string}} facts */
  note(key, facts) {
    this.notes.push({ key, facts });
  }

  /** The file that a name without its ending means: the most similar there is.
   * @param {string} type @param {string} input @param {string} name @returns {string} */
  file(type, input, name) {
    const options = (this.#catalogue.get(type)?.inputs.find((one) => one.name === input)?.options ?? []).map(String);
    const found = name ? nearest(name, options) : options[0];
    if (found === undefined || found === null) this.note('infotext.missing', { name });
    return found ?? `${name}.safetensors`;
  }

  /** @param {string} name @returns {Output} */
  vae(name) {
    return [this.add('VAELoader', { vae_name: this.file('VAELoader', 'vae_name', name) }), 0];
  }
}
