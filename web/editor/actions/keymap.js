// @ts-check
/** Keys to actions. Text that is being typed keeps its keys, but for those that run, save, open and find. */

/** @typedef {import('../session/editor.js').Editor} Editor */

/** What a pressed key says of itself. @typedef {{readonly key: string, readonly code?: string, readonly ctrlKey: boolean,
 *   readonly metaKey: boolean, readonly altKey: boolean, readonly shiftKey: boolean}} Stroke */

const SHELF = 'safelight.keys';

/** What was pressed, written as actions write keys. @param {Stroke} event @returns {string} */
export function keyOfEvent(event) {
  // With Alt some keyboards give other letters: there the key's place says which it is.
  const letter = event.altKey && /^Key[A-Z]$/.test(event.code ?? '') ? (event.code ?? '').slice(3) : event.key;
  const key = letter.length === 1 ? letter.toUpperCase() : letter;
  const isSign = letter.length === 1 && letter.toLowerCase() === letter.toUpperCase();
  return [
    event.ctrlKey || event.metaKey ? 'Ctrl' : '',
    event.altKey ? 'Alt' : '',
    event.shiftKey && !isSign ? 'Shift' : '',
    key === ' ' ? 'Space' : key,
  ].filter(Boolean).join('+');
}

/** @param {Editor} editor */
export function listenToKeys(editor) {
  restoreKeys(editor);
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return;
    const pressed = keyOfEvent(event);
    const target = shownTarget(event);
    if (isTyping(target) && !isForTyping(pressed)) return;
    if (isForControl(target, pressed)) return;
    const action = editor.actions.forKeys(pressed, editor);
    if (!action || (action.told && action.keys?.[0] === pressed)) return;
    if (editor.actions.run(action.id, editor)) event.preventDefault();
  });
}

/** Give an action other keys, in this browser for good. @param {Editor} editor @param {string} id @param {readonly string[]} keys */
export function rebind({ actions }, id, keys) {
  actions.bind(id, keys);
  localStorage.setItem(SHELF, JSON.stringify(actions.bindings));
}

/** Give an action the keys of the beginning. @param {Editor} editor @param {string} id */
export function resetKeys({ actions }, id) {
  actions.unbind(id);
  localStorage.setItem(SHELF, JSON.stringify(actions.bindings));
}

/** @param {Editor} editor */
export function forgetKeys({ actions }) {
  actions.unbind();
  localStorage.removeItem(SHELF);
}

/** @param {Editor} editor */
function restoreKeys({ actions }) {
  try {
    actions.restore(JSON.parse(localStorage.getItem(SHELF) ?? 'null'));
  } catch {
    localStorage.removeItem(SHELF);
  }
}

/** What a key goes to. A field that was closed keeps the focus until the next frame: what is typed by then is for the graph.
 * @param {KeyboardEvent} event @returns {EventTarget | null} */
const shownTarget = ({ target }) => (target instanceof HTMLElement && !target.checkVisibility() ? null : target);

/** Keys that count while text is typed. @param {string} pressed */
const isForTyping = (pressed) => /^Ctrl\+(Shift\+)?(Enter|S|O|F)$|^Ctrl\+Alt\+Enter$/.test(pressed);

/** @param {EventTarget | null} target */
const isTyping = (target) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Buttons and lists keep the keys that work them; Ctrl+Enter runs wherever the focus is. @param {EventTarget | null} target @param {string} pressed */
const isForControl = (target, pressed) =>
  /^(Shift\+)?(Enter|Space|Tab|Escape|Arrow\w+|Delete|Backspace)$|^Ctrl\+(Space|Tab|Arrow\w+)$/.test(pressed) && target instanceof HTMLElement &&
  target !== document.body && target.tagName !== 'CANVAS';
