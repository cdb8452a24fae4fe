// @ts-check
/** Icons of one family: 24 units wide, lines 1.8 thick, round ends. */

const SVG = 'http://www.w3.org/2000/svg';

const PATHS = {
  play: 'M8 5.5v13l10.5-6.5z',
  stop: 'M7 7h10v10H7z',
  pause: 'M8.5 6v12M15.5 6v12',
  queue: 'M4 6.5h16M4 12h16M4 17.5h10',
  history: 'M4.5 12a7.5 7.5 0 1 0 2.4-5.5L4.5 8.7M4.5 4.5v4.2h4.2M12 8v4.4l3 1.8',
  gallery: 'M4.5 5h15v14h-15zM4.5 16l4.5-4.5 4 4 2.5-2.5 4 4M15 9.2v.1',
  models: 'M12 3.5l7.5 4.2v8.6L12 20.5l-7.5-4.2V7.7zM12 12l7.5-4.3M12 12v8.5M12 12L4.5 7.7',
  templates: 'M4.5 4.5h6v6h-6zM13.5 4.5h6v6h-6zM4.5 13.5h6v6h-6zM13.5 13.5h6v6h-6z',
  nodes: 'M4 7.5h6v5H4zM14 12.5h6v5h-6zM10 10h2v5h2',
  log: 'M5 6l4 4-4 4M11.5 16.5H19',
  settings: 'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM12 3.5v2.6M12 17.9v2.6M3.5 12h2.6M17.9 12h2.6M6 6l1.8 1.8M16.2 16.2L18 18M18 6l-1.8 1.8M7.8 16.2L6 18',
  folder: 'M4 6.5h5.5l2 2.5H20v9.5H4z',
  rename: 'M5 19l1-4L15.5 5.5l3 3L9 18zM13.5 7.5l3 3',
  save: 'M5 5h11l3 3v11H5zM8.5 5v4.5h6V5M8.5 19v-5.5h7V19',
  plus: 'M12 5.5v13M5.5 12h13',
  close: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  undo: 'M8.5 5.5L4.5 9.5l4 4M4.5 9.5h9a5.5 5.5 0 0 1 0 9H9',
  redo: 'M15.5 5.5l4 4-4 4M19.5 9.5h-9a5.5 5.5 0 0 0 0 9H15',
  fit: 'M4.5 9V4.5H9M15 4.5h4.5V9M19.5 15v4.5H15M9 19.5H4.5V15',
  search: 'M10.8 4.5a6.3 6.3 0 1 0 0 12.6 6.3 6.3 0 0 0 0-12.6zM15.4 15.4l4.1 4.1',
  more: 'M5.5 12v.1M12 12v.1M18.5 12v.1',
  up: 'M12 19V5.5M6.5 11L12 5.5l5.5 5.5',
  down: 'M12 5v13.5M6.5 13l5.5 5.5 5.5-5.5',
  download: 'M12 4.5v11M7 11l5 5 5-5M5 19.5h14',
  copy: 'M8.5 8.5h11v11h-11zM15.5 8.5v-4h-11v11h4',
  trash: 'M5 7h14M9.5 7V4.5h5V7M7 7l.8 12.5h8.4L17 7M10.3 10.5v5.5M13.7 10.5v5.5',
  help: 'M12 3.8a8.2 8.2 0 1 0 0 16.4 8.2 8.2 0 0 0 0-16.4zM9.6 9.6a2.5 2.5 0 1 1 3.6 2.4c-.8.4-1.2 1-1.2 1.9M12 16.6v.1',
  warning: 'M12 4.5l8.5 15h-17zM12 10v4.5M12 17v.1',
  info: 'M12 3.8a8.2 8.2 0 1 0 0 16.4 8.2 8.2 0 0 0 0-16.4zM12 11v5.5M12 7.6v.1',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  chevron: 'M8 10l4 4 4-4',
  left: 'M14.5 6l-6 6 6 6',
  right: 'M9.5 6l6 6-6 6',
  refresh: 'M19.5 12a7.5 7.5 0 1 1-2.4-5.5l2.4 2.2M19.5 4.5v4.2h-4.2',
};

/** @typedef {keyof typeof PATHS} IconName */

/** @param {IconName} name @returns {SVGSVGElement} */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}
