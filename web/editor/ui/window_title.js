// @ts-check
/** The title of the browser's window: how far the run is, whether there is unsaved work, the workflow's name. */

import { onLanguage } from '../lib/i18n.js';
import { estimate } from './estimate.js';
import { nameOf } from './tabs.js';

/** @param {import('../session/editor.js').Editor} editor */
export function followTitle(editor) {
  let said = '';
  const follow = () => {
    const { document: shown } = editor;
    const { status } = shown.run;
    const share = status === 'running' ? `${Math.round(estimate(shown).share * 100)} % · ` : '';
    const failed = status === 'failed' ? '✕ ' : '';
    const title = `${share || failed}${shown.isUnsaved ? '• ' : ''}${nameOf(shown)} – Safelight`;
    // To say it again costs as much as to draw a frame, and a drag tells of changes in each.
    if (title !== said) document.title = said = title;
  };
  for (const happening of /** @type {const} */ (['run', 'shown', 'tabs'])) editor.on(happening, follow);
  onLanguage(follow);
  follow();
}
