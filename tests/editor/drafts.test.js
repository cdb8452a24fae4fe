import assert from 'node:assert/strict';
import test from 'node:test';

import { writeUi } from '../../web/editor/formats/ui_writer.js';
import { keyOf } from '../../web/editor/model/keys.js';
import { Store } from '../../web/editor/model/store.js';
import { parseJson, writeJson } from '../../web/editor/lib/exact.js';
import { Pending, allOf, replay } from '../../web/editor/session/draft_journal.js';
import { uuid } from '../../web/editor/lib/uuid.js';
import { Bench, catalogue, seeded, textToImage } from './support/bench.js';
import { RandomEdits } from './support/random_edits.js';

test('a draft of a base and its steps is the workflow, in the same order, whatever was edited and undone', () => {
  const bench = new Bench();
  textToImage(bench);
  const { store, history } = bench;
  const random = seeded(11);
  const chance = new RandomEdits(bench, random);
  const baseOf = () => writeJson(allOf(store).map((record) => [keyOf(record), record]));
  const base = baseOf();
  const pending = new Pending();
  store.subscribe((diff) => pending.add(diff));
  const steps = [];
  for (let number = 0; number < 600; number += 1) {
    if (random() < 0.25) history.undo();
    else chance.step();
    if (random() < 0.3) steps.push(writeJson(pending.take()));
  }
  steps.push(writeJson(pending.take()));
  assert.deepEqual(pending.take(), []);
  const found = new Store(replay(parseJson(base), steps.map((step) => parseJson(step))));
  assert.ok(found.records.size > 20);
  assert.deepEqual(allOf(found), parseJson(writeJson(allOf(store))));
  assert.deepEqual(writeUi(found, catalogue), writeUi(store, catalogue));
});

test('names are as random as they look where the browser makes none', () => {
  const made = crypto.randomUUID;
  Object.defineProperty(crypto, 'randomUUID', { value: undefined, configurable: true });
  try {
    assert.match(uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.notEqual(uuid(), uuid());
  } finally {
    Object.defineProperty(crypto, 'randomUUID', { value: made, configurable: true });
  }
});
