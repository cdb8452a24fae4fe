// @ts-check
/** Every text is there in every language, and whatever the editor asks for is a text. */

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { en } from '../../web/editor/lib/words/en.js';
import { zh } from '../../web/editor/lib/words/zh.js';

const ROOT = new URL('../../web/editor/', import.meta.url);
const KEY = /(?<![\w/.])t\('([\w.]+)'|labelKey: '([\w.]+)'|'((?:rules|formats|infotext|tools)\.\w+)'/g;

function sources() {
  const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' });
  return files.filter((path) => path.endsWith('.js') && !path.startsWith('node_modules') && !path.startsWith('lib/words/'));
}

test('every language has the same texts, none of them empty', () => {
  assert.deepEqual(Object.keys(zh).sort(), Object.keys(en).sort());
  for (const text of [...Object.values(en), ...Object.values(zh)]) assert.notEqual(text.trim(), '');
});

test('a text mentions the same facts in every language', () => {
  const facts = (/** @type {string} */ text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
  for (const [key, text] of Object.entries(en)) {
    assert.deepEqual(facts(zh[/** @type {keyof typeof en} */ (key)]), facts(text), key);
  }
});

test('every text that a source asks for by name is there', () => {
  const missing = sources().flatMap((path) => {
    const asked = [...readFileSync(new URL(path, ROOT), 'utf8').matchAll(KEY)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
    return asked.filter((key) => !Object.hasOwn(en, key)).map((key) => `${path}: ${key}`);
  });
  assert.deepEqual(missing, []);
});

test('no text is kept that nothing asks for', () => {
  const source = [...sources().map((path) => readFileSync(new URL(path, ROOT), 'utf8')), readFileSync(new URL('index.html', ROOT), 'utf8')].join('\n');
  const beginnings = [...source.matchAll(/`([\w.]+\.)\$\{/g)].map(([, beginning]) => beginning ?? '');
  const isAsked = (/** @type {string} */ key) =>
    source.includes(`'${key}'`) || source.includes(`"${key}"`) || beginnings.some((beginning) => key.startsWith(beginning));
  assert.deepEqual(Object.keys(en).filter((key) => !isAsked(key)), []);
});
