// @ts-check
/** What can be done: one object an action, which menus, the palette and the keymap all read. */

/** @typedef {import('../session/editor.js').Editor} Editor */

/**
 * `keys` are like `Ctrl+Shift+Enter`, `.` or `F2`; Ctrl stands for Cmd on a Mac, too. `when` says
 * whether it can be done now.
 * @typedef {{readonly id: string, readonly labelKey: string, readonly keys?: readonly string[],
 *   readonly when?: (editor: Editor) => boolean, readonly run: (editor: Editor) => unknown}} Action
 */

export class Actions {
  /** @type {Map<string, Action>} */
  #actions = new Map();

  /** @param {readonly Action[]} actions @throws {Error} there is one of that id */
  add(actions) {
    for (const action of actions) {
      if (this.#actions.has(action.id)) throw new Error(`there are two actions called "${action.id}"`);
      this.#actions.set(action.id, action);
    }
  }

  /** @param {string} id @returns {Action | undefined} */
  get(id) {
    return this.#actions.get(id);
  }

  /** @returns {Action[]} */
  all() {
    return [...this.#actions.values()];
  }

  /** Do it if it can be done now. @param {string} id @param {Editor} editor @returns {boolean} whether it was done */
  run(id, editor) {
    const action = this.#actions.get(id);
    if (!action || action.when?.(editor) === false) return false;
    action.run(editor);
    return true;
  }
}
