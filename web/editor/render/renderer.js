// @ts-check
/**
 * Draws the graph on a canvas whenever something has changed, at most once a frame.
 *
 * Layers, lowest first: ground and dots, groups, links, nodes, reroutes, and what tools add. Drawing
 * writes nothing but pixels and its own pictures of nodes.
 */

import { Definitions } from '../model/definitions.js';
import { keyOf, nodeKey } from '../model/keys.js';
import { Scene, rerouteRect } from '../view/scene.js';
import { overlap, grow } from '../view/geometry.js';
import { drawBorder, drawGroup, drawReroute } from './frames.js';
import { Grid } from './grid.js';
import { drawLinks } from './links.js';
import { drawNodes, prepareAhead } from './node_layer.js';
import { Pictures } from './pictures.js';
import { Shown } from './shown.js';
import { Sprites } from './sprites.js';

/** @typedef {import('./theme.js').Theme} Theme */
/** @typedef {import('./node_face.js').Words} Words */
/** @typedef {import('./run_marks.js').NodeRun} NodeRun */
/** @typedef {import('../view/viewport.js').Viewport} Viewport */
/** @typedef {import('../view/selection.js').Selection} Selection */
/** @typedef {import('../view/scene.js').NodeView} NodeView */
/** @typedef {import('../view/geometry.js').Rect} Rect */
/** @typedef {import('../model/store.js').Store} Store */
/** @typedef {import('../model/catalogue.js').Catalogue} Catalogue */
/** @typedef {import('../model/records.js').NodeRecord} NodeRecord */

/**
 * One frame while it is drawn. `density` is device pixels per graph point, `originX` and `originY` are
 * where the graph's origin lies in device pixels; `rests` says that the scale is not being changed.
 * @typedef {{readonly context: CanvasRenderingContext2D, readonly theme: Theme, readonly scene: Scene,
 *   readonly sprites: Sprites, readonly pictures: Pictures, readonly selection: Selection,
 *   readonly scale: number, readonly density: number, readonly originX: number, readonly originY: number,
 *   readonly visible: Rect, readonly rests: boolean, toGraph(): void, toDevice(): void, forgetTransform(): void,
 *   runOf(key: string): NodeRun | undefined, picturesOf(node: NodeRecord): readonly string[]}} Frame
 */

/** Draws over everything, in graph points. @typedef {(frame: Frame) => void} Overlay */

/** What a frame cost and drew. @typedef {{readonly milliseconds: number, readonly nodes: number,
 *   readonly links: number, readonly made: number, readonly complete: boolean, readonly at: number}} FrameReport */

/** @typedef {{readonly store: Store, readonly catalogue: Catalogue, readonly viewport: Viewport,
 *   readonly selection: Selection, readonly theme: Theme, readonly words?: Words,
 *   readonly runOf?: (key: string) => NodeRun | undefined,
 *   readonly picturesOf?: (node: NodeRecord) => readonly string[]}} RendererParts */

const REST = 120;
const WORDS = { muted: 'Muted', bypassed: 'Bypassed', missing: 'Missing', control: 'control after generate' };

export class Renderer {
  /** What tools draw over the graph. @type {Set<Overlay>} */
  overlays = new Set();
  /** The key of the link under the pointer. @type {string | null} */
  hovered = null;
  /** Who is told after each frame. @type {Set<(report: FrameReport) => void>} */
  listeners = new Set();
  #requested = 0;
  #ratio = 1;
  #lastScale = 0;
  #scaledAt = 0;
  #restTimer = 0;
  #grid = new Grid();
  /** @type {() => void} */
  #detach = () => undefined;

  /** @param {HTMLCanvasElement} canvas @param {RendererParts} parts */
  constructor(canvas, { store, catalogue, viewport, selection, theme, words = WORDS, runOf, picturesOf }) {
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { alpha: false }));
    this.viewport = viewport;
    this.selection = selection;
    this.theme = theme;
    this.words = words;
    this.runOf = runOf ?? (() => undefined);
    this.pictures = new Pictures((url) => this.#showPicture(url));
    this.shown = new Shown(this.pictures, picturesOf ?? (() => []));
    this.picturesOf = (/** @type {NodeRecord} */ node) => this.shown.of(node);
    this.sprites = new Sprites(() => this.theme, (view) => this.#linkedOf(view), () => this.words, this.pictures);
    this.store = store;
    this.scene = this.#makeScene(store, catalogue);
    viewport.subscribe(() => this.invalidate());
    selection.subscribe(() => this.invalidate());
    new ResizeObserver(() => this.#resize()).observe(canvas);
    this.#resize();
  }

  /** Show another workflow. @param {Store} store @param {Catalogue} catalogue */
  open(store, catalogue) {
    this.store = store;
    this.shown.clear();
    this.sprites.clear();
    this.scene = this.#makeScene(store, catalogue);
    this.invalidate();
  }

  /** Show another graph of the workflow. @param {string} graph */
  showGraph(graph) {
    this.sprites.clear();
    this.scene.show(graph);
    this.invalidate();
  }

  /** @param {Theme} theme */
  useTheme(theme) {
    this.theme = theme;
    this.sprites.clear();
    this.invalidate();
  }

  /** Other words, in another language, in which classes may be called otherwise. @param {Words} words */
  useWords(words) {
    this.words = words;
    this.scene.redefine();
    this.sprites.clear();
    this.invalidate();
  }

  /** Nodes have other pictures than before. @param {Iterable<string>} keys */
  touch(keys) {
    for (const key of keys) this.scene.touch(key);
    this.invalidate();
  }

  /** Have it drawn with the next frame. */
  invalidate() {
    this.#requested ||= requestAnimationFrame(() => this.draw());
  }

  /** Draw now. @returns {FrameReport} */
  draw() {
    cancelAnimationFrame(this.#requested);
    this.#requested = 0;
    const began = performance.now();
    const frame = this.#frame(began);
    const made = this.sprites.made;
    this.#drawGround(frame);
    const links = this.scene.linksIn(frame.visible);
    this.#drawBehind(frame, links);
    const views = this.scene.nodesIn(frame.visible);
    const stale = drawNodes(frame, views);
    frame.toGraph();
    this.#drawReroutes(frame);
    for (const overlay of this.overlays) overlay(frame);
    const complete = !stale;
    if (complete) prepareAhead(frame);
    if (stale) this.#continue(frame);
    const milliseconds = performance.now() - began;
    const report = { milliseconds, nodes: views.length, links: links.length, made: this.sprites.made - made, complete, at: began };
    for (const listener of this.listeners) listener(report);
    return report;
  }

  /** @param {Store} store @param {Catalogue} catalogue */
  #makeScene(store, catalogue) {
    this.#detach();
    // It must hear of changes before the scene does, hence is made first.
    const definitions = new Definitions(store, catalogue);
    const scene = new Scene(store, definitions, (node) => this.#pictureRatio(node));
    this.#detach = store.subscribe((diff) => {
      scene.update(diff);
      for (const [key, { after }] of diff) if (!after) this.sprites.forget(key);
      this.invalidate();
    });
    return scene;
  }

  /** @param {number} now @returns {Frame} */
  #frame(now) {
    const { context, viewport } = this;
    const scale = viewport.scale;
    if (scale !== this.#lastScale) {
      this.#scaledAt = this.#lastScale ? now : now - REST;
      this.#lastScale = scale;
    }
    const density = scale * this.#ratio;
    const [originX, originY] = [viewport.x * this.#ratio, viewport.y * this.#ratio];
    let space = '';
    const become = (/** @type {string} */ next) => {
      if (next === space) return;
      space = next;
      if (next === 'graph') context.setTransform(density, 0, 0, density, originX, originY);
      else context.setTransform(1, 0, 0, 1, 0, 0);
    };
    return {
      context, theme: this.theme, scene: this.scene, sprites: this.sprites, pictures: this.pictures,
      selection: this.selection, scale, density, originX, originY, visible: viewport.visible,
      rests: now - this.#scaledAt >= REST,
      toGraph: () => become('graph'), toDevice: () => become('device'), forgetTransform: () => (space = ''),
      runOf: this.runOf, picturesOf: this.picturesOf,
    };
  }

  /** @param {Frame} frame */
  #drawGround(frame) {
    const { context, theme } = frame;
    frame.toDevice();
    context.fillStyle = theme.css['canvas-background'];
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.#grid.draw(context, this.viewport, theme, this.#ratio);
  }

  /** @param {Frame} frame @param {import('../view/scene.js').LinkView[]} links */
  #drawBehind(frame, links) {
    const { context, theme, scene, selection, scale } = frame;
    frame.toGraph();
    for (const group of this.store.all('group', scene.graph)) {
      if (overlap(group, frame.visible)) drawGroup(context, group, theme, 1 / frame.density, selection.has(keyOf(group)));
    }
    const graph = this.store.graph(scene.graph);
    for (const [border, rect] of scene.borders) if (graph) drawBorder(context, graph, border, rect, theme);
    drawLinks(context, links, { theme, scale, hovered: this.hovered, anySelected: selection.size > 0, isSelected: (key) => selection.has(key) });
  }

  /** @param {Frame} frame */
  #drawReroutes({ context, theme, scene, selection, visible }) {
    if (this.store.count('reroute', scene.graph) === 0) return;
    const types = scene.rerouteTypes();
    for (const reroute of this.store.all('reroute', scene.graph)) {
      if (!overlap(grow(rerouteRect(reroute), 4), visible)) continue;
      drawReroute(context, reroute, types.get(reroute.id) ?? '*', theme, selection.has(keyOf(reroute)));
    }
  }

  /** Draw again soon, to make crisp what is stretched. @param {Frame} frame */
  #continue(frame) {
    if (frame.rests) return this.invalidate();
    clearTimeout(this.#restTimer);
    this.#restTimer = window.setTimeout(() => this.invalidate(), REST + 10);
  }

  /** @param {NodeView} view @returns {ReadonlySet<string>} */
  #linkedOf({ record, key }) {
    const linked = new Set(this.store.linksInto(key).map((link) => `i${link.toSlot}`));
    for (const link of this.store.linksFrom(nodeKey(record.graph, record.id))) linked.add(`o${link.fromSlot}`);
    return linked;
  }

  /** @param {NodeRecord} node */
  #pictureRatio(node) {
    const [first] = this.picturesOf(node);
    return first === undefined ? null : this.pictures.ratio(first);
  }

  /** @param {string} url */
  #showPicture(url) {
    for (const view of this.scene.nodes.values()) {
      if (this.picturesOf(view.record).includes(url)) this.scene.touch(view.key);
      if (view.record.type === 'MarkdownNote') this.scene.renew(view.key);
    }
    this.invalidate();
  }

  #resize() {
    const box = this.canvas.getBoundingClientRect();
    this.#ratio = window.devicePixelRatio || 1;
    this.canvas.width = Math.max(Math.round(box.width * this.#ratio), 1);
    this.canvas.height = Math.max(Math.round(box.height * this.#ratio), 1);
    this.viewport.resize(box.width, box.height);
    // A canvas of another size is blank until it is drawn: at once, lest it flicker.
    if (this.scene) this.draw();
  }
}
