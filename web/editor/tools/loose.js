// @ts-check
/** A link that was dropped on the empty canvas goes to the node that is then added. */

import { LinkInHand } from './link_in_hand.js';

/** Call it within the transaction that adds the node.
 * @param {import('./chart.js').Workbench} bench @param {import('./chart.js').Loose} loose
 * @param {import('../model/records.js').NodeRecord} node */
export function connectLoose(bench, loose, node) {
  const hand = new LinkInHand(bench, { side: loose.side === 'input' ? 'output' : 'input', ends: loose.ends, taken: [] });
  const place = hand.placeOn(node);
  if (place) bench.store.transact('connect', (tx) => hand.give(tx, place));
}
