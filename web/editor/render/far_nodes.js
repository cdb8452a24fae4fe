// @ts-check
/** Nodes from so far away that they are but coloured boxes; thousands of them cost a few milliseconds. */

/** @typedef {import('./theme.js').Theme} Theme */
/** @typedef {import('../view/scene.js').NodeView} NodeView */

/** Below this scale nodes are drawn as boxes. */
export const FAR_BELOW = 0.18;
/** Device pixels per graph point from which a node's fields can be told from its body. */
const DETAIL = 0.06;

/** Boxes of one colour after another, since changing colours is what costs.
 * @param {CanvasRenderingContext2D} context in graph points @param {readonly NodeView[]} views @param {Theme} theme */
export function drawFarNodes(context, views, theme) {
  /** @type {Map<import('./theme.js').NodePaint, NodeView[]>} */
  const groups = new Map();
  for (const view of views) {
    const paint = theme.paintOf(view.record);
    const group = groups.get(paint);
    if (group) group.push(view);
    else groups.set(paint, [view]);
  }
  for (const [paint, group] of groups) {
    context.globalAlpha = group[0]?.record.mode === 2 ? 0.5 : 1;
    context.fillStyle = paint.farBody;
    for (const { record, layout } of group) context.fillRect(record.x, record.y, layout.width, layout.height);
    context.fillStyle = paint.far;
    for (const { record, layout } of group) {
      if (layout.shape === 'point') context.fillRect(record.x, record.y, layout.width, layout.height);
      else context.fillRect(record.x, record.y + layout.title.y, layout.width, layout.title.h + 6);
    }
    context.fillStyle = theme.css['field-border'];
    if (context.getTransform().a > DETAIL) for (const { record, layout } of group) drawContent(context, record, layout);
  }
  context.globalAlpha = 1;
}

/** One box for all fields, so that kinds of nodes can still be told apart.
 * @param {CanvasRenderingContext2D} context @param {NodeView['record']} record @param {NodeView['layout']} layout */
function drawContent(context, record, layout) {
  const first = layout.widgets[0]?.rect;
  const last = layout.widgets[layout.widgets.length - 1]?.rect;
  if (first && last) context.fillRect(record.x + first.x, record.y + first.y, first.w, last.y + last.h - first.y);
}
