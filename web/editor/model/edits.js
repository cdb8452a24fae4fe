// @ts-check
/**
 * Everything that can be done to a workflow, in one list. Each edit takes the transaction that it
 * is part of; `rules.js` says what may be done.
 */

export { addNode, changeNodes, setCollapsed, setColor, setMode, setPinned, setTitle, setValue, toggleMode } from './edits/nodes.js';
export { connect, disconnect, disconnectAll, disconnectSlot, insertOnLink, moveLinks, originOf, placeBetween, swapInputs, targetOf } from './edits/links.js';
export { swap, swappable } from './edits/swapping.js';
export { remove, removeNodes } from './edits/removal.js';
export { addReroute, removeReroute } from './edits/reroutes.js';
export { inputToWidget, isCovered, widgetToInput } from './edits/fields.js';
export { align, carried, distribute, move, place, resize, withCarried } from './edits/moving.js';
export { addGroup, fitGroup, groupAround } from './edits/groups.js';
export { arrange } from './edits/arrange.js';
export { copy, duplicate, paste, readClip } from './edits/clipboard.js';
export { addPort, instances, removePort, renamePort, renameSubgraph } from './edits/ports.js';
export { deleteSubgraph, makeSubgraph, unpackSubgraph } from './edits/subgraphs.js';
export { demote, promote, promotedAs } from './edits/promotion.js';
