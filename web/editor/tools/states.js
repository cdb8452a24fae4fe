// @ts-check
/** Every state of the tools, by name. */

import { BoxSelecting, Panning, PointingCanvas, Zooming } from './canvas_states.js';
import { DraggingLink } from './dragging_link.js';
import { PointingField, Scrubbing } from './field_states.js';
import { Idle } from './idle.js';
import { Knife } from './knife.js';
import { PointingBorder, PointingLink, PointingSlot } from './link_states.js';
import { DraggingNodes, PointingNode, Resizing } from './node_states.js';

/** @type {import('./chart.js').States} */
export const STATES = {
  idle: Idle,
  pointingCanvas: PointingCanvas,
  panning: Panning,
  zooming: Zooming,
  boxSelecting: BoxSelecting,
  knife: Knife,
  pointingNode: PointingNode,
  draggingNodes: DraggingNodes,
  resizing: Resizing,
  pointingSlot: PointingSlot,
  pointingBorder: PointingBorder,
  pointingLink: PointingLink,
  draggingLink: DraggingLink,
  pointingField: PointingField,
  scrubbing: Scrubbing,
};
