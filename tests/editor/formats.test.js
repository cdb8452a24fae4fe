import assert from 'node:assert/strict';
import test from 'node:test';
import { deflateSync } from 'node:zlib';

import { readApi } from '../../web/editor/formats/api_reader.js';
import { writeApi } from '../../web/editor/formats/api_writer.js';
import { choose } from '../../web/editor/formats/dynamic_prompts.js';
import { readInfotext } from '../../web/editor/formats/infotext.js';
import { refreshValues } from '../../web/editor/formats/refresh.js';
import { openFile, openJson, openText } from '../../web/editor/formats/open.js';
import { readUi } from '../../web/editor/formats/ui_reader.js';
import { writeUi } from '../../web/editor/formats/ui_writer.js';
import * as edits from '../../web/editor/model/edits.js';
import { keyOf } from '../../web/editor/model/keys.js';
import { Catalogue } from '../../web/editor/model/catalogue.js';
import { Store } from '../../web/editor/model/store.js';
import { Bench, catalogue, objectInfo, textToImage } from './support/bench.js';
import { meaning } from './support/same_meaning.js';

const open = (document, known = catalogue) => new Bench(readUi(document, known));
const save = ({ store }, known = catalogue) => JSON.parse(JSON.stringify(writeUi(store, known)));
const sampler = (more) => ({ id: 3, type: 'KSampler', pos: [1.5, 2], size: [300, 200], flags: {}, order: 0, mode: 0, inputs: [], outputs: [], properties: {}, ...more });
const around = (node, more = {}) => ({ last_node_id: 9, last_link_id: 9, nodes: [node], links: [], groups: [], config: {}, extra: {}, version: 0.4, ...more });
const FULL = [7, 'increment', 20, 8, 'euler', 'normal', 1];

/** A document of version 1.0 with all that there is. */
const newest = {
  id: '9ae6082b-c7f4-433c-9971-7a8f65a3ea65', revision: 3, version: 1, config: { links_ontop: true },
  state: { lastGroupId: 4, lastNodeId: 30, lastLinkId: 40, lastRerouteId: 8 },
  nodes: [
    { id: 1, type: 'VAELoader', pos: [0, 0.5], size: [210, 58], flags: { collapsed: true, pinned: true, allow_interaction: true }, order: 0, mode: 4, color: '#223', bgcolor: '#335', title: 'v', inputs: [], outputs: [{ name: 'VAE', type: 'VAE', links: [2], slot_index: 0, color_on: '#fff' }], properties: { cnr_id: 'x', models: [{ name: 'm' }] }, widgets_values: ['a.safetensors'], shape: 1, strange: { deep: [1, 2] } },
    { id: 2, type: 'Unheard', pos: [400, 0], size: [210, 58], flags: {}, order: 1, mode: 0, inputs: [{ name: 'v', type: 'VAE', link: 2, shape: 7, dir: 3 }, { name: 'w', type: 'INT', widget: { name: 'w', config: ['INT', {}] }, link: null }], outputs: [{ name: 'o', type: -1, links: [] }], properties: {}, widgets_values: { w: 3, videopreview: { hidden: false } } },
    { id: 7, type: 'c0ffee', pos: [0, 300], size: [210, 58], flags: {}, order: 2, mode: 0, inputs: [{ name: 'text', type: 'STRING', widget: { name: 'text' }, link: null }], outputs: [], properties: { proxyWidgets: [['5', 'seed']] }, widgets_values: ['hello'] },
  ],
  links: [{ id: 2, origin_id: 1, origin_slot: 0, target_id: 2, target_slot: 0, type: 'VAE', parentId: 6, note: 'kept' }],
  floatingLinks: [{ id: 5, origin_id: 1, origin_slot: 0, target_id: -1, target_slot: -1, type: 'VAE', parentId: 7 }],
  reroutes: [{ id: 5, pos: [100, 100], linkIds: [2] }, { id: 6, parentId: 5, pos: [200, 100], linkIds: [2] }, { id: 7, pos: [9, 9], linkIds: [], floating: { slotType: 'output' } }],
  groups: [{ id: 4, title: 'g', bounding: [-10, -20, 300, 200], color: '#3f789e', font_size: 18, flags: { pinned: true } }],
  extra: { ds: { scale: 0.7, offset: [1, 2] }, ue_links: [] },
  models: [{ name: 'm', url: 'u' }],
  definitions: {
    else: 1,
    subgraphs: [{
      id: 'c0ffee', version: 1, revision: 0, state: { lastGroupId: 0, lastNodeId: 5, lastLinkId: 1, lastRerouteId: 0 }, config: {}, name: 'Prompt',
      inputNode: { id: -10, bounding: [0, 0, 120, 60], pinned: true }, outputNode: { id: -20, bounding: [900, 0, 120, 60] },
      inputs: [{ id: 'u1', name: 'text', type: 'STRING', linkIds: [1], pos: [110, 20], label: 'what' }], outputs: [], widgets: [{ id: 5, name: 'text' }],
      nodes: [{ id: 5, type: 'CLIPTextEncode', pos: [300, 0], size: [400, 200], flags: {}, order: 0, mode: 0, inputs: [{ name: 'clip', type: 'CLIP', link: null }, { name: 'text', type: 'STRING', widget: { name: 'text' }, link: 1 }], outputs: [{ name: 'CONDITIONING', type: 'CONDITIONING', links: [] }], properties: {}, widgets_values: ['inner'] }],
      links: [{ id: 1, origin_id: -10, origin_slot: 0, target_id: 5, target_slot: 1, type: 'STRING' }], groups: [], reroutes: [], extra: { own: true }, category: 'mine', description: 'd',
    }],
  },
};

test('a document of version 1.0 is saved with all that it had', () => {
  const saved = save(open(newest));
  assert.deepStrictEqual(meaning(saved), meaning(newest));
  assert.deepStrictEqual(saved.links, newest.links);
  assert.deepStrictEqual(saved.reroutes, newest.reroutes);
  assert.deepStrictEqual(saved.state, newest.state);
  assert.deepStrictEqual(saved.definitions.subgraphs[0].inputs, newest.definitions.subgraphs[0].inputs);
});

test('what is typed into a node that stands for a subgraph goes inside', () => {
  const prompt = writeApi(open(newest).store, catalogue);
  assert.equal(prompt['7:5'].inputs.text, 'hello');
});

test('reroutes of version 0.4 are saved where that version has them', () => {
  const node = (id, more) => ({ ...sampler({}), id, ...more });
  const document = around(node(1, { type: 'EmptyLatentImage', outputs: [{ name: 'LATENT', type: 'LATENT', links: [4] }], widgets_values: [512, 512, 1] }), {
    links: [[4, 1, 0, 2, 0, 'LATENT']],
    extra: { reroutes: [{ id: 1, pos: [5, 5], linkIds: [4] }], linkExtensions: [{ id: 4, parentId: 1 }] },
  });
  document.nodes.push(node(2, { type: 'VAEDecode', inputs: [{ name: 'samples', type: 'LATENT', link: 4 }, { name: 'vae', type: 'VAE', link: null }] }));
  const bench = open(document);
  assert.deepEqual([...bench.store.all('link', 'root')][0].reroutes, ['1']);
  assert.deepStrictEqual(save(bench).extra, document.extra);
});

test('values have their names, the one behind a seed that of what steers it', () => {
  const { values, raw } = open(around(sampler({ widgets_values: FULL }))).store.node('root', '3');
  assert.deepEqual(values, { seed: 7, 'seed.control': 'increment', steps: 20, cfg: 8, sampler_name: 'euler', scheduler: 'normal', denoise: 1 });
  assert.equal(raw, null);
});

test('a change of what steers a seed is saved in its own place, for known and unknown classes', () => {
  const widgets = ['seed', 'steps', 'cfg', 'sampler_name', 'scheduler', 'denoise'];
  const inputs = widgets.map((name) => ({ name, type: name === 'seed' ? 'INT' : '*', widget: { name }, link: null }));
  for (const known of [catalogue, new Catalogue({})]) {
    const bench = open(around(sampler({ inputs, widgets_values: FULL })), known);
    bench.do((tx) => edits.setValue(tx, 'node:root/3', 'seed.control', 'fixed'));
    bench.do((tx) => edits.setValue(tx, 'node:root/3', 'denoise', 0.5));
    assert.deepEqual(save(bench, known).nodes[0].widgets_values, [7, 'fixed', 20, 8, 'euler', 'normal', 0.5]);
  }
});

test('values that today\'s class has no field for are kept while others change', () => {
  const longer = [...FULL, 'from a newer version', 3];
  const bench = open(around(sampler({ widgets_values: longer })));
  bench.do((tx) => edits.setValue(tx, 'node:root/3', 'steps', 30));
  assert.deepEqual(save(bench).nodes[0].widgets_values, longer.with(2, 30));
});

test('a list with too few values stays as it was, until one behind its end changes', () => {
  const bench = open(around(sampler({ widgets_values: FULL.slice(0, 3) })));
  assert.deepEqual(save(bench).nodes[0].widgets_values, FULL.slice(0, 3));
  bench.do((tx) => edits.setValue(tx, 'node:root/3', 'sampler_name', 'heun'));
  assert.deepEqual(save(bench).nodes[0].widgets_values, [7, 'increment', 20, 8, 'heun']);
});

test('the values of an unknown class keep their names from the second list that some files have', () => {
  const node = { ...sampler({}), type: 'Unheard', widgets_values: [1, 'fixed', 'x'], widgets_values_named: { seed: 1, control_after_generate: 'fixed', text: 'x' } };
  const bench = open(around(node), new Catalogue({}));
  bench.do((tx) => edits.setValue(tx, 'node:root/3', 'text', 'y'));
  const [saved] = save(bench, new Catalogue({})).nodes;
  assert.deepEqual(saved.widgets_values, [1, 'fixed', 'y']);
  assert.equal(saved.widgets_values_named.text, 'y');
});

test('values get their names when the server learns of their class, and keep them when it forgets it', () => {
  const nobody = new Catalogue({});
  const bench = open(around(sampler({ widgets_values: FULL })), nobody);
  assert.deepEqual(bench.store.node('root', '3').values, {});
  refreshValues(bench.store, nobody, catalogue);
  assert.equal(bench.store.node('root', '3').values.steps, 20);
  bench.do((tx) => edits.setValue(tx, 'node:root/3', 'steps', 30));
  refreshValues(bench.store, catalogue, nobody);
  assert.deepEqual(save(bench, nobody).nodes[0].widgets_values, FULL.with(2, 30));
});

test('a class that has got another field keeps what its fields held', () => {
  const bench = open(around(sampler({ widgets_values: FULL })));
  const required = { first: ['INT', { default: 4 }], ...objectInfo.KSampler.input.required };
  const changed = new Catalogue({ KSampler: { ...objectInfo.KSampler, input: { required }, input_order: {} } });
  refreshValues(bench.store, catalogue, changed);
  assert.deepEqual(save(bench, changed).nodes[0].widgets_values, [4, ...FULL]);
});

test('a file that is nested beyond all reason is refused in words', () => {
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  assert.throws(() => openText(`{"nodes": [], "links": [], "extra": ${deep}}`, catalogue), (error) => ['formats.tooDeep', 'formats.notJson'].includes(error.key));
});

test('sloppy files open: objects for lists, links that nothing has, missing parts', () => {
  const document = { nodes: [{ id: '3', type: 'KSampler', pos: { 0: 10, 1: 20 }, inputs: null, mode: 3 }], links: [null, [1, 99, 0, 98, 0, 'X'], { 0: 1 }], groups: null };
  const bench = open(document);
  const node = bench.store.node('root', '3');
  assert.deepEqual([node.x, node.y, node.w > 0], [10, 20, true]);
  assert.equal(save(bench).nodes[0].mode, 3);
  assert.deepEqual(save(bench).links, [[1, 99, 0, 98, 0, 'X']]);
});

for (const [what, document, key] of [
  ['two nodes with one id', { nodes: [sampler({}), sampler({})], links: [] }, 'formats.twoNodes'],
  ['a node without a class', { nodes: [{ id: 1 }], links: [] }, 'formats.noClass'],
  ['a node without an id', { nodes: [{ type: 'KSampler' }], links: [] }, 'formats.noId'],
  ['nodes that are no list', { nodes: 5 }, 'formats.noNodes'],
  ['something else', { hello: 1 }, 'formats.noWorkflow'],
  ['nothing', null, 'formats.noWorkflow'],
]) {
  test(`${what} cannot be opened, and it is said why`, () => assert.throws(() => openJson(document, catalogue), { key }));
}

test('a new workflow says the same in the editor\'s format and in API format', () => {
  const bench = new Bench();
  textToImage(bench);
  const prompt = writeApi(bench.store, catalogue, () => 0);
  assert.deepEqual(writeApi(open(save(bench)).store, catalogue, () => 0), prompt);
  assert.deepEqual(writeApi(new Store(readApi(prompt, catalogue)), catalogue, () => 0), prompt);
});

test('API format with classes nobody knows, ids of subgraphs and lists as values opens and goes out again', () => {
  const prompt = {
    '5:12': { class_type: 'Unheard', inputs: { list: { __value__: [1, 2] }, n: 1, from: ['a', 2] } },
    a: { class_type: 'Source', inputs: {}, _meta: { title: 'mine' } },
  };
  const records = readApi(prompt, catalogue);
  const again = writeApi(new Store(records), catalogue);
  assert.deepEqual(again['5:12'].inputs, prompt['5:12'].inputs);
  assert.deepEqual(again.a._meta, { title: 'mine' });
  const [left, right] = ['a', '5:12'].map((id) => records.find((record) => record.id === id));
  assert.ok(left.x < right.x, 'what feeds lies to the left');
});

test('choices in prompts are made, comments vanish, escaped braces stay', () => {
  assert.equal(choose('{red|green} car // fast', () => 0.9), 'green car ');
  assert.equal(choose('a {b|{c|d}} /* no\nnever */\\{e\\}', () => 0.99), 'a d {e}');
});

// Pictures

const bytes = (...parts) => Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))));
const number = (value, little = false) => {
  const buffer = Buffer.alloc(4);
  if (little) buffer.writeUInt32LE(value);
  else buffer.writeUInt32BE(value);
  return buffer;
};
const chunk = (kind, body) => bytes(number(body.length), kind, body, number(0));
const png = (...chunks) => new Uint8Array(bytes([0x89], 'PNG\r\n', [0x1a], '\n', ...chunks, chunk('IEND', bytes())));
const document = JSON.stringify(around(sampler({ title: '猫', widgets_values: FULL })));
const titleIn = async (data) => (await openFile(data, catalogue)).records.find((record) => record.kind === 'node')?.title;

/** EXIF with one text under a tag, and one in the user's comment. */
function exif(tag, text, comment = Buffer.alloc(0)) {
  const body = Buffer.from(`${text}\0`, 'utf8');
  const entry = (id, type, count, at) => {
    const buffer = Buffer.alloc(12);
    buffer.writeUInt16LE(id, 0);
    buffer.writeUInt16LE(type, 2);
    buffer.writeUInt32LE(count, 4);
    buffer.writeUInt32LE(at, 8);
    return buffer;
  };
  const [texts, inner] = [38, 38 + body.length];
  const first = bytes([2, 0], entry(tag, 2, body.length, texts), entry(0x8769, 4, 1, inner), number(0));
  const second = bytes([1, 0], entry(0x9286, 7, comment.length, inner + 18), number(0));
  return bytes('II', [42, 0], number(8, true), first, body, second, comment);
}

for (const [what, made] of [
  ['tEXt', () => chunk('tEXt', bytes('workflow\0', Buffer.from(document)))],
  ['zTXt', () => chunk('zTXt', bytes('workflow\0\0', deflateSync(document)))],
  ['iTXt', () => chunk('iTXt', bytes('workflow\0\0\0\0\0', Buffer.from(document)))],
  ['compressed iTXt', () => chunk('iTXt', bytes('workflow\0\x01\0zh\0\0', deflateSync(document)))],
  ['eXIf', () => chunk('eXIf', exif(0x10f, `workflow:${document}`))],
]) {
  test(`a PNG gives back the workflow that it carries as ${what}`, async () => {
    assert.equal(await titleIn(png(made())), '猫');
  });
}

test('a WebP and a JPEG give back the workflow that they carry as EXIF', async () => {
  const data = exif(0x10f, `Workflow:${document}`);
  const webp = bytes('RIFF', number(0), 'WEBP', 'VP8 ', number(3, true), 'xyz\0', 'EXIF', number(data.length, true), data);
  assert.equal(await titleIn(new Uint8Array(webp)), '猫');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(data.length + 8);
  assert.equal(await titleIn(new Uint8Array(bytes([0xff, 0xd8, 0xff, 0xe1], length, 'Exif\0\0', data, [0xff, 0xda]))), '猫');
});

test('a picture whose workflow is damaged falls back on the prompt that ran', async () => {
  const prompt = JSON.stringify({ 1: { class_type: 'KSampler', inputs: {}, _meta: { title: 'ran' } } });
  const data = png(chunk('tEXt', bytes('workflow\0{"nodes"')), chunk('tEXt', bytes(`prompt\0${prompt.replace('{}', '{"cfg": NaN}')}`)));
  assert.equal(await titleIn(data), 'ran');
});

test('a picture without a workflow, and one that is cut short, say so', async () => {
  await assert.rejects(openFile(png(), catalogue), { key: 'formats.pictureWithout' });
  await assert.rejects(openFile(png(chunk('tEXt', bytes('workflow\0', document))).subarray(0, 60), catalogue), { key: 'formats.pictureWithout' });
  await assert.rejects(openFile(new Uint8Array([1, 2, 3]), catalogue), { key: 'formats.notJson' });
});

const INFOTEXT = `a (cat:1.2), masterpiece <lora:detail_tweaker:0.8>,
on two lines: yes
Negative prompt: dog, blurry
Steps: 25, Sampler: DPM++ 2M Karras, CFG scale: 6.5, Seed: 1234, Size: 512x768, Model hash: abc, Model: starter, Denoising strength: 0.4, Clip skip: 2, Hires upscale: 2, Hires upscaler: Latent, Lora hashes: "detail_tweaker: 1, b: 2", Version: v1.9`;
const stocked = new Catalogue({
  ...objectInfo,
  CheckpointLoaderSimple: { ...objectInfo.CheckpointLoaderSimple, input: { required: { ckpt_name: [['other.safetensors', 'starter.safetensors']] } } },
});

test('an infotext is read: prompts of several lines, settings with commas in quotes', () => {
  const { prompt, negative, settings } = readInfotext(INFOTEXT);
  assert.ok(prompt.endsWith('on two lines: yes'));
  assert.equal(negative, 'dog, blurry');
  assert.equal(settings.get('Lora hashes'), 'detail_tweaker: 1, b: 2');
  assert.equal(settings.get('CFG scale'), '6.5');
  assert.equal(readInfotext('just a prompt\nwith: colons, in: it'), null);
});

test('an infotext becomes a workflow that does what it says', () => {
  const opened = openText(INFOTEXT, stocked);
  const nodes = Object.values(writeApi(new Store(opened.records), stocked, () => 0));
  const all = (type) => nodes.filter((node) => node.class_type === type).map((node) => node.inputs);
  assert.equal(opened.format, 'infotext');
  assert.equal(all('CheckpointLoaderSimple')[0].ckpt_name, 'starter.safetensors');
  assert.deepEqual([all('LoraLoader')[0].strength_model, all('LoraLoader')[0].lora_name], [0.8, 'detail_tweaker.safetensors']);
  assert.equal(all('CLIPSetLastLayer')[0].stop_at_clip_layer, -2);
  assert.deepEqual(all('CLIPTextEncode').map(({ text }) => text.split('\n')[0]), ['a (cat:1.2), masterpiece,', 'dog, blurry']);
  assert.deepEqual([all('EmptyLatentImage')[0].width, all('EmptyLatentImage')[0].height], [512, 768]);
  const [first, second] = all('KSampler');
  assert.deepEqual([first.sampler_name, first.scheduler, first.steps, first.seed, first.cfg, first.denoise], ['dpmpp_2m', 'karras', 25, 1234, 6.5, 1]);
  assert.deepEqual([second.denoise, all('LatentUpscaleBy')[0].scale_by], [0.4, 2]);
  assert.deepEqual(opened.notes.map((note) => note.key), ['infotext.missing']);
});

test('a picture of A1111 becomes a workflow, as PNG and as JPEG with a comment in UTF-16', async () => {
  assert.equal((await openFile(png(chunk('tEXt', bytes(`parameters\0${INFOTEXT}`))), stocked)).format, 'infotext');
  const wide = Buffer.from(INFOTEXT, 'utf16le').swap16();
  const data = exif(0x10e, 'something', bytes('UNICODE\0', wide));
  const webp = bytes('RIFF', number(0), 'WEBP', 'EXIF', number(data.length, true), data);
  assert.equal((await openFile(new Uint8Array(webp), stocked)).format, 'infotext');
});

test('what was posted to a server opens by what it carries', () => {
  const posted = { prompt: { 1: { class_type: 'KSampler', inputs: {} } }, extra_data: { extra_pnginfo: { workflow: around(sampler({ title: 'drawn' })) } } };
  assert.equal(openJson(posted, catalogue).records.find((record) => record.kind === 'node').title, 'drawn');
  assert.equal(openJson({ prompt: posted.prompt }, catalogue).format, 'api');
  assert.ok(keyOf(openJson(posted, catalogue).records[0]));
});
