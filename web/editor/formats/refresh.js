// @ts-check
/** After the server's node classes have changed: values of nodes get the names that are known now. */

import { Definitions } from '../model/definitions.js';
import { equal } from '../lib/json.js';
import { readValues, writeValues } from './values.js';

/** @typedef {import('../model/store.js').Store} Store */
/** @typedef {import('../model/fields.js').Field} Field */
/** @typedef {import('../model/records.js').NodeRecord} NodeRecord */
/** @typedef {import('../model/catalogue.js').Catalogue} Catalogue */

/**
 * Read the values of all nodes anew; what they mean stays. No step of the history.
 * @param {Store} store @param {Catalogue} before @param {Catalogue} after
 */
export function refreshValues(store, before, after) {
  const [old, now] = [new Definitions(store, before), new Definitions(store, after)];
  const changed = (/** @type {import('../model/store.js').Transaction} */ tx) => {
    for (const graph of [...store.all('graph')]) {
      for (const node of [...store.all('node', graph.id)]) {
        const [known, fields] = [old.of(node)?.fields, now.of(node)?.fields];
        const initials = !store.graph(node.type);
        const byName = known && fields && node.raw === null;
        const read = byName
          ? { values: initials ? withInitials(node.values, fields) : node.values, raw: null }
          : readValues(node, writeValues(node, known), fields, { initials });
        if (!equal(read.values, node.values) || !equal(read.raw, node.raw)) tx.put({ ...node, ...read });
      }
    }
  };
  store.transact('refresh', changed, { history: false });
}

/** A class that has changed keeps what its fields held under the same names.
 * @param {NodeRecord['values']} values @param {readonly Field[]} fields */
function withInitials(values, fields) {
  const added = fields.filter((field) => !field.forced && field.initial !== null);
  return { ...Object.fromEntries(added.map((field) => [field.name, field.initial])), ...values };
}
