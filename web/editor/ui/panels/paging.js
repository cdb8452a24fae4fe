// @ts-check
/** Lists that grow when their end comes into sight. */

import { h } from '../dom.js';

/** Have `more` called while the end of a list can be seen. @param {HTMLElement} list @param {() => Promise<boolean> | boolean} more
 * adds to the list, and says whether there is still more @returns {() => void} to end it */
export function growAtEnd(list, more) {
  const end = h('div', { class: 'list-end' });
  list.after(end);
  let isBusy = false;
  const grow = async () => {
    if (isBusy) return;
    isBusy = true;
    const goesOn = await more();
    isBusy = false;
    if (!goesOn) return watcher.disconnect();
    // It may still be in sight, of which the watcher does not tell again.
    watcher.unobserve(end);
    watcher.observe(end);
  };
  const watcher = new IntersectionObserver((entries) => entries.some((one) => one.isIntersecting) && void grow(), { rootMargin: '400px' });
  watcher.observe(end);
  return () => {
    watcher.disconnect();
    end.remove();
  };
}
