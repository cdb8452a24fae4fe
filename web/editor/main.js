// @ts-check
/** Puts the editor together. `window.editor` is what extensions and tests reach it by. */

import { Actions } from './actions/registry.js';
import { CLIPBOARD_ACTIONS } from './actions/clipboard_actions.js';
import { GRAPH_ACTIONS } from './actions/graph_actions.js';
import { GROUP_ACTIONS } from './actions/group_actions.js';
import { listenToKeys } from './actions/keymap.js';
import { VIEW_ACTIONS } from './actions/view_actions.js';
import { t } from './lib/i18n.js';
import { Catalogue } from './model/catalogue.js';
import { getJson } from './net/api.js';
import { fetchNodeWords } from './net/node_words.js';
import { Minimap } from './render/minimap.js';
import { Renderer } from './render/renderer.js';
import { readTheme } from './render/theme.js';
import { Drafts } from './session/drafts.js';
import { Editor } from './session/editor.js';
import { Preferences } from './session/preferences.js';
import { AutoQueue } from './session/auto_queue.js';
import { Planner } from './session/planner.js';
import { Runner } from './session/runner.js';
import { CONNECT_ACTION } from './ui/connect_menu.js';
import { canvasWords, followPreferences, prepareAppearance } from './ui/appearance.js';
import { followRuns, picturesOf, runOf } from './ui/canvas_run.js';
import { offerBeginnings } from './ui/empty_state.js';
import { attempt } from './ui/errors.js';
import { MENU_ACTION, quietBrowserMenu } from './ui/keyboard_menu.js';
import { listNodes } from './ui/node_list.js';
import { acceptDrops } from './ui/open_file.js';
import { listenToCanvas } from './ui/canvas.js';
import { NODE_ACTIONS } from './ui/node_actions.js';
import { queue, tellEnds } from './ui/run_actions.js';
import { speakOfRuns } from './ui/run_voice.js';
import { SHELL_ACTIONS } from './ui/shell_actions.js';
import { mountShell } from './ui/shell.js';
import { findExtensions, loadExtensions } from './ui/load_extensions.js';
import { openFirst } from './ui/start.js';
import { showTrail } from './ui/trail.js';
import { mountToasts, toast } from './ui/toasts.js';
import { openTheirs } from './ui/file_actions.js';
import { followWindows } from './ui/windows.js';
import { followTitle } from './ui/window_title.js';
import { Selection } from './view/selection.js';
import { Viewport } from './view/viewport.js';

const preferences = new Preferences();
prepareAppearance(preferences);
mountToasts();

const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector('#graph'));
const minimap = /** @type {HTMLCanvasElement} */ (document.querySelector('#minimap'));
const extensions = findExtensions();
const [described, words] = await Promise.all([
  attempt(() => getJson('/object_info')), fetchNodeWords(preferences.chosen.language),
]);
const catalogue = new Catalogue(described ?? {}, words);
const actions = new Actions();
actions.add([...SHELL_ACTIONS, ...GRAPH_ACTIONS, ...GROUP_ACTIONS, ...NODE_ACTIONS, ...CLIPBOARD_ACTIONS, ...VIEW_ACTIONS, CONNECT_ACTION, MENU_ACTION]);

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
quietBrowserMenu(canvas);
listenToCanvas(editor, canvas);
listenToKeys(editor);
acceptDrops(editor);
tellEnds(editor);
await loadExtensions(editor, extensions);
await openFirst(editor);
offerBeginnings(editor, canvas.parentElement ?? document.body);
listNodes(editor, canvas);
showTrail(editor, canvas.parentElement ?? document.body);
speakOfRuns(editor);
editor.net.open();
new Planner(editor);
new AutoQueue(editor, () => queue(editor));
followTitle(editor);
followWindows(editor, (path) => attempt(() => openTheirs(editor, path)));
document.documentElement.dataset['ready'] = 'true';
