// What ComfyUI's editor makes of 51 of its templates, and the server of them all: ours is the same.

import assert from 'node:assert/strict';
import test from 'node:test';

import { readApi } from '../../web/editor/formats/api_reader.js';
import { writeApi } from '../../web/editor/formats/api_writer.js';
import { readUi } from '../../web/editor/formats/ui_reader.js';
import { writeUi } from '../../web/editor/formats/ui_writer.js';
import { Store } from '../../web/editor/model/store.js';
import { catalogue, pairs } from './support/bench.js';

const convert = (document) => writeApi(new Store(readUi(document, catalogue)), catalogue, () => 0);

for (const { name, document, prompt } of pairs()) {
  test(`${name} becomes what ComfyUI's editor makes of it`, () => {
    assert.deepEqual(convert(document), prompt);
  });

  test(`${name} becomes the same after it has been saved and opened again`, () => {
    const saved = writeUi(new Store(readUi(document, catalogue)), catalogue);
    assert.deepEqual(convert(JSON.parse(JSON.stringify(saved))), prompt);
  });

  test(`${name} becomes the same when links are written in the newer way`, () => {
    const keys = ['id', 'origin_id', 'origin_slot', 'target_id', 'target_slot', 'type'];
    const links = document.links.map((link) => Object.fromEntries(keys.map((key, i) => [key, link[i]])));
    assert.deepEqual(convert({ ...document, version: 1, links }), prompt);
  });

  test(`${name} survives being opened in API format`, () => {
    const plain = Object.fromEntries(Object.entries(prompt).map(([id, { _meta, ...node }]) => [id, node]));
    const again = writeApi(new Store(readApi(prompt, catalogue)), catalogue, () => 0);
    for (const [id, node] of Object.entries(plain)) {
      assert.equal(again[id].class_type, node.class_type);
      for (const [input, value] of Object.entries(node.inputs)) assert.deepEqual(again[id].inputs[input], value, `${id} ${input}`);
    }
  });
}
