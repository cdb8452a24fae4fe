// @ts-check
/** Keys to actions. Text that is being typed keeps its keys, but for those with Ctrl and F keys. */

/** @typedef {import('../session/editor.js').Editor} Editor */

/** What was pressed, written as actions write keys. @param {KeyboardEvent} event @returns {string} */
export function keyOfEvent(event) {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const isSign = event.key.length === 1 && event.key.toLowerCase() === event.key.toUpperCase();
  return [
    event.ctrlKey || event.metaKey ? 'Ctrl' : '',
    event.altKey ? 'Alt' : '',
    event.shiftKey && !isSign ? 'Shift' : '',
    key === ' ' ? 'Space' : key,
  ].filter(Boolean).join('+');
}

/** @param {Editor} editor */
export function listenToKeys(editor) {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return;
    const pressed = keyOfEvent(event);
    if (isTyping(event.target) && !isForTyping(pressed)) return;
    const action = editor.actions.all().find(({ keys }) => keys?.includes(pressed));
    if (action && editor.actions.run(action.id, editor)) event.preventDefault();
  });
}

/** Keys that count while text is typed. @param {string} pressed */
const isForTyping = (pressed) => /^Ctrl\+(Shift\+)?(Enter|S|O)$|^Ctrl\+Alt\+Enter$/.test(pressed);

/** @param {EventTarget | null} target */
const isTyping = (target) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
