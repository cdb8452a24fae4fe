import assert from 'node:assert/strict';
import { test } from 'node:test';

import { addWhole, longInteger, parseJson, writeJson } from '../../web/editor/lib/exact.js';

const LARGEST = '18446744073709551615';

test('whole numbers of any length go through JSON unchanged', () => {
  const text = `{"seed":${LARGEST},"list":[-9223372036854775808,9007199254740993,5],"text":"no 12345678901234567890 \\" 98765432109876543210","time":1795280362356}`;
  assert.equal(writeJson(parseJson(text)), text);
  assert.equal(parseJson(text).seed, 18446744073709551615n);
  assert.equal(parseJson(text).list[2], 5);
});

test('long numbers with a fraction or an exponent stay numbers', () => {
  assert.equal(parseJson('[1234567890123456789.5, 12345678901234567890e2, 0.12345678901234567890]').every((one) => typeof one === 'number'), true);
});

test('writing them elsewhere loses digits, but is no error', () => {
  assert.equal(JSON.stringify({ seed: 18446744073709551615n }), '{"seed":18446744073709552000}');
});

test('a step up or down keeps every digit and stays in the range', () => {
  const range = { min: 0, max: Number(LARGEST) };
  assert.equal(addWhole(18446744073709551613n, 1, range), 18446744073709551614n);
  assert.equal(addWhole(18446744073709551615n, 1, range), 18446744073709551615n);
  assert.equal(addWhole(9007199254740992n, -1, range), 9007199254740991);
  assert.equal(addWhole(3, -5, range), 0);
  assert.equal(addWhole(2 ** 65, 0, range), 18446744073709551615n);
});

test('a long number is taken as it is typed', () => {
  assert.equal(longInteger(` ${LARGEST} `), 18446744073709551615n);
  assert.equal(longInteger('1234'), null);
  assert.equal(longInteger('12345678901234567890*2'), null);
});
