import assert from 'node:assert/strict';
import test from 'node:test';

import { evaluate, fit } from '../../web/editor/lib/arithmetic.js';
import { equal } from '../../web/editor/lib/json.js';
import { nearest } from '../../web/editor/lib/nearest.js';
import { catalogue } from './support/bench.js';

for (const [text, value] of [
  ['512*1.5', 768], ['(1024-64)/8', 120], ['2^10', 1024], ['2^3^2', 512], ['-2^2', -4], ['7 % 4', 3], ['-1 % 8', 7],
  ['1e3+.5', 1000.5], ['1,5', 1.5], ['3 × 4 ÷ 2', 6], ['--3', 3], [' 42 ', 42], ['2**3', 8], ['2^-1', 0.5],
  ['', null], ['1+', null], ['(1', null], ['1)', null], ['2 3', null], ['1/0', null], ['alert(1)', null], ['1..2', null],
  ['('.repeat(5000) + '1' + ')'.repeat(5000), null], ['-'.repeat(5000) + '1', null],
]) {
  const shown = text.length > 20 ? `${text.slice(0, 3)}… (${text.length} letters)` : text;
  test(`"${shown}" is ${value === null ? 'no arithmetic' : value}`, () => assert.equal(evaluate(text), value));
}

test('a number is brought into range and onto steps without rounding errors', () => {
  assert.equal(fit(0.1 + 0.2, { min: 0, max: 1, round: 0.01 }), 0.3);
  assert.equal(fit(515, { min: 16, max: 512, round: 8 }), 512);
  assert.equal(fit(0.123456, { min: 0, max: 1, round: 0 }), 0.123456);
  assert.equal(fit(2.6, { min: -5, max: 5, round: 1 }), 3);
});

for (const [query, first] of [
  ['ksampler', 'KSampler'], ['ksamp adv', 'KSamplerAdvanced'], ['load image', 'LoadImage'], ['ckpt', 'CheckpointLoaderSimple'],
  ['prompt', 'CLIPTextEncode'], ['vae dec', 'VAEDecode'], ['vd', 'VAEDecode'], ['save im', 'SaveImage'], ['comment', 'Note'], ['KSAMPLER', 'KSampler'],
]) {
  test(`a search for "${query}" finds ${first} first`, () => assert.equal(catalogue.search(query)[0]?.name, first));
}

test('a search for what fits a link finds only classes that it can go to', () => {
  const found = catalogue.search('', { fitting: { type: 'LATENT', side: 'input' } });
  assert.ok(found.some((definition) => definition.name === 'VAEDecode'));
  assert.ok(found.every((definition) => definition.inputs.some((input) => /\*|LATENT/.test(input.type))));
  assert.deepEqual(catalogue.search('zzzz qqqq'), []);
});

test('the nearest name is found over folders, endings and spelling, and none where none is like it', () => {
  const names = ['sd_xl_base_1.0.safetensors', 'SD15/v1-5-pruned-emaonly.safetensors', 'flux1-dev-fp8.safetensors'];
  assert.equal(nearest('v1-5-pruned-emaonly-fp16.ckpt', names), names[1]);
  assert.equal(nearest('sdxl\\sd_xl_base_1.0_0.9vae.safetensors', names), names[0]);
  assert.equal(nearest('wan2.2_ti2v_5B.safetensors', names), null);
  assert.equal(nearest('anything', []), null);
});

test('values are equal by what they mean', () => {
  assert.ok(equal({ a: [1, { b: null }], c: -0 }, { c: 0, a: [1, { b: null }] }));
  assert.ok(!equal([1], { 0: 1 }));
  assert.ok(!equal({ a: undefined }, { b: undefined }));
});
