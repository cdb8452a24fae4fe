// @ts-check
/**
 * The editor: the workflows that are open, the one on the screen, and what everything else is
 * reached through. `window.editor` is the one there is.
 */

import { nodeKey } from '../model/keys.js';
import { graphAt, placeOf } from '../model/places.js';
import { ROOT } from '../model/records.js';
import { Document } from './document.js';

/** @typedef {import('./document.js').Origin} Origin */
/** @typedef {import('../model/catalogue.js').Catalogue} Catalogue */
/** @typedef {import('../view/viewport.js').Viewport} Viewport */
/** @typedef {import('../view/selection.js').Selection} Selection */
/** @typedef {import('../render/renderer.js').Renderer} Renderer */
/** @typedef {import('./preferences.js').Preferences} Preferences */
/** @typedef {import('./drafts.js').Drafts} Drafts */
/** @typedef {import('./runner.js').Runner} Runner */
/** @typedef {import('../actions/registry.js').Actions} Actions */

/** What happened: another workflow is shown, the list of tabs changed, a workflow changed, a run went on.
 * @typedef {'shown' | 'tabs' | 'changed' | 'run'} Happening */

/** CSS pixels. */
const NARROW = 720;
/** The scale from which on fields can be read. */
const LEGIBLE = 0.6;

export class Editor {
  /** @type {Document[]} */
  documents = [];
  /** The one on the screen; there is one from the start on. @type {Document} */
  document;
  /** @type {Map<Happening, Set<() => void>>} */
  #listeners = new Map();
  /** @type {Map<string, (() => void)[]>} */
  #detach = new Map();

  /**
   * @param {{readonly catalogue: Catalogue, readonly viewport: Viewport, readonly selection: Selection,
   *   readonly preferences: Preferences, readonly drafts: Drafts, readonly actions: Actions}} parts
   */
  constructor({ catalogue, viewport, selection, preferences, drafts, actions }) {
    this.catalogue = catalogue;
    this.viewport = viewport;
    this.selection = selection;
    this.preferences = preferences;
    this.drafts = drafts;
    this.actions = actions;
    this.document = new Document({ name: '' }, catalogue);
    /** @type {Renderer} */
    this.renderer = /** @type {any} */ (null);
    /** @type {Runner} */
    this.net = /** @type {any} */ (null);
  }

  get store() {
    return this.document.store;
  }

  get history() {
    return this.document.history;
  }

  /** The id of the graph on the screen. */
  get graph() {
    return this.document.graph;
  }

  /** Open a workflow in a tab of its own, and show it.
   * @param {Origin} origin @returns {Document} @throws {FormatError} it is not to be read */
  open(origin) {
    const document = new Document(origin, this.catalogue);
    this.documents = [...this.documents, document];
    this.#detach.set(document.id, [
      document.store.subscribe(() => this.#changed(document)),
      document.run.subscribe(() => document === this.document && this.tell('run')),
    ]);
    this.drafts.follow(document);
    this.show(document);
    return document;
  }

  /** @param {Document} document */
  show(document) {
    this.#leave();
    this.document = document;
    this.renderer.open(document.store, this.catalogue);
    if (document.graph !== ROOT) this.renderer.showGraph(document.graph);
    this.selection.set(document.selected.filter((key) => document.store.get(key)));
    if (document.view) this.viewport.set(document.view);
    else this.#begin();
    this.tell('tabs');
    this.tell('shown');
  }

  /** Show the root graph or a subgraph. @param {string} graph
   * @param {import('../model/places.js').Place | null} [place] where it is */
  showGraph(graph, place = placeOf(this.store, graph)) {
    if (!this.store.graph(graph)) return;
    this.document.graph = graph;
    this.document.place = place ?? [];
    this.selection.clear();
    this.renderer.showGraph(graph);
    this.fit();
    this.tell('shown');
  }

  /** Show what a node stands for. @param {import('../model/records.js').NodeRecord} node of the graph on the screen
   * @returns {boolean} whether it stands for a subgraph */
  enter({ id, type }) {
    if (!this.store.graph(type)) return false;
    this.showGraph(type, [...this.document.place, id]);
    return true;
  }

  /** Show the graph that the one on the screen is used in. */
  leave() {
    const { place } = this.document;
    const outer = place.slice(0, -1);
    const graph = graphAt(this.store, outer);
    this.showGraph(graph ?? ROOT, graph ? outer : []);
    const key = nodeKey(this.graph, place.at(-1) ?? '');
    if (this.store.get(key)) this.selection.set([key]);
  }

  /** Close a tab for good. @param {Document} document */
  close(document) {
    const at = this.documents.indexOf(document);
    if (at < 0) return;
    this.documents = this.documents.filter((one) => one !== document);
    for (const end of this.#detach.get(document.id) ?? []) end();
    this.#detach.delete(document.id);
    document.history.dispose();
    this.drafts.forget(document.id);
    const next = this.documents[Math.min(at, this.documents.length - 1)];
    if (!next) this.open({ name: '' });
    else if (document === this.document) this.show(next);
    else this.tell('tabs');
  }

  /** Have all of the graph on the screen. */
  fit() {
    const { bounds } = this.renderer.scene;
    if (bounds) this.viewport.fit(bounds, { margin: this.viewport.width < NARROW ? 12 : 48 });
  }

  /** Have all of it, unless that were too small to read on a narrow screen: then its beginning. */
  #begin() {
    this.fit();
    const { viewport, renderer: { scene: { bounds } } } = this;
    if (!bounds || viewport.width >= NARROW || viewport.scale >= LEGIBLE) return;
    const spare = viewport.height - bounds.h * LEGIBLE;
    viewport.set({ scale: LEGIBLE, x: 12 - bounds.x * LEGIBLE, y: Math.max(spare / 2, 12) - bounds.y * LEGIBLE });
  }

  /** @param {Happening} happening @param {() => void} listener @returns {() => void} */
  on(happening, listener) {
    const listeners = this.#listeners.get(happening) ?? new Set();
    this.#listeners.set(happening, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** @param {Happening} happening */
  tell(happening) {
    for (const listener of [...(this.#listeners.get(happening) ?? [])]) listener();
  }

  #leave() {
    const { x, y, scale } = this.viewport;
    this.document.view = { x, y, scale };
    this.document.selected = [...this.selection.keys];
  }

  /** @param {Document} document */
  #changed(document) {
    if (document !== this.document) return;
    // What is shown may be gone, by an undo for instance.
    while (graphAt(this.store, document.place) !== document.graph && document.graph !== ROOT) this.leave();
    this.selection.keepOnly((key) => this.store.get(key) !== undefined);
    this.tell('changed');
    this.tell('tabs');
  }
}
