import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseMarkdown } from '../../web/editor/lib/markdown.js';
import { runsOf, safeLink, safePicture } from '../../web/editor/lib/markdown_runs.js';
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

test('pictures of this server and small ones in the text are shown, others are links', () => {
  const page = 'http://localhost:8188/';
  assert.equal(safePicture('/view?filename=a.png', page), 'http://localhost:8188/view?filename=a.png');
  assert.equal(safePicture('data:image/png;base64,iVBORw0KGgo=', page), 'data:image/png;base64,iVBORw0KGgo=');
  const refused = [
    'https://example.org/a.png', '//example.org/a.png', '/\\example.org/a.png', 'http://localhost:8189/a.png', 'javascript:alert(1)', 'file:///etc/passwd',
    'data:image/svg+xml;base64,PHN2Zz4=', 'data:text/html;base64,PHA+', 'data:image/png,plain', `data:image/png;base64,${'A'.repeat(2_000_001)}`,
  ];
  for (const one of refused) assert.equal(safePicture(one, page), null, one.slice(0, 60));
  assert.deepEqual(runsOf('![cat](https://example.org/a.png)'), [{ text: '▣ cat', href: 'https://example.org/a.png' }]);
  assert.equal(runsOf('a ![cat](/view?filename=a.png) b')[1].picture, 'http://localhost/view?filename=a.png');
  assert.deepEqual(runsOf('[![cat](/a.png)](https://example.org/)'), [{ text: '▣ cat', href: 'https://example.org/', picture: 'http://localhost/a.png' }]);
  assert.deepEqual(runsOf('<img src=x onerror=alert(1)>'), [{ text: '<img src=x onerror=alert(1)>' }]);
});

test('a picture has the place that it needs once it is there, and its name until then', () => {
  const measure = (text) => text.length * 10;
  const text = 'before ![cat](/a.png) after';
  const waiting = layoutNote(text, 400, measure, () => null).pieces;
  assert.ok(waiting.some(({ text }) => text === 'cat'));
  const { pieces } = layoutNote(text, 400, measure, () => ({ w: 800, h: 400 }));
  const picture = pieces.find((one) => one.picture);
  assert.deepEqual([picture.x, picture.w, picture.h], [0, 400, 200]);
  const after = pieces.find(({ text }) => text === 'after');
  assert.ok(after.y >= picture.y + picture.h);
});

test('tables have columns, aligned as they say, and none is wider than the note', () => {
  const measure = (text) => text.length * 10;
  const text = 'words\n\n| a | b |\n|:--|--:|\n| one | **2** |\n| a\\|b | long long long long long |';
  const [, table] = parseMarkdown(text);
  assert.deepEqual([table.kind, table.aligns, table.rows.length], ['table', ['left', 'right'], 3]);
  assert.deepEqual(table.rows[1][1], [{ text: '2', bold: true }]);
  assert.deepEqual(table.rows[2][0], [{ text: 'a|b' }]);
  const { pieces } = layoutNote(text, 160, measure);
  const two = pieces.find(({ text }) => text === '2');
  assert.equal(two.x + two.w, 154);
  for (const { x, w, text: word } of pieces) assert.ok(!word.trim() || (x >= 0 && x + w <= 160), word);
  assert.deepEqual(parseMarkdown('a | b\nc').map(({ kind }) => kind), ['paragraph']);
});

test('items and quotes go on in the next line, boxes are ticked, and breaks are kept', () => {
  assert.deepEqual(parseMarkdown('- one\n  more\n- [x] done\n- [ ] open').map(({ marker, runs }) => [marker, runs[0].text]), [['•', 'one more'], ['☑', 'done'], ['☐', 'open']]);
  assert.deepEqual(parseMarkdown('> a\n> b').map(({ runs }) => runs[0].text), ['a b']);
  assert.deepEqual(parseMarkdown('a  \nb')[0].runs, [{ text: 'a' }, { text: '\n' }, { text: 'b' }]);
  assert.deepEqual(runsOf('a<br>b'), [{ text: 'a' }, { text: '\n' }, { text: 'b' }]);
  assert.deepEqual(runsOf('\\*not\\* ~~gone~~ ``a`b``'), [{ text: '*not* ' }, { text: 'gone', struck: true }, { text: ' ' }, { text: 'a`b', code: true }]);
});
