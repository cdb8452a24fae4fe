// @ts-check
/** A node without links that is dropped on a link goes between its ends; what comes after makes room. */

import { insertOnLink, move, placeBetween } from '../model/edits.js';
import { keyOf, nodeKey } from '../model/keys.js';
import { distanceTo } from '../view/link_path.js';

/** @typedef {import('./chart.js').Workbench} Workbench */
/** @typedef {import('../view/geometry.js').GraphPoint} GraphPoint */

/** What stays free between two nodes. Graph points. */
const GAP = 40;

export class Inserting {
  /** The link that would be parted. @type {string | null} */
  link = null;
  #bench;
  /** @type {string | null} */
  #key = null;

  /** @param {Workbench} bench @param {ReadonlySet<string>} dragged */
  constructor(bench, dragged) {
    this.#bench = bench;
    const [key = ''] = dragged;
    const { store } = bench;
    const isAlone = dragged.size === 1 && store.get(key)?.kind === 'node';
    if (isAlone && !store.linksInto(key).length && !store.linksFrom(key).length) this.#key = key;
  }

  /** @param {GraphPoint} pointer */
  look(pointer) {
    const view = this.#key && this.#bench.renderer.scene.nodes.get(this.#key);
    if (!view) return;
    const { scene } = this.#bench.renderer;
    let nearest = 30;
    this.link = null;
    const middle = { x: view.bounds.x + view.bounds.w / 2, y: view.bounds.y + view.bounds.h / 2 };
    for (const link of scene.linksIn(view.bounds)) {
      const distance = Math.min(distanceTo(link.path, pointer).distance, distanceTo(link.path, middle).distance);
      if (distance >= nearest || !placeBetween(this.#bench.store, view.record, link.record)) continue;
      nearest = distance;
      this.link = link.key;
    }
    this.#bench.renderer.hovered = this.link;
  }

  insert() {
    const { store } = this.#bench;
    const link = this.link ? store.get(this.link) : undefined;
    if (!this.#key || link?.kind !== 'link') return;
    const [key, linkKey] = [this.#key, keyOf(link)];
    store.transact('insert', (tx) => {
      if (insertOnLink(tx, key, linkKey)) move(tx, this.#after(key, link.to), this.#missing(key, link.to), 0);
    });
  }

  end() {
    this.#bench.renderer.hovered = null;
  }

  /** How much room the next node lacks. @param {string} key @param {string} next */
  #missing(key, next) {
    const { store, graph } = this.#bench;
    const [node, after] = [store.get(key), store.node(graph, next)];
    if (node?.kind !== 'node' || !after) return 0;
    return Math.max(node.x + node.w + GAP - after.x, 0);
  }

  /** A node and all that follows from it, apart from the inserted one. @param {string} key @param {string} first */
  #after(key, first) {
    const { store, graph } = this.#bench;
    const found = new Set([nodeKey(graph, first)]);
    for (const one of found) for (const link of store.linksFrom(one)) found.add(nodeKey(graph, link.to));
    found.delete(key);
    return found;
  }
}
