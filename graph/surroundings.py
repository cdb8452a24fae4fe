"""What one job's nodes see of the world: their context, hidden inputs, and who hears of them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from graph import events
from graph.context import NodeContext
from graph.dynamic_prompt import DynamicPrompt
from graph.formats.api import to_api
from graph.journal_sections import Sections
from graph.sockets import Hidden
from graph.structure import Structures
from graph.telling import Pace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.cache import Inner
    from graph.checked import CheckedNode
    from graph.context import Journal
    from graph.events import NodeEvent
    from graph.executor import Engine, Options
    from graph.telling import Teller
    from graph.workflow import Workflow


class Surroundings:
    """Made for one job.

    Args:
        engine: Whose folders, device and services nodes see.
        workflow: What runs, as it was given.
        options: What the run was told.
        teller: Tells what happens.
    """

    def __init__(
        self, engine: Engine, workflow: Workflow, options: Options, teller: Teller
    ) -> None:
        self._engine = engine
        self._workflow = workflow
        self._options = options
        self._teller = teller
        self._prompt: DynamicPrompt | None = None

    @property
    def grown(self) -> DynamicPrompt | None:
        """The prompt if some node has looked at it or added to it; None otherwise."""
        return self._prompt

    @property
    def prompt(self) -> DynamicPrompt:
        """The workflow in the API format, and what came to stand for its nodes."""
        if self._prompt is None:
            self._prompt = DynamicPrompt(to_api(self._workflow))
        return self._prompt

    @cached_property
    def structures(self) -> Structures:
        """What feeds the prompt's nodes, as hashes."""
        return Structures(self.prompt, self._engine.identity)

    def add(self, parent: str, nodes: Mapping[str, Mapping[str, Any]]) -> None:
        """Have nodes stand for one from now on."""
        shown = self.shown_as(parent)
        for key, node in nodes.items():
            override = node.get("override_display_id")
            self.prompt.add_ephemeral_node(key, node, parent, str(override or shown))

    def shown_as(self, node_id: str) -> str:
        """Return the node of the workflow on which clients show a node."""
        return self._prompt.get_display_node_id(node_id) if self._prompt else node_id

    def tell(self, node: CheckedNode, event: type[NodeEvent], **facts: object) -> None:
        """Tell an event of a node with its facts."""
        facts["node_id"] = node.id
        facts["class_type"] = node.definition.name
        facts["display_node"] = self.shown_as(node.id)
        self._teller.tell_all(event, facts)

    def tell_inner(self, outer: CheckedNode, inner: Inner) -> None:
        """Tell that a node need not run that stood for another one when that last ran."""
        self._teller.tell(
            events.NodeCached,
            node_id=inner.node_id,
            class_type=inner.class_type,
            display_node=self.shown_as(outer.id),
            ui=inner.ui,
        )

    def hidden(self, node: CheckedNode) -> Mapping[Hidden, object]:
        """Return what the engine fills in where a node asks for it."""
        if not node.definition.hidden:
            return {}
        return {
            Hidden.PROMPT: self.prompt.get_original_prompt(),
            Hidden.DYNPROMPT: self.prompt,
            Hidden.EXTRA_PNGINFO: self._options.extra_pnginfo,
            Hidden.UNIQUE_ID: node.id,
        }

    def context(self, node: CheckedNode, key: bytes) -> NodeContext:
        """Return what a node sees of the world while it makes the result of a key."""
        pace = Pace()

        def progress(value: int, total: int, preview: object | None) -> None:
            self.tell(
                node,
                events.NodeProgress,
                value=value,
                total=total,
                seconds_per_step=pace.at(value),
                preview=preview,
            )

        return NodeContext(
            node.id,
            self._engine.folders,
            self._engine.device,
            self._engine.outside,
            self._engine.services,
            on_progress=progress,
            on_warning=lambda text: self.tell(node, events.NodeWarning, text=text),
            raise_if_cancelled=self._options.cancel.check,
            open_journal=Sections(lambda: self._open_journal(key)).next,
            job=self._options.job,
        )

    def _open_journal(self, key: bytes) -> Journal | None:
        journals = self._engine.journals
        if journals is None:
            return None
        # It means to work for long; should it be killed, what came before need not be made again.
        self._engine.tiers.flush()
        return journals.open(key)

    def end_journal(self, key: bytes) -> None:
        """Throw a node's journal away: it is done, or failed for reasons of its own."""
        if self._engine.journals:
            self._engine.journals.discard(key)

    def leave_journal(self, key: bytes) -> None:
        """Leave a node's journal to whoever runs it next."""
        if self._engine.journals:
            self._engine.journals.release(key)
