// @ts-check
/** Every picture in the output folder and the folders in it, the newest first. */

import { asList, asText } from '../../lib/json.js';
import { t } from '../../lib/i18n.js';
import { getJson, viewUrl } from '../../net/api.js';
import { h, withArrows } from '../dom.js';
import { attempt } from '../errors.js';
import { openLightbox, openWorkflow } from '../lightbox.js';
import { openMenu } from '../menus.js';
import { growAtEnd } from './paging.js';

/** @typedef {import('../../session/editor.js').Editor} Editor */
/** @typedef {import('../../net/api.js').FileRef} FileRef */

const CHUNK = 60;

/** @type {import('../sides.js').Panel} */
export const GALLERY_PANEL = { id: 'gallery', icon: 'gallery', labelKey: 'panel.gallery', show };

/** @param {Editor} editor @param {HTMLElement} body */
function show(editor, body) {
  /** @type {FileRef[]} */
  let files = [];
  const grid = h('div', { class: 'gallery' });
  withArrows(grid, 'button');
  let end = () => {};
  const add = () => {
    const next = files.slice(grid.childElementCount, grid.childElementCount + CHUNK);
    grid.append(...next.map((file) => tile(editor, file, () => files)));
    return grid.childElementCount < files.length;
  };
  const fill = () => attempt(async () => {
    files = await pictures();
    end();
    grid.replaceChildren();
    body.replaceChildren(files.length ? grid : h('p', { class: 'empty' }, t('gallery.empty')));
    if (files.length) end = growAtEnd(grid, add);
  });
  const refresh = () => attempt(async () => {
    const known = files[0];
    const now = await pictures();
    const fresh = now.findIndex((one) => isSame(one, known));
    if (fresh < 0) return fill();
    files = now;
    grid.prepend(...now.slice(0, fresh).map((file) => tile(editor, file, () => files)));
  });
  void fill();
  const unsubscribe = editor.net.subscribe(({ type }) => type === 'job_ended' && void refresh());
  return () => (end(), unsubscribe());
}

/** @param {FileRef} one @param {FileRef | undefined} other */
const isSame = (one, other) => one.filename === other?.filename && one.subfolder === other.subfolder;

/** @returns {Promise<FileRef[]>} */
async function pictures() {
  const paths = asList(await getJson('/internal/files/output?recurse=true')).map(asText);
  return paths.filter((path) => /\.(png|jpe?g|webp|gif)$/i.test(path)).map((path) => {
    const at = path.lastIndexOf('/');
    return { filename: path.slice(at + 1), subfolder: path.slice(0, Math.max(at, 0)) };
  });
}

/** @param {Editor} editor @param {FileRef} file @param {() => FileRef[]} all */
function tile(editor, file, all) {
  const open = (/** @type {{readonly compares?: boolean}} */ options = {}) => openLightbox(editor, all(), Math.max(all().indexOf(file), all().findIndex((one) => isSame(one, file))), options);
  const path = [file.subfolder, file.filename].filter(Boolean).join('/');
  return h('button', {
    'aria-label': path, title: path, onclick: () => open(),
    oncontextmenu: (/** @type {MouseEvent} */ event) => {
      event.preventDefault();
      openMenu(editor, [
        { label: t('gallery.open'), run: () => open() },
        { label: t('lightbox.workflow'), run: () => openWorkflow(editor, file) },
        { label: t('lightbox.compare'), run: () => open({ compares: true }) },
        { label: t('lightbox.download'), run: () => h('a', { href: viewUrl(file), download: file.filename }).click() },
      ], { x: event.clientX, y: event.clientY });
    },
  }, h('img', { src: viewUrl(file, { small: true }), alt: '', loading: 'lazy', decoding: 'async' }));
}
