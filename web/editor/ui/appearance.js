// @ts-check
/** Theme, language and what floats over the graph follow the preferences. */

import { t, useLanguage } from '../lib/i18n.js';
import { useSentences } from '../lib/sentences.js';
import { fetchNodeWords } from '../net/node_words.js';
import { readTheme } from '../render/theme.js';

/** @typedef {import('../session/editor.js').Editor} Editor */
/** @typedef {import('../session/preferences.js').Preferences} Preferences */

const light = matchMedia('(prefers-color-scheme: light)');

/** Before anything is drawn. @param {Preferences} preferences */
export function prepareAppearance({ chosen }) {
  const { theme } = chosen;
  document.documentElement.dataset['theme'] = theme === 'system' ? (light.matches ? 'light' : 'dark') : theme;
  document.documentElement.lang = chosen.language === 'zh' ? 'zh-Hans' : 'en';
  useLanguage(chosen.language);
}

/** The few words that the canvas itself writes. */
export const canvasWords = () => ({
  muted: t('canvas.muted'), bypassed: t('canvas.bypassed'), missing: t('canvas.missing'), control: t('canvas.control'),
});

/** @param {Editor} editor @param {HTMLElement} minimap @param {HTMLElement} canvas */
export function followPreferences({ preferences, catalogue, renderer }, minimap, canvas) {
  const follow = async () => {
    const { language } = preferences.chosen;
    const words = await fetchNodeWords(language);
    if (language !== preferences.chosen.language) return;
    // Before the language is told to be another: whoever hears of it shows node classes anew.
    catalogue.useWords(words);
    useSentences(words.spoken, { class: words.titles, input: words.inputs }, (type) => catalogue.get(type)?.displayName);
    prepareAppearance(preferences);
    renderer.useTheme(readTheme(document.documentElement));
    renderer.useWords(canvasWords());
    minimap.hidden = !preferences.chosen.minimap;
    canvas.setAttribute('aria-label', t('canvas.label'));
  };
  preferences.subscribe((_, changed) => changed !== 'panel' && changed !== 'batch' && follow());
  light.addEventListener('change', follow);
  follow();
}
