// @ts-check
/** Every picture in the output folder, the newest first. */

import { asList, asText } from '../../lib/json.js';
import { t } from '../../lib/i18n.js';
import { getJson, viewUrl } from '../../net/api.js';
import { h, withArrows } from '../dom.js';
import { attempt } from '../errors.js';
import { openLightbox } from '../lightbox.js';

const MOST = 400;

/** @type {import('../sides.js').Panel} */
export const GALLERY_PANEL = { id: 'gallery', icon: 'gallery', labelKey: 'panel.gallery', show };

/** @param {import('../../session/editor.js').Editor} editor @param {HTMLElement} body */
function show(editor, body) {
  const refresh = () => attempt(async () => {
    const names = asList(await getJson('/internal/files/output')).map(asText);
    const files = names.filter((name) => /\.(png|jpe?g|webp|gif)$/i.test(name)).slice(0, MOST).map((filename) => ({ filename }));
    const grid = h('div', { class: 'gallery' }, ...files.map((file, index) =>
      h('button', { 'aria-label': file.filename, title: file.filename, onclick: () => openLightbox(editor, files, index) },
        h('img', { src: viewUrl(file, { small: true }), alt: '', loading: 'lazy' }))));
    withArrows(grid, 'button');
    body.replaceChildren(files.length ? grid : h('p', { class: 'empty' }, t('gallery.empty')));
  });
  void refresh();
  return editor.net.subscribe(({ type }) => {
    if (type === 'job_ended') void refresh();
  });
}
