// @ts-check
/** What the engine says is said in Chinese. tests/nodes/test_said_sentences.py holds that it says so. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, test } from 'node:test';
import { say, sayReason, useSentences } from '../../web/editor/lib/sentences.js';

const read = (/** @type {string} */ path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
const SPOKEN = read('../../web/editor/locales/zh/sentences.json');
const { inputs } = read('../../web/editor/locales/zh/vocabulary.json');
const titles = read('../../web/editor/locales/zh/titles.json');
const SAID = read('../data/said_sentences.json');

beforeEach(() => useSentences(SPOKEN, { class: titles, input: inputs }));
afterEach(() => useSentences({}));

/** The English words left in a text, besides what is quoted, names of files and folders, and of types.
 * @param {string} text */
const english = (text) => text.replace(/'[^']*'|“[^”]*”|models\/\w+|\b\S+\.(png|pt)\b/g, '').match(/\b[a-z]{2,}\b/g) ?? [];

test('every sentence of the engine is said in Chinese', () => {
  for (const sentence of SAID.sentences) {
    const left = english(say(sentence)).filter((word) => !['bilinear', 'area', 'input', 'temp'].includes(word));
    assert.deepEqual(left, [], say(sentence));
    assert.match(say(sentence), /[\u4e00-\u9fff]/, sentence);
  }
});

test('every reason of the engine is said in Chinese', () => {
  for (const reason of SAID.reasons) {
    assert.deepEqual(english(sayReason(reason)).filter((word) => word !== 'cfg'), [], sayReason(reason));
  }
});

test('classes and inputs are called as nodes show them', () => {
  assert.equal(
    say("EmptyLatentImage (node 3), input 'width': expected a whole number from 16 to 16384, got 9; the smallest is 16"),
    '空 Latent 图像（节点 3）的输入“宽度”：需要 16 到 16384 之间的整数，得到 9；最小为 16',
  );
});

test('what a node is called is said where somebody has named it', () => {
  useSentences(SPOKEN, { class: titles, input: inputs }, (type) => (type === 'CheckpointLoaderSimple' ? 'Load Checkpoint' : undefined));
  const sentence = (title) => `CheckpointLoaderSimple "${title}" (node 1): the job was cancelled`;
  assert.equal(say(sentence('Load Checkpoint')), '加载检查点（节点 1）：任务已取消');
  assert.equal(say(sentence('mine')), '加载检查点“mine”（节点 1）：任务已取消');
});

test('several reasons are said each, and commas in a prompt part nothing', () => {
  assert.equal(sayReason('seed: 1 → 2, upstream 4 made something new'), '种子：1 → 2，上游节点 4 的结果改变了');
  assert.equal(sayReason("text: 'a cat, first run' → 'a dog, first run'"), "文本：'a cat, first run' → 'a dog, first run'");
});

test('what has no known shape stays as it is', () => {
  for (const text of ['RuntimeError: mat1 and mat2 shapes cannot be multiplied', '', '内存不足']) assert.equal(say(text), text);
});

test('each line is said on its own', () => {
  assert.equal(say('the job was cancelled\nthe largest is 9'), '任务已取消\n最大为 9');
});

test('in English everything stays as the server says it', () => {
  useSentences({});
  assert.equal(say('the job was cancelled'), 'the job was cancelled');
  assert.equal(sayReason('first run'), 'first run');
});

test('a shape mentions only what stands in the sentence', () => {
  const facts = (/** @type {string} */ text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  for (const [shape, says] of [...SPOKEN.sentences, ...SPOKEN.reasons]) {
    assert.deepEqual(facts(says).filter((name) => !facts(shape).includes(name)), [], shape);
  }
});
