// @ts-check
/** What a document in the editor's format means, apart from how it happens to be written. */

/** @param {any} document a parsed document @returns {any} equal for documents that mean the same */
export function meaning(document) {
  const { last_node_id, last_link_id, state, nodes, links, groups, definitions, reroutes, ...rest } = document;
  const subgraphs = (definitions?.subgraphs ?? []).map(meaning);
  return {
    rest: portsWithoutIds(rest),
    definitions: definitions && { ...definitions, subgraphs },
    nodes: nodes.map((/** @type {any} */ node) => meaningOfNode(node, links)),
    outputs: borderLinks(document),
    groups: (groups ?? []).map((/** @type {any} */ group) => ({ font_size: 24, ...group })),
    reroutes: reroutes ?? document.extra?.reroutes ?? [],
  };
}

/** @param {any} rest */
function portsWithoutIds({ inputs, outputs, ...rest }) {
  const bare = ({ linkIds, ...port }) => port;
  return { ...rest, inputs: inputs?.map(bare), outputs: outputs?.map(bare) };
}

/** @param {any} node @param {any[]} links */
function meaningOfNode({ inputs, outputs, widgets_values, order, ...node }, links) {
  return {
    ...node,
    title: node.title ?? null,
    flags: Object.fromEntries(Object.entries(node.flags ?? {}).filter(([, flag]) => flag !== false)),
    widgets_values: widgets_values ?? [],
    inputs: (inputs ?? []).map(({ link, ...slot }) => ({ ...slot, source: source(link, links) })),
    outputs: (outputs ?? []).map(({ links: _, ...slot }) => slot),
  };
}

/** @param {any} id @param {any[]} links */
function source(id, links) {
  if (id === null || id === undefined) return null;
  const list = Array.isArray(links) ? links : Object.values(links);
  for (const link of list) {
    if (Array.isArray(link) && link[0] === id) return { from: link[1], slot: link[2], type: link[5] };
    if (link?.id === id) return { from: link.origin_id, slot: link.origin_slot, type: link.type };
  }
  return null;
}

/** @param {any} document */
function borderLinks({ outputs, links }) {
  return (outputs ?? []).map(({ linkIds }) => (linkIds ?? []).map((id) => source(id, links)).filter(Boolean).slice(0, 1));
}
