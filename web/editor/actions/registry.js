// @ts-check
/** What can be done: one object an action, which menus, the palette and the keymap all read. */

/** @typedef {import('../session/editor.js').Editor} Editor */

/**
 * `keys` are like `Ctrl+Shift+Enter`, `.` or `F2`; Ctrl stands for Cmd on a Mac, too. `when` says
 * whether it can be done now; `told` that the browser tells of its first keys by an event of their own.
 * @typedef {{readonly id: string, readonly labelKey: string, readonly keys?: readonly string[], readonly told?: boolean,
 *   readonly when?: (editor: Editor) => boolean, readonly run: (editor: Editor) => unknown}} Action
 */

/** Other keys than an action has by default, by its id. @typedef {{readonly [id: string]: readonly string[]}} Bindings */

export class Actions {
  /** @type {Map<string, Action>} */
  #actions = new Map();
  /** @type {Map<string, readonly string[]>} */
  #bound = new Map();

  /** @param {readonly Action[]} actions @throws {Error} there is one of that id */
  add(actions) {
    for (const action of actions) {
      if (this.#actions.has(action.id)) throw new Error(`there are two actions called "${action.id}"`);
      this.#actions.set(action.id, action);
    }
  }

  /** An action, with the keys it has now. @param {string} id @returns {Action | undefined} */
  get(id) {
    const action = this.#actions.get(id);
    return action && this.#bound.has(id) ? { ...action, keys: this.keysOf(id) } : action;
  }

  /** @returns {Action[]} */
  all() {
    return [...this.#actions.keys()].flatMap((id) => this.get(id) ?? []);
  }

  /** Do it if it can be done now. @param {string} id @param {Editor} editor @returns {boolean} whether it was done */
  run(id, editor) {
    const action = this.#actions.get(id);
    if (!action || action.when?.(editor) === false) return false;
    action.run(editor);
    return true;
  }

  /** @param {string} id @returns {readonly string[]} */
  keysOf(id) {
    return this.#bound.get(id) ?? this.#actions.get(id)?.keys ?? [];
  }

  /** What keys do: of several actions that have them, the one that was given them last.
   * @param {string} keys @param {Editor} editor @returns {Action | undefined} the first that can be done now */
  forKeys(keys, editor) {
    const holders = [...this.#actions.values()].filter(({ id }) => this.keysOf(id).includes(keys));
    const byBinding = holders.sort((a, b) => Number(this.#bound.has(b.id)) - Number(this.#bound.has(a.id)));
    return byBinding.find(({ when }) => when?.(editor) !== false);
  }

  /** Give an action other keys; whoever had them loses them. @param {string} id @param {readonly string[]} keys */
  bind(id, keys) {
    if (!this.#actions.has(id)) return;
    for (const other of this.#actions.keys()) {
      const left = this.keysOf(other).filter((one) => !keys.includes(one));
      if (other !== id && left.length < this.keysOf(other).length) this.#bound.set(other, left);
    }
    this.#bound.set(id, [...keys]);
  }

  /** Back to the keys of the beginning. @param {string} [id] all actions by default */
  unbind(id) {
    if (id === undefined) this.#bound.clear();
    else this.#bound.delete(id);
  }

  /** What differs from the beginning. @returns {Bindings} */
  get bindings() {
    return Object.fromEntries(this.#bound);
  }

  /** @param {unknown} kept what `bindings` once said, from who knows where */
  restore(kept) {
    if (typeof kept !== 'object' || kept === null) return;
    for (const [id, keys] of Object.entries(kept)) {
      if (Array.isArray(keys) && keys.every((one) => typeof one === 'string')) this.#bound.set(id, keys);
    }
  }
}
