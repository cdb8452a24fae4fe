// @ts-check
/** What pictures nodes show: until new ones are there, those before them, so that previews do not flicker. */

/** @typedef {import('../model/records.js').NodeRecord} NodeRecord */
/** @typedef {import('./pictures.js').Pictures} Pictures */

export class Shown {
  #pictures;
  #wanted;
  /** @type {Map<string, {url: string, urls: readonly string[]}>} */
  #last = new Map();

  /** @param {Pictures} pictures @param {(node: NodeRecord) => readonly string[]} wanted the URLs of what a node should show */
  constructor(pictures, wanted) {
    this.#pictures = pictures;
    this.#wanted = wanted;
  }

  /** The URLs of what a node shows now. @param {NodeRecord} node @returns {readonly string[]} */
  of(node) {
    const urls = this.#wanted(node);
    const [url] = urls;
    const key = `${node.graph}/${node.id}`;
    const last = this.#last.get(key);
    if (url === undefined) this.#last.delete(key);
    else if (last?.url !== url && this.#pictures.isComing(url)) return last?.urls ?? urls;
    else if (last?.url !== url) this.#last.set(key, { url, urls });
    return urls;
  }

  /** Another workflow is shown, whose nodes may be called the same. */
  clear() {
    this.#last.clear();
  }
}
