// @ts-check
/** Pictures at full size: leaf through them, compare two with a wipe, download, open their workflow. */

import { t } from '../lib/i18n.js';
import { viewUrl } from '../net/api.js';
import { h } from './dom.js';
import { attempt } from './errors.js';
import { icon } from './icons.js';
import { openFile } from './open_file.js';
import { toast } from './toasts.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {import('../net/api.js').FileRef} FileRef */

/** @param {Editor} editor @param {readonly FileRef[]} files @param {number} [first] which to begin with
 * @param {{readonly compares?: boolean}} [options] whether to compare it with the next one at once */
export function openLightbox(editor, files, first = 0, { compares = false } = {}) {
  let at = first;
  /** The file that is compared with. @type {FileRef | null} */
  let other = null;
  const stage = h('div', { class: 'lightbox-stage' });
  const name = h('span', { class: 'lightbox-name' });
  const current = () => /** @type {FileRef} */ (files[at]);
  const show = () => {
    name.textContent = files.length > 1 ? `${current().filename} · ${at + 1} / ${files.length}` : current().filename;
    stage.replaceChildren(...(other ? wipe(other, current()) : [picture(current())]));
  };
  const go = (/** @type {number} */ step) => {
    at = (at + step + files.length) % files.length;
    show();
  };
  const button = (/** @type {import('./icons.js').IconName} */ sign, /** @type {string} */ key, /** @type {() => unknown} */ run) =>
    h('button', { class: 'icon-button', 'aria-label': t(key), title: t(key), onclick: run }, icon(sign));
  const compare = () => {
    other = other ? null : current();
    if (other && files.length > 1) go(1);
    else show();
  };
  /** @type {HTMLDialogElement} */
  const box = h('dialog', { class: 'lightbox', 'aria-label': t('lightbox') },
    h('header', {}, name,
      files.length > 1 ? button('fit', 'lightbox.compare', compare) : null,
      button('templates', 'lightbox.workflow', () => {
        box.close();
        return openWorkflow(editor, current());
      }),
      button('copy', 'lightbox.copy', () => copyPicture(current())),
      h('a', { class: 'icon-button', href: viewUrl(current()), download: current().filename, 'aria-label': t('lightbox.download'), title: t('lightbox.download'),
        onclick: (/** @type {Event} */ event) => {
          const link = /** @type {HTMLAnchorElement} */ (event.currentTarget);
          link.href = viewUrl(current());
          link.download = current().filename;
        } }, icon('download')),
      button('close', 'close', () => box.close())),
    stage,
    files.length > 1 ? button('left', 'lightbox.before', () => go(-1)) : null,
    files.length > 1 ? button('right', 'lightbox.next', () => go(1)) : null);
  box.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    event.stopPropagation();
    if (event.key === 'ArrowLeft') go(-1);
    if (event.key === 'ArrowRight') go(1);
  });
  box.addEventListener('close', () => box.remove());
  stage.addEventListener('click', (event) => event.target === stage && box.close());
  document.body.append(box);
  if (compares) compare();
  else show();
  box.showModal();
}

/** @param {FileRef} file */
const picture = (file) => h('img', { src: viewUrl(file), alt: file.filename });

/** Two pictures over each other, with a seam that follows the pointer. @param {FileRef} left @param {FileRef} right */
function wipe(left, right) {
  const above = picture(left);
  const host = h('div', { class: 'wipe' }, picture(right), above);
  const seam = h('input', { type: 'range', class: 'wipe-seam', min: 0, max: 100, value: 50, 'aria-label': t('lightbox.seam') });
  const follow = () => (above.style.clipPath = `inset(0 ${100 - Number(seam.value)}% 0 0)`);
  seam.addEventListener('input', follow);
  host.addEventListener('pointermove', ({ clientX }) => {
    const { left: start, width } = host.getBoundingClientRect();
    seam.value = String(((clientX - start) / width) * 100);
    follow();
  });
  follow();
  return [host, seam];
}

/** @param {Editor} editor @param {FileRef} file */
export const openWorkflow = (editor, file) =>
  attempt(async () => {
    const blob = await (await fetch(viewUrl(file))).blob();
    await openFile(editor, blob, file.filename.replace(/\.[a-z]+$/i, ''));
  });

/** @param {FileRef} file */
const copyPicture = (file) =>
  attempt(async () => {
    if (!navigator.clipboard) return void toast(t('lightbox.copyUnsafe'), { tone: 'error' });
    // Browsers copy PNG only.
    const url = /\.png$/i.test(file.filename) ? viewUrl(file) : `${viewUrl(file)}&channel=rgb`;
    const blob = fetch(url).then((answer) => answer.blob());
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
    toast(t('lightbox.copied'), { tone: 'success' });
  });
