// @ts-check
/** What is foreseen of a run, how long it still takes, and what is said of values. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readForecast } from '../../web/editor/net/forecast.js';
import { RunState } from '../../web/editor/net/run_state.js';
import { linesOf, sourceIn } from '../../web/editor/net/values.js';
import { findEarlier } from '../../web/editor/session/earlier.js';
import { estimate } from '../../web/editor/ui/estimate.js';

test('a node that stands for a subgraph runs if anything in it does', () => {
  const { nodes } = readForecast({}, { nodes: {
    '5:1': { prospect: 'cached', seconds: 1 }, '5:2': { prospect: 'runs', reason: 'first run', seconds: null }, '5:3': { prospect: 'depends', seconds: 2 },
  } });
  assert.deepEqual(nodes.get('5'), { prospect: 'runs', reason: 'first run', seconds: 3 });
  assert.deepEqual([...nodes.keys()].sort(), ['5', '5:1', '5:2', '5:3']);
  assert.equal(nodes.get('5:1')?.prospect, 'cached');
});

test('a refusal tells which input has something wrong', () => {
  const { problems } = readForecast({}, { node_errors: {
    3: { errors: [{ message: 'no such sampler', extra_info: { input_name: 'sampler_name' } }] },
    '5:1': { errors: [{ message: 'inside', extra_info: { input_name: 'x' } }] },
  } });
  assert.deepEqual(problems.get('3'), [{ input: 'sampler_name', message: 'no such sampler' }]);
  assert.deepEqual(problems.get('5'), [{ input: '', message: 'inside' }]);
  assert.deepEqual(problems.get('5:1'), [{ input: 'x', message: 'inside' }]);
});

test('marks of a refusal go once there is nothing wrong any more', () => {
  const run = new RunState();
  run.refuse({ 3: { errors: [{ message: 'bad' }] }, 4: { errors: [{ message: 'worse' }] } });
  run.mend(new Map([['4', []]]));
  assert.deepEqual([run.get('3').status, run.get('4').status], ['idle', 'invalid']);
});

test('a node that stands for a subgraph fares as the nodes within it do', () => {
  const run = new RunState();
  /** @type {string[]} */
  const touched = [];
  run.subscribe((nodes) => touched.push(...nodes));
  run.follow('job');
  const tell = (/** @type {string} */ type, /** @type {object} */ data) => run.hear(type, { prompt_id: 'job', ...data });
  tell('execution_start', { nodes: ['5:1', '5:2:7'] });
  assert.equal(run.get('5').status, 'waiting');
  tell('progress', { node: '5:2:7', value: 1, max: 4 });
  assert.deepEqual([run.get('5').progress, run.get('5:2').status, run.get('5:1').status], [0.25, 'running', 'waiting']);
  assert.ok(touched.includes('5') && touched.includes('5:2'));
  tell('node_finished', { node: '5:2:7', seconds: 2 });
  assert.equal(run.get('5').status, 'running', 'one of two is done');
  tell('node_finished', { node: '5:1', seconds: 1 });
  assert.deepEqual([run.get('5').status, run.get('5').seconds], ['done', 3]);
  assert.deepEqual([...run.all()].map(([node]) => node).sort(), ['5:1', '5:2:7'], 'nothing counts twice');
});

test('a workflow that is opened again finds the newest job that did the same', async () => {
  const prompt = { 3: { class_type: 'A', inputs: { seed: 2n ** 63n, b: 1 } }, 4: { class_type: 'B', inputs: { x: ['3', 0] } } };
  const entry = (/** @type {object} */ sent, status = 'success') => ({ prompt: [0, '', sent, {}, []], status: { status_str: status } });
  const same = { 4: prompt[4], 3: { _meta: { title: 'A' }, class_type: 'A', inputs: { b: 1, seed: 2n ** 63n } } };
  const history = { old: entry(same), same: entry(same), other: entry({ ...prompt, 3: { class_type: 'A', inputs: { seed: 2n ** 63n + 1n, b: 1 } } }), failed: entry(same, 'error') };
  const about = /** @type {any} */ ({ run: { job: '' } });
  await findEarlier(about, prompt, () => Promise.resolve(history));
  assert.equal(about.earlier, 'same');
  await findEarlier(about, { 3: prompt[3] }, () => Promise.resolve(history));
  assert.equal(about.earlier, '');
});

test('a run is as far as its nodes were long the last time', () => {
  const run = new RunState();
  run.follow('job');
  const tell = (/** @type {string} */ type, /** @type {object} */ data) => run.hear(type, { prompt_id: 'job', ...data });
  tell('execution_start', { nodes: ['1', '2', '3'] });
  tell('executing', { node: '1' });
  tell('node_finished', { node: '1', seconds: 1 });
  tell('executing', { node: '2' });
  tell('progress', { node: '2', value: 5, max: 10, seconds_per_step: 0.8 });
  const { share, left } = estimate({ run, forecast: readForecast({}, { nodes: {
    1: { prospect: 'runs', seconds: 1 }, 2: { prospect: 'runs', seconds: 8 }, 3: { prospect: 'runs', seconds: 1 },
  } }) });
  assert.ok(Math.abs(share - (1 + 8 * 0.49) / 10) < 1e-9);
  assert.equal(left, 5 * 0.8 + 1);
});

test('a value is traced to what made it, also inside a subgraph', () => {
  const prompt = { 7: { class_type: 'SaveImage', inputs: { images: ['5:2', 0], name: 'x' } }, '5:2': { class_type: 'VAEDecode', inputs: { vae: ['1', 2] } } };
  assert.deepEqual(sourceIn(prompt, '7', 'images'), { node: '5:2', slot: 0 });
  assert.deepEqual(sourceIn(prompt, '5:2', 'vae'), { node: '1', slot: 2 });
  assert.equal(sourceIn(prompt, '7', 'name'), null);
});

test('numbers that are none are shown as what they are', () => {
  assert.deepEqual(linesOf({ kind: 'Tensor', shape: [1, 4], min: 'nan', max: 1.23456789, mean: 0.5 }), [
    ['value.shape', '1 × 4'], ['value.range', 'nan … 1.235'], ['value.mean', '0.5'],
  ]);
});

test('of several jobs of a workflow the one that runs is followed, each in its turn', () => {
  const run = new RunState();
  for (const job of ['a', 'b', 'c']) run.expect(job);
  assert.deepEqual([run.job, run.next], ['a', ['b', 'c']]);
  run.hear('execution_start', { prompt_id: 'a', nodes: ['1'] });
  run.hear('job_ended', { prompt_id: 'a', status: 'done' });
  assert.equal(run.isBusy, true, 'two wait');
  run.hear('execution_start', { prompt_id: 'b', nodes: ['1'] });
  assert.deepEqual([run.job, run.status, run.next], ['b', 'running', ['c']]);
  run.hear('job_ended', { prompt_id: 'c', status: 'cancelled' });
  run.hear('job_ended', { prompt_id: 'b', status: 'done' });
  assert.deepEqual([run.job, run.status, run.isBusy], ['b', 'done', false]);
});

test('a job that goes in front is followed first, and one that was not taken not at all', () => {
  const run = new RunState();
  run.expect('a');
  run.expect('front');
  run.expect('refused');
  run.forgo('refused');
  run.hear('execution_start', { prompt_id: 'front', nodes: ['1'] });
  assert.deepEqual([run.job, run.next], ['front', ['a']]);
  run.hear('job_ended', { prompt_id: 'front', status: 'done' });
  run.hear('executing', { prompt_id: 'a', node: '1' });
  assert.equal(run.job, 'a');
  run.forgo('a');
  assert.deepEqual([run.job, run.isBusy], ['', false]);
});
