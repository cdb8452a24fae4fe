// @ts-check
/** What is said of a workflow that was refused or failed: one message each, for as long as it holds. */

import { toast } from './toasts.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {import('../session/document.js').Document} Document */
/** `node` is one that was refused, empty where none was. @typedef {{readonly node: string, readonly close: () => void}} Failure */

/** @type {Map<Document, Failure>} */
const failures = new Map();

/** @param {Document} document @param {string} text
 * @param {{readonly refused?: string, readonly offer?: import('./toasts.js').Offer}} [options] `refused` is a node that would not run as it is */
export function tellFailure(document, text, { refused = '', offer } = {}) {
  forgetFailure(document);
  failures.set(document, { node: refused, close: toast(text, { tone: 'error', offer }) });
}

/** What was said of a workflow holds no more. @param {Document} document */
export function forgetFailure(document) {
  failures.get(document)?.close();
  failures.delete(document);
}

/** Take back what was said of workflows that were closed, or refused and now mended or out of sight. @param {Editor} editor */
export function followFailures(editor) {
  const look = () => {
    for (const [document, { node }] of failures) {
      const isPast = node && (document !== editor.document || document.run.get(node).status !== 'invalid');
      if (isPast || !editor.documents.includes(document)) forgetFailure(document);
    }
  };
  for (const happening of /** @type {const} */ (['tabs', 'shown'])) editor.on(happening, look);
  editor.on('run', look);
}
