// The templates that ComfyUI ships, 644 of version 0.4: they open, and are saved with the same meaning.
// TEMPLATES names the folder that they are in; tests/test_editor.py finds it.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { Catalogue } from '../../web/editor/model/catalogue.js';
import { ROOT } from '../../web/editor/model/records.js';
import { arrange } from '../../web/editor/model/edits.js';
import { Store } from '../../web/editor/model/store.js';
import { missingFrom } from '../../web/editor/model/missing.js';
import { readUi } from '../../web/editor/formats/ui_reader.js';
import { writeUi } from '../../web/editor/formats/ui_writer.js';
import { catalogue } from './support/bench.js';
import { meaning } from './support/same_meaning.js';

const folder = process.env.TEMPLATES;
const isTemplate = (file) => file.endsWith('.json') && !path.basename(file).startsWith('index') && path.basename(file) !== 'fuse_options.json';
const files = folder ? readdirSync(folder, { recursive: true }).filter(isTemplate).sort() : [];
const parse = (file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
const saved = (store, known) => JSON.parse(JSON.stringify(writeUi(store, known)));

test('there are 644 templates', { skip: !folder }, () => {
  assert.equal(files.length, 644);
});

for (const [known, name] of [[catalogue, 'with most classes known'], [new Catalogue({}), 'with no class known']]) {
  test(`every template is saved with the same meaning as it was opened with, ${name}`, { skip: !folder }, () => {
    for (const file of files) {
      const document = parse(file);
      const store = new Store(readUi(document, known));
      assert.deepEqual(document, parse(file), `${file}: opening changed the document`);
      assert.deepStrictEqual(meaning(saved(store, known)), meaning(document), file);
    }
  });
}

test('a template that has been saved once is saved the same again', { skip: !folder }, () => {
  for (const file of files) {
    const once = saved(new Store(readUi(parse(file), catalogue)), catalogue);
    assert.deepStrictEqual(saved(new Store(readUi(once, catalogue)), catalogue), once, file);
  }
});

test('every template can be arranged, and be asked what it lacks', { skip: !folder }, () => {
  for (const file of files) {
    const store = new Store(readUi(parse(file), catalogue));
    store.transact('arrange', (tx) => arrange(tx, ROOT));
    for (const node of store.all('node', ROOT)) assert.ok(Number.isFinite(node.x) && Number.isFinite(node.y), file);
    assert.ok(missingFrom(store, catalogue).files.every(({ nearest }) => nearest === null || typeof nearest === 'string'));
  }
});
