// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { weigh } from '../../web/editor/widgets/weights.js';

/** @param {string} marked a text with the selection between `|` @param {1 | -1} direction */
function weighed(marked, direction) {
  const [before = '', inner = '', after = ''] = marked.split('|');
  const parts = marked.split('|').length === 2 ? { text: before + inner, start: before.length, end: before.length } : { text: before + inner + after, start: before.length, end: (before + inner).length };
  const { text, start, end } = weigh(parts, direction);
  return `${text.slice(0, start)}|${text.slice(start, end)}|${text.slice(end)}`;
}

test('selected words get a bracket with their weight', () => {
  assert.equal(weighed('a |red house|, snow', 1), 'a |(red house:1.05)|, snow');
});

test('the word at the cursor counts where nothing is selected', () => {
  assert.equal(weighed('a red ho|use, snow', -1), 'a red |(house:0.95)|, snow');
});

test('a weight that is there is changed, and gone when it is 1', () => {
  assert.equal(weighed('(re|d:1.1)', 1), '|(red:1.15)|');
  assert.equal(weighed('|(red:1.05)|', -1), '|red|');
});

test('blanks at the ends of a selection stay outside', () => {
  assert.equal(weighed('a| red |b', 1), 'a |(red:1.05)| b');
});

test('between words there is nothing to weigh', () => {
  assert.equal(weighed('a, | b', 1), 'a, || b');
});
