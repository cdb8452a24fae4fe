// @ts-check
/** Templates in the reader's language. */

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { titled } from '../../web/editor/net/templates.js';

const ROOT = new URL('../../', import.meta.url);
const read = (/** @type {string} */ path) => JSON.parse(readFileSync(new URL(path, ROOT), 'utf8'));
const TITLES = read('web/editor/locales/zh/template_titles.json');
const FILES = readdirSync(new URL('workflows/', ROOT)).filter((name) => name.endsWith('.json'));
const titlesOf = (/** @type {any} */ json) => [...json.nodes, ...json.groups].flatMap(({ title }) => (title ? [title] : []));

const withoutTitles = (/** @type {unknown} */ json) => JSON.stringify(json, (key, value) => (key === 'title' ? undefined : value));

test('every title in a template has its Chinese, and no other has', () => {
  const used = new Set(FILES.flatMap((name) => titlesOf(read(`workflows/${name}`))));
  assert.deepEqual(Object.keys(TITLES).sort(), [...used].sort());
});

test('nothing but titles changes', () => {
  for (const name of FILES) {
    const json = read(`workflows/${name}`);
    const chinese = /** @type {any} */ (titled(json, TITLES));
    for (const title of titlesOf(chinese)) assert.match(title, /\p{Script=Han}/u);
    assert.equal(withoutTitles(chinese), withoutTitles(json));
  }
});
