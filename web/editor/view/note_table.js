// @ts-check
/** A table of a note: columns as wide as their words, or, where there is no room, as wide as is fair. */

/** @typedef {import('../lib/markdown_runs.js').Run} Run */
/** @typedef {import('../lib/markdown.js').Block} Block */
/** @typedef {import('./note_layout.js').Piece} Piece */
/** @typedef {import('./note_layout.js').Mark} Mark */
/** @typedef {import('./note_layout.js').Measure} Measure */
/** @typedef {import('./note_layout.js').Box} Box */

const [PAD, LEAST] = [6, 36];

/** @param {Extract<Block, {kind: 'table'}>} table @param {number} top @param {number} width @param {number} size @param {Measure} measure
 * @param {(runs: readonly Run[], box: Box) => {pieces: Piece[], bottom: number}} flow
 * @returns {{pieces: Piece[], marks: Mark[], bottom: number}} */
export function placeTable({ rows, aligns }, top, width, size, measure, flow) {
  const wanted = aligns.map((_, column) => Math.max(LEAST, ...rows.map((row) => lineOf(row[column] ?? [], size, measure))) + 2 * PAD);
  const widths = fair(wanted, width);
  const across = widths.reduce((sum, one) => sum + one, 0);
  /** @type {Piece[]} */
  const pieces = [];
  /** @type {Mark[]} */
  const marks = [{ kind: 'rule', x: 0, y: top, w: across, h: 1 }];
  let y = top + 1;
  rows.forEach((row, number) => {
    let [x, bottom] = [0, y];
    row.forEach((runs, column) => {
      const right = x + (widths[column] ?? LEAST) - PAD;
      const shown = number === 0 ? runs.map((run) => ({ ...run, bold: true })) : runs;
      const cell = flow(shown, { x: x + PAD, y: y + 4, right, size, muted: false });
      pieces.push(...aligned(cell.pieces, aligns[column] ?? 'left', right));
      bottom = Math.max(bottom, cell.bottom + 4);
      x = right + PAD;
    });
    if (number === 0) marks.unshift({ kind: 'code', x: 0, y: top, w: across, h: bottom - top });
    marks.push({ kind: 'rule', x: 0, y: bottom, w: across, h: 1 });
    y = bottom + 1;
  });
  return { pieces, marks, bottom: y };
}

/** How wide it is in one line. @param {readonly Run[]} runs @param {number} size @param {Measure} measure */
const lineOf = (runs, size, measure) => runs.reduce((sum, run) => sum + measure(run.text, { size, run: { ...run, bold: true }, muted: false }), 0);

/** Narrow columns keep what they want, the wide ones share the rest. @param {readonly number[]} wanted @param {number} width @returns {number[]} */
function fair(wanted, width) {
  let [room, left] = [width, wanted.length];
  /** @type {number[]} */
  const given = [];
  for (const [column, wish] of [...wanted.entries()].sort(([, a], [, b]) => a - b)) {
    given[column] = Math.min(wish, room / left);
    room -= given[column];
    left -= 1;
  }
  return given;
}

/** @param {readonly Piece[]} pieces of one cell @param {import('../lib/markdown.js').Align} align @param {number} right @returns {Piece[]} */
function aligned(pieces, align, right) {
  const ends = new Map();
  for (const { x, y, w, text } of pieces) if (text.trim()) ends.set(y, Math.max(ends.get(y) ?? 0, x + w));
  const share = { left: 0, center: 0.5, right: 1 }[align];
  return pieces.map((piece) => ({ ...piece, x: piece.x + share * Math.max(right - (ends.get(piece.y) ?? right), 0) }));
}
