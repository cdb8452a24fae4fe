// @ts-check
/**
 * The measures of nodes, in graph points. Files place and size nodes by the measures of ComfyUI's
 * editor (a title above the node's corner, rows of 20), so ours are the same; the rest is a 4-px grid.
 */

export const TITLE = 30;
export const ROW = 20;
export const TOP = 4;
export const SIDE = 12;
export const GAP = 4;
export const BOTTOM = 8;
export const FIELD = 20;
export const TEXT_LEAST = 48;
export const PREVIEW_LEAST = 48;
export const MEDIA = 48;
export const RADIUS = 8;
export const SOCKET = 5;
export const RESIZE_CORNER = 16;
export const LEAST_WIDTH = 120;
export const REROUTE = 8;
export const GROUP_TITLE = 1.4;

/** About how wide a text is in the type of titles; layouts cannot measure, being free of a canvas.
 * @param {string} text */
export function roughWidth(text) {
  let width = 0;
  for (const letter of text) width += letter > '\u2e7f' ? 13 : 7;
  return width;
}
