import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseMarkdown, runsOf, safeLink } from '../../web/editor/lib/markdown.js';
import { layoutNote } from '../../web/editor/view/note_layout.js';

test('headings, lists, quotes, code, rules and paragraphs are told apart', () => {
  const text = '# One\n\nA line\nand more\n- a\n  - b\n3. c\n> said\n\n---\n```js\nlet a = 1; // **no**\n```';
  assert.deepEqual(parseMarkdown(text).map(({ kind }) => kind), ['heading', 'paragraph', 'item', 'item', 'item', 'quote', 'rule', 'code']);
  const [, paragraph, , inner, numbered] = parseMarkdown(text);
  assert.deepEqual(paragraph, { kind: 'paragraph', runs: [{ text: 'A line and more' }] });
  assert.deepEqual(inner, { kind: 'item', depth: 1, marker: '•', runs: [{ text: 'b' }] });
  assert.equal(numbered.marker, '3.');
});

test('bold, italic and code nest, and names with underscores stay as they are', () => {
  assert.deepEqual(runsOf('a **b *c*** `d*e`'), [{ text: 'a ' }, { text: 'b ', bold: true }, { text: 'c', bold: true, italic: true }, { text: ' ' }, { text: 'd*e', code: true }]);
  assert.deepEqual(runsOf('clip_skip_2 and 2 * 3 * 4'), [{ text: 'clip_skip_2 and 2 * 3 * 4' }]);
});

test('links that could run something are only text', () => {
  assert.equal(safeLink('javascript:alert(1)'), null);
  assert.equal(safeLink('data:text/html,x'), null);
  assert.equal(safeLink('https://example.org/a'), 'https://example.org/a');
  assert.deepEqual(runsOf('[x](javascript:alert)'), [{ text: 'x' }]);
  assert.equal(runsOf('see https://example.org.')[1].href.startsWith('https://example.org'), true);
});

test('words that do not fit go to the next line, and Chinese breaks anywhere', () => {
  const measure = (text) => text.length * 10;
  const { pieces } = layoutNote('aaa bbb ccc', 75, measure);
  assert.deepEqual(pieces.filter(({ text }) => text.trim()).map(({ text, x }) => [text, x]), [['aaa', 0], ['bbb', 40], ['ccc', 0]]);
  const chinese = layoutNote('一二三四五', 20, measure).pieces;
  assert.equal(new Set(chinese.map(({ y }) => y)).size, 3);
});
