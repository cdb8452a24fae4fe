// @ts-check
/**
 * What there is to see of one graph: every node with its layout, every link with its curve, and
 * where they lie; kept up to date from the store's differences, so that drawing searches nothing.
 */

import { INPUTS, OUTPUTS, ROOT } from '../model/records.js';
import { graphKey, keyFor, keyOf, nodeKey } from '../model/keys.js';
import { borderRect, borderSocket } from './borders.js';
import { same, union } from './geometry.js';
import { layoutOf } from './layout.js';
import { LinkViews } from './link_views.js';
import { REROUTE, TITLE } from './metrics.js';
import { SpatialIndex } from './spatial.js';

/** @typedef {import('./geometry.js').Rect} Rect */
/** @typedef {import('./geometry.js').GraphPoint} GraphPoint */
/** @typedef {import('./layout.js').Layout} Layout */
/** @typedef {import('../model/store.js').Store} Store */
/** @typedef {import('../model/definition.js').Definition} Definition */

/** Says of which class a node is; `Definitions` does. @typedef {{of(node: NodeRecord): Definition | undefined}} Defined */
/** @typedef {import('../model/records.js').AnyRecord} AnyRecord */
/** @typedef {import('../model/records.js').NodeRecord} NodeRecord */
/** @typedef {import('../model/records.js').LinkRecord} LinkRecord */
/** @typedef {import('../model/records.js').Diff} Diff */

/**
 * A node as it is shown. `bounds` is in graph points; `version` grows when it looks different, which
 * moving does not make it; `order` says what lies above what.
 * @typedef {{key: string, record: NodeRecord, definition: Definition | undefined, layout: Layout,
 *   bounds: Rect, version: number, order: number}} NodeView
 */

/** @typedef {import('./link_views.js').LinkView} LinkView */

/** How high the pictures of a node are over their width, or null where it has none.
 * @typedef {(node: NodeRecord) => number | null} PictureOf */

export class Scene {
  /** @type {Map<string, NodeView>} */
  nodes = new Map();
  /** Grows with everything that changes what is seen. */
  revision = 0;
  graph = ROOT;
  #nodePlaces = new SpatialIndex();
  #links = new LinkViews((link) => this.#pointsOf(link));
  /** @type {Map<string, Rect>} */
  #borders = new Map();
  #versions = 0;
  #orders = 0;
  /** What was found to enclose everything, and when. */
  #bounded = { revision: -1, rect: /** @type {Rect | null} */ (null) };
  /** Nodes whose class can change without them. @type {Set<string>} */
  #fickle = new Set();
  #store;
  #definitions;
  #pictureOf;

  /** @param {Store} store @param {Defined} definitions @param {PictureOf} [pictureOf] */
  constructor(store, definitions, pictureOf = () => null) {
    this.#store = store;
    this.#definitions = definitions;
    this.#pictureOf = pictureOf;
    this.show(ROOT);
  }

  /** Show another graph of the workflow, or the same one anew. @param {string} graph */
  show(graph) {
    this.graph = graph;
    for (const some of [this.nodes, this.#nodePlaces, this.#links, this.#borders, this.#fickle]) some.clear();
    for (const node of this.#store.all('node', graph)) this.#putNode(keyOf(node), node);
    this.#placeBorders();
    for (const link of this.#store.all('link', graph)) this.#links.put(keyOf(link), link);
    this.revision += 1;
  }

  /** Follow the store. @param {Diff} diff */
  update(diff) {
    /** @type {Set<string>} */
    const moved = new Set();
    for (const [key, { before, after }] of diff) {
      const record = after ?? before;
      if (!record || (record.kind === 'graph' ? record.id : record.graph) !== this.graph) continue;
      this.#follow(key, before, after, moved);
    }
    this.#defineAnew(moved);
    for (const key of moved) this.#rerouteLink(key);
    this.revision += 1;
  }

  /** A node has other pictures. Those of the same shape change nothing else, as previews that follow each other.
   * @param {string} key */
  touch(key) {
    const view = this.nodes.get(key);
    if (!view) return;
    const { preview } = layoutOf(view.record, view.definition, { picture: this.#pictureOf(view.record) });
    if (same(preview, view.layout.preview)) return;
    this.#putNode(key, view.record, true);
    this.revision += 1;
  }

  /** A node is to be drawn anew. @param {string} key */
  renew(key) {
    const view = this.nodes.get(key);
    if (view) view.version = this.#versions += 1;
  }

  /** Classes are called otherwise, or are others than they were. */
  redefine() {
    for (const [key, { record }] of [...this.nodes]) this.#putNode(key, record, true);
    for (const key of [...this.links.keys()]) this.#rerouteLink(key);
    this.revision += 1;
  }

  /** Lay nodes above all others. @param {Iterable<string>} keys */
  raise(keys) {
    for (const key of keys) {
      const view = this.nodes.get(key);
      if (view) view.order = this.#orders += 1;
    }
    this.revision += 1;
  }

  /** What touches a rectangle, lowest first. @param {Rect} rect @returns {NodeView[]} */
  nodesIn(rect) {
    return this.#nodePlaces.pick(rect, this.nodes).sort((a, b) => a.order - b.order);
  }

  /** @param {Rect} rect @returns {LinkView[]} */
  linksIn(rect) {
    return this.#links.in(rect);
  }

  /** The links that are shown, by key. @returns {ReadonlyMap<string, LinkView>} */
  get links() {
    return this.#links.views;
  }

  /** What flows through each reroute, by its id. @returns {Map<string, string>} */
  rerouteTypes() {
    return this.#links.rerouteTypes();
  }

  /** What encloses everything in this graph; null where there is nothing. @returns {Rect | null} */
  get bounds() {
    if (this.#bounded.revision !== this.revision) {
      const rect = union([...this.#nodePlaces.rects(), ...this.#store.all('group', this.graph), ...this.#borders.values()]);
      this.#bounded = { revision: this.revision, rect };
    }
    return this.#bounded.rect;
  }

  /** The borders of a subgraph, by '-10' and '-20'. @returns {ReadonlyMap<string, Rect>} */
  get borders() {
    return this.#borders;
  }

  /** Where a socket is; null if the node has none such.
   * @param {string} node an id @param {'input' | 'output'} side @param {number} slot @returns {GraphPoint | null} */
  socket(node, side, slot) {
    const border = this.#borders.get(node);
    if (border) return borderSocket(border, node, slot);
    const view = this.nodes.get(nodeKey(this.graph, node));
    const place = view?.layout.slots.find((one) => one.side === side && one.index === slot);
    return view && place ? { x: view.record.x + place.x, y: view.record.y + place.y } : null;
  }

  /** @param {string} key @param {AnyRecord | undefined} before @param {AnyRecord | undefined} after @param {Set<string>} moved */
  #follow(key, before, after, moved) {
    const kind = (after ?? before)?.kind;
    if (kind === 'node') {
      if (after?.kind === 'node') this.#putNode(key, after);
      else this.#dropNode(key);
      this.#addLinksOf(key, moved);
    } else if (kind === 'link') {
      if (after?.kind === 'link') this.#links.put(key, after);
      else this.#links.drop(key);
      this.#touchEnds(before);
      this.#touchEnds(after);
    } else if (kind === 'reroute') {
      for (const link of this.#links.through((after ?? before)?.id ?? '')) moved.add(link);
    } else if (kind === 'graph') {
      this.#placeBorders();
      for (const link of this.links.keys()) moved.add(link);
    }
  }

  /** Nodes of subgraphs and primitive nodes are what others make them. @param {Set<string>} moved */
  #defineAnew(moved) {
    for (const key of this.#fickle) {
      const view = this.nodes.get(key);
      if (!view || this.#definitions.of(view.record) === view.definition) continue;
      this.#putNode(key, view.record, true);
      this.#addLinksOf(key, moved);
    }
  }

  /** @param {string} key @param {Set<string>} moved */
  #addLinksOf(key, moved) {
    for (const link of this.#store.linksInto(key)) moved.add(keyOf(link));
    for (const link of this.#store.linksFrom(key)) moved.add(keyOf(link));
  }

  /** @param {string} key @param {NodeRecord} record @param {boolean} [anew] */
  #putNode(key, record, anew = false) {
    const known = this.nodes.get(key);
    if (known && !anew && looksAlike(known.record, record)) known.record = record;
    else this.#layOut(key, record, known);
    const view = this.nodes.get(key);
    if (!view) return;
    const { bounds } = view.layout;
    view.bounds = { x: bounds.x + record.x, y: bounds.y + record.y, w: bounds.w, h: bounds.h };
    this.#nodePlaces.put(key, view.bounds);
  }

  /** @param {string} key @param {NodeRecord} record @param {NodeView | undefined} known */
  #layOut(key, record, known) {
    const definition = this.#definitions.of(record);
    if (record.type === 'PrimitiveNode' || this.#store.graph(record.type)) this.#fickle.add(key);
    const layout = layoutOf(record, definition, { picture: this.#pictureOf(record) });
    const order = known?.order ?? (this.#orders += 1);
    const version = (this.#versions += 1);
    this.nodes.set(key, { key, record, definition, layout, bounds: layout.bounds, version, order });
  }

  /** @param {string} key */
  #dropNode(key) {
    this.nodes.delete(key);
    this.#fickle.delete(key);
    this.#nodePlaces.delete(key);
  }

  /** @param {AnyRecord | undefined} link */
  #touchEnds(link) {
    if (link?.kind !== 'link') return;
    for (const id of [link.from, link.to]) {
      const view = this.nodes.get(nodeKey(this.graph, id));
      if (view) view.version = this.#versions += 1;
    }
  }

  /** @param {string} key */
  #rerouteLink(key) {
    const record = this.#store.get(key);
    if (record?.kind === 'link') this.#links.put(key, record);
  }

  /** @param {LinkRecord} link @returns {GraphPoint[] | null} */
  #pointsOf(link) {
    const from = this.socket(link.from, 'output', link.fromSlot);
    const to = this.socket(link.to, 'input', link.toSlot);
    if (!from || !to) return null;
    const between = link.reroutes.flatMap((id) => {
      const found = this.#store.get(keyFor('reroute', this.graph, id));
      return found?.kind === 'reroute' ? [{ x: found.x, y: found.y }] : [];
    });
    return [from, ...between, to];
  }

  #placeBorders() {
    this.#borders.clear();
    const graph = this.#store.get(graphKey(this.graph));
    if (this.graph === ROOT || graph?.kind !== 'graph') return;
    const content = union(this.#nodePlaces.rects());
    for (const border of [INPUTS, OUTPUTS]) this.#borders.set(border, borderRect(graph, border, content));
  }
}

/** Whether nothing but the place differs. @param {NodeRecord} a @param {NodeRecord} b */
function looksAlike(a, b) {
  return (
    a.values === b.values && a.inputs === b.inputs && a.outputs === b.outputs && a.w === b.w &&
    a.h === b.h && a.title === b.title && a.mode === b.mode && a.collapsed === b.collapsed &&
    a.pinned === b.pinned && a.color === b.color && a.bgcolor === b.bgcolor && a.raw === b.raw &&
    a.type === b.type
  );
}

/** The circle of a reroute. @param {{readonly x: number, readonly y: number}} reroute @returns {Rect} */
export const rerouteRect = ({ x, y }) => ({ x: x - REROUTE, y: y - REROUTE, w: 2 * REROUTE, h: 2 * REROUTE });

/** The strip by which a group is taken. @param {Rect} group @returns {Rect} */
export const groupTitleRect = ({ x, y, w }) => ({ x, y, w, h: TITLE + 4 });
