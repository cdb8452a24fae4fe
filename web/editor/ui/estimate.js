// @ts-check
/** How far a run is, and how long it will still take, from how long its nodes took before. */

/** @typedef {import('../session/document.js').Document} Document */
/** @typedef {import('../net/run_state.js').NodeFate} NodeFate */

/** What a node counts that has never run, in seconds. */
const UNKNOWN = 0.5;

/** @param {Pick<Document, 'run' | 'forecast'>} document
 * @returns {{share: number, left: number | null}} 0..1, and seconds, null while they cannot be known */
export function estimate({ run, forecast }) {
  let [all, done, left] = [0, 0, 0];
  let isKnown = false;
  for (const [node, fate] of run.all()) {
    if (fate.status === 'idle' || fate.status === 'cached') continue;
    const before = forecast.nodes.get(node)?.seconds ?? null;
    const still = secondsLeft(fate, before);
    const weight = before ?? (fate.seconds || UNKNOWN);
    all += weight;
    done += weight * shareOf(fate);
    if (still !== null) [left, isKnown] = [left + still, true];
  }
  return { share: all ? Math.min(done / all, 1) : 0, left: isKnown && left > 0 ? left : null };
}

/** @param {NodeFate} fate */
function shareOf({ status, progress }) {
  if (status === 'done' || status === 'failed') return 1;
  return status === 'running' ? (progress ?? 0) * 0.98 : 0;
}

/** @param {NodeFate} fate @param {number | null} before @returns {number | null} */
function secondsLeft({ status, progress, perStep, max, value }, before) {
  if (status === 'running' && perStep !== null) return perStep * (max - value);
  if (status === 'running') return before === null ? null : before * (1 - (progress ?? 0));
  return status === 'waiting' ? before : null;
}
