import assert from 'node:assert/strict';
import { test } from 'node:test';

import { suggest } from '../../web/editor/widgets/completion.js';

const NAMES = { embeddings: ['easynegative', 'bad/hands-5'], loras: ['detail', 'styles/ink'], wildcards: ['colors', 'animals/cats'] };
const texts = (before) => suggest(before, NAMES).found.map(({ text }) => text);

test('embeddings are completed behind their word, best first', () => {
  assert.deepEqual(texts('a cat, embedding:'), ['embedding:easynegative', 'embedding:bad/hands-5']);
  assert.deepEqual(texts('a cat, embedding:hands'), ['embedding:bad/hands-5']);
  assert.equal(suggest('a cat, embedding:hands', NAMES).from, 7);
});

test('an embedding is also found by the beginning of its name alone, but not by two letters', () => {
  assert.deepEqual(texts('a cat, easy'), ['embedding:easynegative']);
  assert.deepEqual(texts('a cat, ea'), []);
  assert.deepEqual(texts('a cat, negative'), []);
});

test('LoRAs are written with their weight', () => {
  assert.deepEqual(texts('photo <lora:ink'), ['<lora:styles/ink:1>']);
  assert.deepEqual(texts('photo <lora:ink:0.8> '), []);
});

test('wildcards are completed between underscores and as choices in braces', () => {
  assert.deepEqual(texts('a __col'), ['__colors__']);
  assert.deepEqual(texts('a __'), ['__colors__', '__animals/cats__']);
  assert.deepEqual(texts('a {red|cats'), ['__animals/cats__']);
  assert.deepEqual(texts('a {'), ['__colors__', '__animals/cats__']);
});

test('finished words are left alone', () => {
  assert.deepEqual(texts('a __colors__ '), []);
  assert.deepEqual(texts('snake__case'), []);
  assert.deepEqual(texts(''), []);
});
