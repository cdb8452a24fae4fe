// @ts-check
/**
 * The state chart of everything that is done with a pointer on the canvas. One state at a time hears
 * of presses, moves and releases, and says which comes next. Leaving a state undoes what it drew;
 * `cancel` leaves no trace in the workflow either.
 */

/** @typedef {import('../view/geometry.js').ScreenPoint} ScreenPoint */
/** @typedef {import('../view/geometry.js').GraphPoint} GraphPoint */
/** @typedef {import('../view/hit.js').Hit} Hit */
/** @typedef {import('../view/scene.js').Scene} Scene */
/** @typedef {import('../view/scene.js').NodeView} NodeView */
/** @typedef {import('../view/layout.js').WidgetPlace} WidgetPlace */
/** @typedef {import('../model/slots.js').End} End */

/**
 * What the pointer did, where: CSS pixels from the canvas's corner. `button` is 0 for the main one,
 * 1 for the middle one; `held` says that the space bar is down.
 * @typedef {{readonly at: ScreenPoint, readonly button: number, readonly shift: boolean,
 *   readonly ctrl: boolean, readonly alt: boolean, readonly held: boolean, readonly touch: boolean}} Press
 */

/** What the tools need of the editor.
 * @typedef {{
 *   readonly store: import('../model/store.js').Store,
 *   readonly history: import('../history/history.js').History,
 *   readonly viewport: import('../view/viewport.js').Viewport,
 *   readonly selection: import('../view/selection.js').Selection,
 *   readonly catalogue: import('../model/catalogue.js').Catalogue,
 *   readonly graph: string,
 *   readonly renderer: {readonly scene: Scene, hovered: string | null, invalidate(): void,
 *     readonly overlays: Set<import('../render/renderer.js').Overlay>, readonly pictures?: import('../render/pictures.js').Pictures},
 * }} Workbench */

/** A link that was dropped on the empty canvas: which end it has, and of what type.
 * @typedef {{readonly side: 'input' | 'output', readonly type: string, readonly ends: readonly End[]}} Loose */

/** What the tools ask of those that show things. Points are graph points.
 * @typedef {{
 *   search(at: GraphPoint, loose: Loose | null): void,
 *   menu(at: ScreenPoint, hit: Hit | null): void,
 *   field(view: NodeView, widget: WidgetPlace): void,
 *   title(key: string): void,
 *   enter(view: NodeView): boolean,
 *   picture(view: NodeView): void,
 *   hover(hit: Hit | null, at: ScreenPoint): void,
 *   say(key: string, facts?: {readonly [name: string]: string | number}): void,
 *   text(key: string, facts?: {readonly [name: string]: string | number}): string,
 *   cursor(name: string): void,
 * }} Wishes */

/** @typedef {{[name: string]: new (chart: Chart, facts: any) => ToolState}} States */

/** One state; those that do not care for an event leave it to these. */
export class ToolState {
  /** @param {Chart} chart */
  constructor(chart) {
    /** @readonly */
    this.chart = chart;
  }

  get bench() {
    return this.chart.bench;
  }

  enter() {}
  exit() {}
  /** @param {Press} _press */
  down(_press) {}
  /** @param {Press} _press */
  move(_press) {}
  /** @param {Press} _press */
  up(_press) {}
  /** @param {Press} _press */
  double(_press) {}

  /** Escape, a lost pointer or a second finger: as if it had never begun. */
  cancel() {
    this.chart.go('idle');
  }
}

export class Chart {
  #states;
  /** @type {ToolState} */
  state;
  /** The name of the state it is in. */
  name = 'idle';

  /** @param {States} states @param {Workbench} bench @param {Wishes} wishes */
  constructor(states, bench, wishes) {
    this.#states = states;
    this.bench = bench;
    this.wishes = wishes;
    this.state = this.#make('idle', {});
    this.state.enter();
  }

  /** @param {string} name @param {object} [facts] */
  go(name, facts = {}) {
    this.state.exit();
    this.name = name;
    this.state = this.#make(name, facts);
    this.state.enter();
    this.bench.renderer.invalidate();
  }

  cancel() {
    this.state.cancel();
  }

  /** @param {Press} press @returns {GraphPoint} */
  point(press) {
    return this.bench.viewport.toGraph(press.at);
  }

  /** @param {string} name @param {object} facts */
  #make(name, facts) {
    const State = this.#states[name];
    if (!State) throw new Error(`the tools have no state "${name}"`);
    return new State(this, facts);
  }
}

/** How far a pointer goes before a press becomes a drag, in CSS pixels. */
const THRESHOLD = 4;
const TOUCH_THRESHOLD = 9;

/** @param {Press} start @param {Press} now */
export const isDrag = (start, now) =>
  Math.hypot(now.at.x - start.at.x, now.at.y - start.at.y) > (start.touch ? TOUCH_THRESHOLD : THRESHOLD);
