// @ts-check
/** Node classes are shown in the reader's language, and files do not hear of it. */

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { writeApi } from '../../web/editor/formats/api_writer.js';
import { writeUi } from '../../web/editor/formats/ui_writer.js';
import { addNode } from '../../web/editor/model/edits.js';
import { Catalogue } from '../../web/editor/model/catalogue.js';
import { Definitions } from '../../web/editor/model/definitions.js';
import { ROOT } from '../../web/editor/model/records.js';
import { NO_WORDS, nodeWords, optionLabel, slotLabel } from '../../web/editor/model/node_words.js';
import { Store } from '../../web/editor/model/store.js';
import { joined } from '../../web/editor/net/node_words.js';
import { titleOf } from '../../web/editor/view/layout.js';

const LOCALE = new URL('../../web/editor/locales/zh/', import.meta.url);
const names = readdirSync(LOCALE).map((name) => name.replace('.json', ''));
const own = joined(names, names.map((name) => JSON.parse(readFileSync(new URL(`${name}.json`, LOCALE), 'utf8'))));
const CHINESE = nodeWords(own);

const INFO = {
  KSamplerAdvanced: {
    input: { required: { model: ['MODEL'], steps: ['INT', { tooltip: 'Of the whole schedule.' }], add_noise: [['enable', 'disable'], {}] } },
    output: ['LATENT'], output_name: ['LATENT'], display_name: 'KSampler (Advanced)', category: 'sampling',
    description: 'Denoise latents under a prompt.',
  },
  Glow: {
    input: { required: { steps: ['INT'], tone: [['warm', 'cold'], { tooltip: 'Its colour.' }] } },
    output: ['IMAGE'], output_name: ['IMAGE'], output_node: true, display_name: 'Glow', category: 'image/lights', description: 'Let it glow.',
  },
};

const PACKS = {
  nodeCategories: { lights: '灯光' },
  nodeDefs: { Glow: { display_name: '发光', inputs: { tone: { name: '色调', tooltip: '颜色。', options: { warm: '暖' } } }, outputs: { 0: { name: '亮图' } } } },
};

/** @param {Catalogue} catalogue @param {string} type */
function defined(catalogue, type) {
  const found = catalogue.get(type);
  assert.ok(found);
  return found;
}

test('a class is read in the language of the words', () => {
  const sampler = defined(new Catalogue(INFO, CHINESE), 'KSamplerAdvanced');
  assert.equal(sampler.title, 'K采样器（高级）');
  assert.equal(sampler.category, '采样');
  assert.equal(sampler.description, '按照提示词对潜空间图像降噪。');
  assert.deepEqual(sampler.inputs.map(({ label }) => label), ['模型', '步数', '添加噪声']);
  assert.equal(sampler.inputs[1]?.tooltip, '整个调度的步数。');
  assert.equal(optionLabel(sampler.inputs[2], 'enable'), '启用');
  assert.equal(sampler.fields.find(({ name }) => name === 'steps')?.input?.label, '步数');
});

test('what files count on stays as the server has it', () => {
  const sampler = defined(new Catalogue(INFO, CHINESE), 'KSamplerAdvanced');
  assert.equal(sampler.displayName, 'KSampler (Advanced)');
  assert.deepEqual(sampler.inputs.map(({ name }) => name), ['model', 'steps', 'add_noise']);
  assert.deepEqual(sampler.inputs[2]?.options, ['enable', 'disable']);
});

test('a pack brings its own words, and shared ones are not put into its mouth', () => {
  const glow = defined(new Catalogue(INFO, nodeWords(own, PACKS)), 'Glow');
  assert.equal(glow.title, '发光');
  assert.equal(glow.category, '图像/灯光');
  assert.deepEqual(glow.inputs.map(({ label, tooltip }) => [label, tooltip]), [['steps', ''], ['色调', '颜色。']]);
  assert.equal(optionLabel(glow.inputs[1], 'warm'), '暖');
  assert.equal(optionLabel(glow.inputs[1], 'cold'), 'cold');
  assert.equal(glow.outputs[0]?.label, '亮图');
});

test('a file is the same in every language', () => {
  const written = [NO_WORDS, nodeWords(own, PACKS)].map((words) => {
    const [catalogue, store] = [new Catalogue(INFO, words), new Store()];
    store.transact('add', (tx) => {
      for (const type of Object.keys(INFO)) addNode(tx, catalogue, { graph: ROOT, type, x: 0, y: 0 });
    });
    return [writeUi(store, catalogue), writeApi(store, catalogue, () => 0)];
  });
  const withoutIds = written.map((one) => JSON.stringify(one).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id'));
  assert.equal(withoutIds[0], withoutIds[1]);
});

test('titles that a user has set stay in every language', () => {
  const [catalogue, store] = [new Catalogue(INFO), new Store()];
  store.transact('add', (tx) => {
    addNode(tx, catalogue, { graph: ROOT, type: 'KSamplerAdvanced', x: 0, y: 0 });
    addNode(tx, catalogue, { graph: ROOT, type: 'KSamplerAdvanced', x: 0, y: 0, title: 'Hires' });
  });
  catalogue.useWords(CHINESE);
  const definitions = new Definitions(store, catalogue);
  assert.deepEqual([...store.all('node', ROOT)].map((node) => titleOf(node, definitions.of(node))), ['K采样器（高级）', 'Hires']);
});

test('sockets are called as the user says, else as the class does', () => {
  const sampler = new Catalogue(INFO, CHINESE).get('KSamplerAdvanced');
  const slot = { name: 'model', type: 'MODEL', label: null, widget: null, optional: false, extra: {} };
  assert.equal(slotLabel(sampler, 'input', 0, slot), '模型');
  assert.equal(slotLabel(sampler, 'input', 0, { ...slot, label: 'Mine' }), 'Mine');
  assert.equal(slotLabel(sampler, 'output', 0, { ...slot, name: 'LATENT', type: 'LATENT' }), 'Latent');
  assert.equal(slotLabel(undefined, 'output', 0, { ...slot, name: '', type: 'LATENT' }), 'LATENT');
});

test('classes are found by what they are called in Chinese and in English', () => {
  const catalogue = new Catalogue(INFO, nodeWords(own, PACKS));
  for (const query of ['采样', 'ksampler', 'K采样', '步 采样', 'advanced', 'sampling', '降噪', '去噪']) {
    assert.equal(catalogue.search(query)[0]?.name, 'KSamplerAdvanced', query);
  }
  for (const query of ['发光', 'glow', '灯光', 'lights']) assert.equal(catalogue.search(query)[0]?.name, 'Glow', query);
});
