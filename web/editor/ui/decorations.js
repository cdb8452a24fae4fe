// @ts-check
/** What extensions draw on nodes: each within its node, none able to disturb what else is drawn. */

/** @typedef {import('../render/renderer.js').Frame} Frame */
/** @typedef {import('../model/records.js').NodeRecord} NodeRecord */
/** `types` are the classes it is for, all unless given. `draw` has the node's upper left corner at 0, 0, its title included.
 * @typedef {{readonly types?: readonly string[], draw(context: CanvasRenderingContext2D, rect: {width: number, height: number}, node: NodeRecord): void}} Decoration */

/** Below this scale nothing of it could be seen. */
const LEAST = 0.3;

export class Decorations {
  /** @type {Set<{name: string, decoration: Decoration}>} */
  #all = new Set();
  #report;

  /** @param {(name: string, error: unknown) => void} report */
  constructor(report) {
    this.#report = report;
  }

  /** @param {string} name the extension's @param {Decoration} decoration */
  add(name, decoration) {
    this.#all.add({ name, decoration });
  }

  /** @param {Frame} frame */
  draw(frame) {
    if (!this.#all.size || frame.scale < LEAST) return;
    frame.toGraph();
    for (const view of frame.scene.nodesIn(frame.visible)) {
      for (const one of this.#all) {
        if (!one.decoration.types || one.decoration.types.includes(view.record.type)) this.#drawOne(frame.context, view, one);
      }
    }
  }

  /** @param {CanvasRenderingContext2D} context @param {import('../view/scene.js').NodeView} view @param {{name: string, decoration: Decoration}} one */
  #drawOne(context, { record, layout }, one) {
    const { x, y, w: width, h: height } = layout.bounds;
    context.save();
    context.translate(record.x + x, record.y + y);
    context.beginPath();
    context.rect(0, 0, width, height);
    context.clip();
    try {
      one.decoration.draw(context, { width, height }, record);
    } catch (error) {
      this.#all.delete(one);
      this.#report(one.name, error);
    }
    context.restore();
  }
}
