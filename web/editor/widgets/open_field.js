// @ts-check
/** Begins to edit a field, by the way that its kind is edited; and the titles of nodes and groups. */

import { t } from '../lib/i18n.js';
import { CONTROLS } from '../model/fields.js';
import { isCovered, setTitle } from '../model/edits.js';
import { customOf } from '../view/custom_fields.js';
import { titleOf } from '../view/layout.js';
import { TITLE } from '../view/metrics.js';
import { chooseOption } from './choice_field.js';
import { layOver, nameOf, rectOfField, setField, valueOf } from './desk.js';
import { openGroupTitle } from './group_title.js';
import { editNumber } from './number_field.js';
import { editText } from './text_field.js';

/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {import('./desk.js').Place} Place */
/** @typedef {import('../view/layout.js').WidgetPlace} WidgetPlace */

/** @param {Desk} desk @param {string} key the node's @param {WidgetPlace} widget */
export function openField(desk, key, widget) {
  const place = { desk, key, widget };
  const goOn = (/** @type {1 | -1} */ step) => openNext(place, step);
  const { kind, field } = widget;
  const custom = customOf(field);
  if (custom?.edit) editCustom(place, custom, goOn);
  else if (kind === 'int' || kind === 'number') editNumber(place, goOn);
  else if (kind === 'text') editText(place, goOn);
  else if (kind === 'toggle') editToggle(place, goOn);
  else if (kind === 'color') editColor(place, goOn);
  else if (kind === 'control') chooseOption(place, CONTROLS, goOn);
  else if (kind === 'combo' || kind === 'image' || kind === 'choices') chooseOption(place, field.input?.options ?? [], goOn);
}

/** The next field of the node that is not linked. @param {Place} place @param {1 | -1} step */
function openNext({ desk, key, widget }, step) {
  const view = desk.renderer.scene.nodes.get(key);
  if (!view) return;
  const open = view.layout.widgets.filter((one) => !isCovered(desk.store, view.record, one.name));
  const next = open[open.findIndex((one) => one.name === widget.name) + step];
  if (next) openField(desk, key, next);
}

/** A switch for the keys; a click on the field itself needs none. @param {Place} place @param {(step: 1 | -1) => void} goOn */
function editToggle(place, goOn) {
  const { desk, key, widget } = place;
  const button = document.createElement('button');
  button.className = 'field-switch';
  button.setAttribute('role', 'switch');
  button.setAttribute('aria-label', nameOf(widget));
  const show = () => button.setAttribute('aria-checked', String(valueOf(place) === true));
  const close = layOver(desk, key, rectOfField(widget.name), button);
  button.addEventListener('click', () => {
    desk.history.mark();
    setField(place, valueOf(place) !== true);
    show();
  });
  button.addEventListener('keydown', (event) => leaveByKeys(event, close, goOn));
  show();
  button.focus({ preventScroll: true });
}

/** As an extension edits it. @param {Place} place @param {import('../view/custom_fields.js').CustomField} custom @param {(step: 1 | -1) => void} goOn */
function editCustom(place, custom, goOn) {
  const { desk, key, widget } = place;
  const host = document.createElement('div');
  host.className = 'field-custom';
  host.tabIndex = -1;
  host.setAttribute('aria-label', nameOf(widget));
  desk.history.mark();
  const close = layOver(desk, key, rectOfField(widget.name), host);
  host.addEventListener('keydown', (event) => leaveByKeys(event, close, goOn));
  custom.edit?.(host, valueOf(place), (value) => setField(place, value), close);
  const first = /** @type {HTMLElement | null} */ (host.querySelector('input, button, select, textarea, [tabindex]'));
  (first ?? host).focus({ preventScroll: true });
}

/** Escape ends the editing, Tab goes on. @param {KeyboardEvent} event @param {() => void} close @param {(step: 1 | -1) => void} goOn */
function leaveByKeys(event, close, goOn) {
  if (event.key !== 'Escape' && event.key !== 'Tab') return;
  event.preventDefault();
  close();
  if (event.key === 'Tab') goOn(event.shiftKey ? -1 : 1);
}

/** @param {Place} place @param {(step: 1 | -1) => void} goOn */
function editColor(place, goOn) {
  const { desk, key, widget } = place;
  const input = document.createElement('input');
  input.type = 'color';
  input.className = 'field-color';
  input.value = String(valueOf(place) ?? '#000000');
  input.setAttribute('aria-label', nameOf(widget));
  desk.history.mark();
  const close = layOver(desk, key, rectOfField(widget.name), input);
  input.addEventListener('input', () => setField(place, input.value));
  input.addEventListener('change', close);
  input.addEventListener('keydown', (event) => leaveByKeys(event, close, goOn));
  input.focus({ preventScroll: true });
  input.showPicker();
}

/** Rename a node or a group where its name stands. @param {Desk} desk @param {string} key */
export function openTitle(desk, key) {
  const { store, renderer } = desk;
  const record = store.get(key);
  if (record?.kind === 'group') return openGroupTitle(desk, key);
  if (record?.kind !== 'node') return;
  const input = document.createElement('input');
  input.className = 'field-title';
  const shown = () => titleOf(renderer.scene.nodes.get(key)?.record ?? record, renderer.scene.nodes.get(key)?.definition);
  input.value = shown();
  input.setAttribute('aria-label', t('action.rename'));
  desk.history.mark();
  let kept = true;
  const take = () => {
    if (kept && input.value !== shown()) store.transact('rename', (tx) => setTitle(tx, key, input.value.trim() || null));
  };
  const close = layOver(desk, key, ({ layout }) => ({ ...layout.title, x: TITLE - 4, w: layout.title.w - TITLE - 4 }), input, take);
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    kept = event.key === 'Enter';
    close();
  });
  input.focus({ preventScroll: true });
  input.select();
}
