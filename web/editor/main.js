// @ts-check
/** Puts the editor together. `window.editor` is what extensions and tests reach it by. */

import { Actions } from './actions/registry.js';
import { CLIPBOARD_ACTIONS } from './actions/clipboard_actions.js';
import { GRAPH_ACTIONS } from './actions/graph_actions.js';
import { listenToKeys } from './actions/keymap.js';
import { VIEW_ACTIONS } from './actions/view_actions.js';
import { t } from './lib/i18n.js';
import { Catalogue } from './model/catalogue.js';
import { getJson } from './net/api.js';
import { Minimap } from './render/minimap.js';
import { Renderer } from './render/renderer.js';
import { readTheme } from './render/theme.js';
import { Drafts } from './session/drafts.js';
import { Editor } from './session/editor.js';
import { Preferences } from './session/preferences.js';
import { Runner } from './session/runner.js';
import { canvasWords, followPreferences, prepareAppearance } from './ui/appearance.js';
import { followRuns, picturesOf, runOf } from './ui/canvas_run.js';
import { attempt } from './ui/errors.js';
import { acceptDrops } from './ui/open_file.js';
import { listenToCanvas } from './ui/canvas.js';
import { tellEnds } from './ui/run_actions.js';
import { SHELL_ACTIONS } from './ui/shell_actions.js';
import { mountShell } from './ui/shell.js';
import { openFirst } from './ui/start.js';
import { mountToasts, toast } from './ui/toasts.js';
import { Selection } from './view/selection.js';
import { Viewport } from './view/viewport.js';

const preferences = new Preferences();
prepareAppearance(preferences);
mountToasts();

const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector('#graph'));
const minimap = /** @type {HTMLCanvasElement} */ (document.querySelector('#minimap'));
const catalogue = new Catalogue((await attempt(() => getJson('/object_info'))) ?? {});
const actions = new Actions();
actions.add([...SHELL_ACTIONS, ...GRAPH_ACTIONS, ...CLIPBOARD_ACTIONS, ...VIEW_ACTIONS]);

const drafts = new Drafts(() => toast(t('error.noRoom'), { tone: 'error' }));
const editor = new Editor({ catalogue, viewport: new Viewport(), selection: new Selection(), preferences, drafts, actions });
editor.renderer = new Renderer(canvas, {
  store: editor.store, catalogue, viewport: editor.viewport, selection: editor.selection,
  theme: readTheme(document.documentElement), words: canvasWords(),
  runOf: (key) => runOf(editor, key), picturesOf: (node) => picturesOf(editor, node),
});
editor.net = new Runner(() => editor.documents);
Object.assign(window, { editor });

mountShell(editor);
new Minimap(minimap, editor.renderer);
followPreferences(editor, minimap, canvas);
followRuns(editor);
listenToCanvas(editor, canvas);
listenToKeys(editor);
acceptDrops(editor);
tellEnds(editor);
await openFirst(editor);
editor.net.open();
document.documentElement.dataset['ready'] = 'true';
