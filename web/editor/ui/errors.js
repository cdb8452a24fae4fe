// @ts-check
/** Failures as sentences in the reader's language. */

import { hasText, t } from '../lib/i18n.js';
import { say } from '../lib/sentences.js';
import { FormatError } from '../formats/errors.js';
import { ServerError } from '../net/api.js';
import { toast } from './toasts.js';

/** @param {unknown} error @returns {string} */
export function sentenceOf(error) {
  if (error instanceof FormatError) return hasText(error.key) ? t(error.key, error.facts) : error.message;
  if (error instanceof ServerError && error.status === 0) return t('error.unreachable');
  return say(error instanceof Error ? error.message : String(error));
}

/** Do something, and say so if it fails. @template T @param {() => T | Promise<T>} work @returns {Promise<T | undefined>} */
export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    toast(sentenceOf(error), { tone: 'error' });
    return undefined;
  }
}
