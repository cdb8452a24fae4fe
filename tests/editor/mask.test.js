import assert from 'node:assert/strict';
import { test } from 'node:test';

import { falloff, Painting } from '../../web/editor/widgets/mask/painting.js';

const HARD = { size: 10, hardness: 1, opacity: 1, erases: false };
const at = (painting, x, y) => painting.mask[y * painting.width + x];
const dab = (x, y, pressure = 1) => ({ x, y, pressure });

function stroke(painting, brush, ...dabs) {
  painting.begin(brush, dabs[0]);
  for (const one of dabs.slice(1)) painting.lineTo(one);
  painting.end();
}

test('a hard stroke masks what lies under it and nothing else', () => {
  const painting = new Painting(60, 40);
  stroke(painting, HARD, dab(10, 20), dab(50, 20));
  assert.equal(at(painting, 30, 20), 255);
  assert.equal(at(painting, 30, 23), 255);
  assert.equal(at(painting, 30, 26), 0);
  assert.equal(at(painting, 2, 20), 0);
});

test('a stroke that crosses itself is nowhere darker than its opacity', () => {
  const painting = new Painting(40, 40);
  stroke(painting, { ...HARD, opacity: 0.5 }, dab(5, 20), dab(35, 20), dab(5, 20), dab(20, 5), dab(20, 35));
  assert.equal(Math.max(...painting.mask), 128);
  stroke(painting, { ...HARD, opacity: 0.5 }, dab(20, 20));
  assert.equal(at(painting, 20, 20), 192);
});

test('the eraser takes away as much as its opacity says', () => {
  const painting = new Painting(20, 20);
  painting.fill(255);
  stroke(painting, { ...HARD, erases: true, opacity: 0.5 }, dab(10, 10));
  assert.equal(at(painting, 10, 10), 128);
  assert.equal(at(painting, 0, 0), 255);
});

test('a soft brush fades towards its edge, a hard one does not', () => {
  assert.equal(falloff(0, 10, 0), 1);
  assert.ok(falloff(5, 10, 0) > 0.4 && falloff(5, 10, 0) < 0.6);
  assert.equal(falloff(5, 10, 1), 1);
  assert.equal(falloff(10, 10, 0), 0);
  assert.equal(falloff(11, 10, 1), 0);
});

test('a lighter touch of the pen is a thinner line', () => {
  const painting = new Painting(60, 40);
  stroke(painting, { ...HARD, size: 20 }, dab(5, 20, 0.2), dab(55, 20, 1));
  assert.equal(at(painting, 8, 26), 0);
  assert.equal(at(painting, 50, 26), 255);
});

test('undo and redo bring back every pixel, whatever was done', () => {
  const painting = new Painting(30, 30);
  const seen = [painting.mask.slice()];
  for (const change of [
    () => stroke(painting, HARD, dab(3, 3), dab(28, 28)),
    () => painting.invert(),
    () => stroke(painting, { ...HARD, erases: true, hardness: 0.3 }, dab(15, 15), dab(40, -5)),
    () => painting.fill(0),
  ]) {
    change();
    seen.push(painting.mask.slice());
  }
  for (const mask of seen.slice(0, -1).reverse()) {
    assert.notEqual(painting.undo(), null);
    assert.deepEqual(painting.mask, mask);
  }
  assert.equal(painting.undo(), null);
  for (const mask of seen.slice(1)) {
    painting.redo();
    assert.deepEqual(painting.mask, mask);
  }
});

test('a cancelled stroke leaves no trace, not even in the steps', () => {
  const painting = new Painting(30, 30);
  painting.begin(HARD, dab(10, 10));
  painting.cancel();
  assert.equal(Math.max(...painting.mask), 0);
  assert.equal(painting.canUndo, false);
});
