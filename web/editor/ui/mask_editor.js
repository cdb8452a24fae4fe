// @ts-check
/** Painting the mask of a picture that a node loads; it is kept beside the picture, as ComfyUI keeps it. */

import { t } from '../lib/i18n.js';
import { uploadMask } from '../net/api.js';
import { setField, valueOf } from '../widgets/desk.js';
import { maskFile, openPicture } from '../widgets/mask/files.js';
import { Sheet } from '../widgets/mask/sheet.js';
import { fileNamed } from './canvas_run.js';
import { choose } from './dialog.js';
import { h } from './dom.js';
import { attempt } from './errors.js';
import { icon } from './icons.js';
import { wear } from './wear.js';

/** @typedef {import('../widgets/desk.js').Place} Place */
/** @typedef {import('../widgets/mask/painting.js').Painting} Painting */
/** @typedef {import('../widgets/mask/painting.js').Area} Area */

/** The brush that was used last. */
const brush = { size: 0, hardness: 0.8, opacity: 1, erases: false };

/** @param {Place} place a field that holds a picture */
export const openMaskEditor = (place) =>
  attempt(async () => {
    const file = fileNamed(String(valueOf(place) ?? ''));
    const [{ picture, painting }] = await Promise.all([openPicture(file), wear('mask')]);
    brush.size ||= Math.max(Math.round(Math.min(painting.width, painting.height) / 12), 4);
    showEditor(painting, picture, async () => {
      const name = `clipspace-mask-${Date.now()}.png`;
      const kept = await uploadMask(await maskFile(painting), name, file);
      place.desk.history.mark('mask');
      setField(place, `${kept.subfolder ? `${kept.subfolder}/` : ''}${kept.filename} [${kept.type}]`);
    });
  });

/** @param {Painting} painting @param {HTMLImageElement} picture @param {() => Promise<void>} save */
function showEditor(painting, picture, save) {
  let isChanged = false;
  const sheet = new Sheet(picture, painting, () => brush, () => changed());
  const tools = makeTools(() => sheet.refreshRing());
  const step = (/** @type {(() => Area | null)} */ change) => {
    const area = change();
    if (area) sheet.show(area);
    changed();
  };
  const undo = button('undo', 'action.undo', () => step(() => painting.undo()));
  const redo = button('redo', 'action.redo', () => step(() => painting.redo()));
  const keep = h('button', { class: 'button primary', onclick: () => done() }, t('mask.save'));
  const dialog = h('dialog', { class: 'mask-editor', 'aria-label': t('mask.title') },
    h('header', {}, h('h2', {}, t('mask.title')), undo, redo,
      h('button', { class: 'button', onclick: () => step(() => painting.invert()) }, t('mask.invert')),
      h('button', { class: 'button', onclick: () => step(() => painting.fill(0)) }, t('mask.clear')),
      button('fit', 'action.fit', () => sheet.fit()),
      h('span', { class: 'spacer' }),
      h('button', { class: 'button', onclick: () => leave() }, t('cancel')), keep),
    h('div', { class: 'mask-body' }, tools.element, sheet.element));

  function changed() {
    isChanged ||= painting.canUndo;
    undo.disabled = !painting.canUndo;
    redo.disabled = !painting.canRedo;
  }
  async function done() {
    keep.disabled = true;
    await attempt(async () => (await save(), dialog.close()));
    keep.disabled = false;
  }
  async function leave() {
    const sure = !isChanged || (await choose(t('mask.dropTitle'), t('mask.dropText'), [
      { id: 'stay', label: t('mask.stay') }, { id: 'drop', label: t('mask.drop'), tone: 'danger' },
    ])) === 'drop';
    if (sure) dialog.close();
  }
  dialog.addEventListener('keydown', (event) => {
    const isCommand = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (isCommand && key === 'z') step(() => (event.shiftKey ? painting.redo() : painting.undo()));
    else if (isCommand && key === 'y') step(() => painting.redo());
    else if (isCommand && key === 's') done();
    else if (!isCommand && tools.key(event.key)) sheet.refreshRing();
    else if (event.key === '+' || event.key === '=') sheet.zoom(1.25);
    else if (event.key === '-') sheet.zoom(0.8);
    else if (event.key === '0' || event.key === '.') sheet.fit();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  dialog.addEventListener('cancel', (event) => (event.preventDefault(), leave()));
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  sheet.fit();
  sheet.element.focus();
  changed();
}

/** @param {import('./icons.js').IconName} name @param {string} label @param {() => void} run */
const button = (name, label, run) => h('button', { class: 'icon-button', 'aria-label': t(label), title: t(label), onclick: run }, icon(name));

/** What is painted with. @param {() => void} changed */
function makeTools(changed) {
  const kinds = /** @type {const} */ (['brush', 'eraser']).map((kind) => h('button', {
    class: 'button', 'aria-pressed': String(brush.erases === (kind === 'eraser')), onclick: () => pick(kind === 'eraser'),
  }, t(`mask.${kind}`)));
  /** @param {boolean} erases */
  const pick = (erases) => {
    brush.erases = erases;
    kinds.forEach((one, index) => one.setAttribute('aria-pressed', String((index === 1) === erases)));
  };
  const size = slider('size', 1, 500, 1, changed);
  const hardness = slider('hardness', 0, 1, 0.05, changed);
  const opacity = slider('opacity', 0.05, 1, 0.05, changed);
  const hint = h('p', { class: 'mask-hint' }, t('mask.hint'));
  const element = h('aside', { class: 'mask-tools' }, h('div', { class: 'mask-kinds', role: 'group' }, ...kinds), size.element, hardness.element, opacity.element, hint);
  /** @param {string} pressed @returns {boolean} whether it did something */
  const key = (pressed) => {
    if (pressed === '[' || pressed === ']') size.set(Math.round(brush.size * (pressed === ']' ? 1.2 : 1 / 1.2) + (pressed === ']' ? 1 : -1)));
    else if (pressed === '{' || pressed === '}') hardness.set(brush.hardness + (pressed === '}' ? 0.1 : -0.1));
    else if (pressed === 'b' || pressed === 'e') pick(pressed === 'e');
    else if (pressed === 'x') pick(!brush.erases);
    else return false;
    return true;
  };
  return { element, key };
}

/** @param {'size' | 'hardness' | 'opacity'} name @param {number} min @param {number} max @param {number} step @param {() => void} changed */
function slider(name, min, max, step, changed) {
  const input = h('input', { type: 'range', min, max, step, value: brush[name] });
  const shown = h('output', {});
  const say = () => (shown.textContent = name === 'size' ? `${brush.size} px` : `${Math.round(brush[name] * 100)} %`);
  const set = (/** @type {number} */ value) => {
    brush[name] = Math.min(Math.max(value, min), max);
    input.value = String(brush[name]);
    say();
    changed();
  };
  input.addEventListener('input', () => set(input.valueAsNumber));
  say();
  return { element: h('label', { class: 'mask-slider' }, h('span', {}, t(`mask.${name}`), shown), input), set };
}
