// What is written can be read: contrast of at least 4.5:1 in both themes, as WCAG 2 AA asks.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { contrast, fromHsl, mix, parseHex, toHsl } from '../../web/editor/render/colors.js';
import { Theme } from '../../web/editor/render/theme.js';

const styles = readFileSync(new URL('../../web/editor/styles/theme.css', import.meta.url), 'utf8');

/** The colours of a theme by name; light ones stand over the dark ones. */
function colors(light) {
  const blocks = styles.split(/^:root/m).slice(1);
  const used = light ? blocks : blocks.slice(0, 1);
  const pairs = used.flatMap((block) => [...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]+)/gi)]);
  return Object.fromEntries(pairs.map(([, name, value]) => [name, parseHex(value)]));
}

const PAIRS = [
  ['text', 'surface'], ['text', 'surface-raised'], ['text', 'surface-sunken'], ['text-muted', 'surface'],
  ['text-muted', 'surface-raised'], ['text-muted', 'surface-sunken'], ['accent-text', 'accent'],
  ['danger', 'surface'], ['warning', 'surface'], ['success', 'surface'], ['accent', 'surface'],
  ['node-text', 'node-body'], ['node-text', 'node-title'], ['node-text-muted', 'node-body'],
  ['node-text-muted', 'canvas-background'], ['field-text', 'field-background'],
  ['field-text-muted', 'field-background'], ['group-text', 'canvas-background'],
];

for (const light of [false, true]) {
  const name = light ? 'light' : 'dark';

  test(`text of the ${name} theme stands out from its ground`, () => {
    const found = colors(light);
    for (const [text, ground] of PAIRS) {
      const ratio = contrast(found[text], found[ground]);
      assert.ok(ratio >= 4.5, `${text} on ${ground}: ${ratio.toFixed(2)}`);
    }
  });

  test(`titles stand out in the ${name} theme, whatever colour a node is given`, () => {
    const found = colors(light);
    const theme = new Theme(found, 'sans-serif', 'monospace');
    const read = (text) => text.match(/\d+/g).map(Number);
    for (let hue = 0; hue < 360; hue += 15) {
      for (const lightness of [0.05, 0.2, 0.5, 0.8, 0.95]) {
        const color = `#${fromHsl(hue, 0.9, lightness).map((one) => one.toString(16).padStart(2, '0')).join('')}`;
        for (const mode of [0, 4]) {
          const paint = theme.paintOf({ color, bgcolor: null, outputs: [], inputs: [], mode, type: 'Any' });
          assert.ok(contrast(found['node-text'], read(paint.title)) >= 4.5, `${color} ${mode}`);
          assert.ok(contrast(found['node-text-muted'], read(paint.body)) >= 4.5, `${color} ${mode}`);
          assert.ok(contrast(found['field-text-muted'], read(paint.field)) >= 4.5, `${color} ${mode}`);
        }
      }
    }
  });
}

test('colours are read, turned and mixed as CSS does', () => {
  assert.deepEqual(parseHex('#123'), [17, 34, 51]);
  assert.deepEqual(parseHex('#8040C0ff'), [128, 64, 192]);
  for (const wrong of ['', 'red', '#12', '#12345']) assert.equal(parseHex(wrong), null);
  for (const color of [[128, 64, 192], [0, 0, 0], [255, 255, 255], [10, 200, 30]]) {
    const { hue, saturation, lightness } = toHsl(color);
    assert.deepEqual(fromHsl(hue, saturation, lightness), color);
  }
  assert.deepEqual(mix([0, 0, 0], [200, 100, 50], 0.5), [100, 50, 25]);
  assert.equal(contrast([0, 0, 0], [255, 255, 255]), 21);
});
