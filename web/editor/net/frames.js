// @ts-check
/** Binary messages: pictures in the making. */

import { asObject, asText } from '../lib/json.js';

const WITH_METADATA = 4;

/** @typedef {{readonly job: string, readonly node: string, readonly picture: Blob}} Preview */

/** @param {ArrayBuffer} buffer @returns {Preview | null} null for what is not of a known node */
export function readFrame(buffer) {
  if (buffer.byteLength < 8) return null;
  const view = new DataView(buffer);
  const length = view.getUint32(4);
  if (view.getUint32(0) !== WITH_METADATA || 8 + length > buffer.byteLength) return null;
  const about = asObject(JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length))));
  const type = asText(about['image_type']) || 'image/jpeg';
  const node = asText(about['display_node_id']) || asText(about['node_id']);
  return { job: asText(about['prompt_id']), node, picture: new Blob([buffer.slice(8 + length)], { type }) };
}
