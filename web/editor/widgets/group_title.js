// @ts-check
/** The name of a group, typed where it stands. */

import { t } from '../lib/i18n.js';
import { setTitle } from '../model/edits.js';
import { groupTitleRect } from '../view/scene.js';
import { closeField } from './desk.js';

/** @typedef {import('./desk.js').Desk} Desk */

/** @param {Desk} desk @param {string} key the group's */
export function openGroupTitle({ store, viewport, history, renderer }, key) {
  const group = store.get(key);
  if (group?.kind !== 'group') return;
  closeField();
  const input = document.createElement('input');
  input.className = 'field-over field-title';
  input.value = group.title;
  input.setAttribute('aria-label', t('action.rename'));
  const follow = () => {
    const now = store.get(key);
    if (now?.kind !== 'group') return end(false);
    const rect = groupTitleRect(now);
    const { x, y } = viewport.toScreen(/** @type {import('../view/geometry.js').GraphPoint} */ ({ x: rect.x, y: rect.y }));
    input.style.width = `${rect.w}px`;
    input.style.height = `${rect.h}px`;
    input.style.fontSize = `${Math.min(now.fontSize, rect.h - 6)}px`;
    input.style.transform = `translate(${x}px, ${y}px) scale(${viewport.scale})`;
  };
  let open = true;
  const end = (/** @type {boolean} */ keeps) => {
    if (!open) return;
    open = false;
    ends.forEach((one) => one());
    const title = input.value.trim();
    input.remove();
    renderer.canvas.focus({ preventScroll: true });
    if (!keeps || title === group.title) return;
    history.mark('rename');
    store.transact('rename', (tx) => setTitle(tx, key, title));
  };
  const ends = [viewport.subscribe(follow), store.subscribe(() => queueMicrotask(() => open && follow()))];
  input.addEventListener('blur', () => end(true));
  input.addEventListener('keydown', (event) => {
    if (event.isComposing || (event.key !== 'Enter' && event.key !== 'Escape')) return;
    event.preventDefault();
    end(event.key === 'Enter');
  });
  renderer.canvas.parentElement?.append(input);
  follow();
  input.focus({ preventScroll: true });
  input.select();
}
