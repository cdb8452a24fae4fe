// @ts-check
/** What extensions of the editor import: `import { registerExtension } from '/editor/extensions.js'`. See docs/extensions.md. */

export { api, app, registerExtension } from './ui/extension_api.js';
