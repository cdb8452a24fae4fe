// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Actions } from '../../web/editor/actions/registry.js';
import { keyOfEvent } from '../../web/editor/actions/keymap.js';
import { CLIPBOARD_ACTIONS } from '../../web/editor/actions/clipboard_actions.js';
import { GRAPH_ACTIONS } from '../../web/editor/actions/graph_actions.js';
import { GROUP_ACTIONS } from '../../web/editor/actions/group_actions.js';
import { VIEW_ACTIONS } from '../../web/editor/actions/view_actions.js';

const ALL = [...GRAPH_ACTIONS, ...GROUP_ACTIONS, ...CLIPBOARD_ACTIONS, ...VIEW_ACTIONS];
const editor = /** @type {any} */ ({});

/** @param {string} key @param {object} [held] */
const stroke = (key, held = {}) => keyOfEvent({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });

test('keys are written in one way', () => {
  assert.equal(stroke('b', { ctrlKey: true }), 'Ctrl+B');
  assert.equal(stroke('b', { metaKey: true }), 'Ctrl+B');
  assert.equal(stroke('V', { ctrlKey: true, shiftKey: true }), 'Ctrl+Shift+V');
  assert.equal(stroke('?', { shiftKey: true }), '?');
  assert.equal(stroke('ç', { altKey: true, code: 'KeyC' }), 'Alt+C');
});

test('no two actions have the same id, and none has the keys of another', () => {
  new Actions().add(ALL);
  const keys = ALL.flatMap((action) => action.keys ?? []);
  assert.deepEqual(keys.filter((key, index) => keys.indexOf(key) !== index), []);
});

test('every default of the canvas is there', () => {
  const keys = ALL.flatMap((action) => action.keys ?? []);
  const wanted = ['Ctrl+A', 'Ctrl+C', 'Ctrl+V', 'Ctrl+Shift+V', 'Delete', 'Backspace', 'Alt+C', 'Ctrl+M', 'Ctrl+B', 'P', 'Ctrl+G', 'Alt+=', 'Alt+-', '.', 'F'];
  for (const key of wanted) assert.ok(keys.includes(key), key);
});

/** @param {string[]} log @param {boolean} [can] */
function twoActions(log, can = true) {
  const actions = new Actions();
  actions.add([
    { id: 'one', labelKey: '', keys: ['A'], when: () => can, run: () => log.push('one') },
    { id: 'two', labelKey: '', keys: ['B'], run: () => log.push('two') },
  ]);
  return actions;
}

test('an action that is given keys takes them from the one that had them', () => {
  const actions = twoActions([]);
  actions.bind('two', ['A', 'C']);
  assert.equal(actions.forKeys('A', editor)?.id, 'two');
  assert.deepEqual(actions.keysOf('one'), []);
  assert.equal(actions.forKeys('B', editor), undefined);
  actions.unbind();
  assert.equal(actions.forKeys('A', editor)?.id, 'one');
});

test('bindings are kept, and what is no binding is left out', () => {
  const [before, after] = [twoActions([]), twoActions([])];
  before.bind('one', ['Ctrl+1']);
  after.restore(JSON.parse(JSON.stringify({ ...before.bindings, two: 7 })));
  assert.deepEqual(after.keysOf('one'), ['Ctrl+1']);
  assert.deepEqual(after.keysOf('two'), ['B']);
});

test('an action that cannot be done now does nothing', () => {
  /** @type {string[]} */
  const log = [];
  assert.equal(twoActions(log, false).run('one', editor), false);
  assert.deepEqual(log, []);
});
