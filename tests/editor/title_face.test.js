// What is drawn into a title leaves the room where the state of the run is drawn over it.

import assert from 'node:assert/strict';
import test from 'node:test';

import { drawTitle } from '../../web/editor/render/title_face.js';

/** A context that notes how far to the right anything reaches. */
function measuring() {
  const reached = [0];
  const context = {
    beginPath() {}, closePath() {}, fill() {}, stroke() {}, moveTo() {},
    lineTo: (x) => reached.push(x),
    roundRect: (x, y, width) => reached.push(x + width),
    measureText: (text) => ({ width: text.length * 7 }),
    fillText: (text, x) => context.textAlign === 'left' && reached.push(x + text.length * 7),
  };
  return { context, furthest: () => Math.max(...reached) };
}

test('a name, a badge and a pin leave the corner of a title to the state of the run', () => {
  for (const record of [
    { title: 'a name that is much too long for this node', mode: 0, pinned: false },
    { title: 'Unknown', mode: 0, pinned: true },
    { title: 'Unknown', mode: 4, pinned: true },
  ]) {
    for (const definition of [undefined, { title: '' }]) {
      const { context, furthest } = measuring();
      const theme = { css: {}, titleFont: '', smallFont: '' };
      const words = { muted: 'Muted', bypassed: 'Bypassed', missing: 'Missing' };
      drawTitle({ context, theme, words, paint: {}, writes: true }, { record, definition, layout: { width: 200, shape: 'full' } });
      assert.ok(furthest() <= 200 - 24, `${furthest()}`);
    }
  }
});
