// @ts-check
/** The frame around the graph. */

import { makeSides } from './sides.js';
import { makeTabs } from './tabs.js';
import { makeToolbar } from './toolbar.js';
import { GALLERY_PANEL } from './panels/gallery.js';
import { HISTORY_PANEL } from './panels/history.js';
import { LOG_PANEL } from './panels/log.js';
import { MODELS_PANEL, acceptModels } from './panels/models.js';
import { NODES_PANEL, acceptNodes } from './panels/nodes.js';
import { QUEUE_PANEL } from './panels/queue.js';
import { SETTINGS_PANEL } from './panels/settings.js';
import { TEMPLATES_PANEL } from './panels/templates.js';
import { WORKFLOWS_PANEL } from './panels/workflows.js';

const PANELS = [WORKFLOWS_PANEL, NODES_PANEL, MODELS_PANEL, TEMPLATES_PANEL, QUEUE_PANEL, HISTORY_PANEL, GALLERY_PANEL, LOG_PANEL, SETTINGS_PANEL];

/** @param {import('../session/editor.js').Editor} editor */
export function mountShell(editor) {
  const shell = /** @type {HTMLElement} */ (document.querySelector('#shell'));
  const { rail, side } = makeSides(editor, PANELS);
  shell.prepend(makeToolbar(editor, makeTabs(editor)), rail, side);
  acceptNodes(editor, editor.renderer.canvas);
  acceptModels(editor, editor.renderer.canvas);
}
