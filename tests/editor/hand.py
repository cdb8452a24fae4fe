"""A mouse over the graph, which finds things by what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


class Hand:
    """A mouse over the graph, which finds things by what they are."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def _on_page(self, expression: str, **about: object) -> tuple[float, float]:
        found = self.page.evaluate(
            f"""about => {{
                const {{renderer: {{scene, canvas}}, viewport, graph}} = editor;
                const view = scene.nodes.get(`node:${{graph}}/${{about.node}}`);
                const at = viewport.toScreen({expression});
                const box = canvas.getBoundingClientRect();
                return [at.x + box.x, at.y + box.y];
            }}""",
            about,
        )
        return found[0], found[1]

    def input(self, node: str, name: str) -> tuple[float, float]:
        """Where an input's socket is, in pixels of the page."""
        slot = "view.record.inputs.findIndex(({name}) => name === about.name)"
        return self._on_page(f"scene.socket(about.node, 'input', {slot})", node=node, name=name)

    def output(self, node: str, name: str) -> tuple[float, float]:
        """Where an output's socket is, in pixels of the page."""
        slot = "view.record.outputs.findIndex(({name}) => name === about.name)"
        return self._on_page(f"scene.socket(about.node, 'output', {slot})", node=node, name=name)

    def field(self, node: str, name: str) -> tuple[float, float]:
        """The middle of a field."""
        rect = "view.layout.widgets.find(({name}) => name === about.name).rect"
        place = "({x: view.record.x + x + w / 2, y: view.record.y + y + h / 2})"
        middle = f"(({{x, y, w, h}}) => {place})({rect})"
        return self._on_page(middle, node=node, name=name)

    def title(self, node: str) -> tuple[float, float]:
        """A place on the title."""
        return self._on_page("({x: view.record.x + 90, y: view.record.y - 15})", node=node)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Press, move in steps as a hand does, release."""
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        self.page.mouse.move(*end, steps=4)
        self.page.mouse.up()

    def add(self, title: str) -> str:
        """Choose a class in the open search; the id of the new node."""
        name = self.page.get_by_text(title, exact=True)
        self.page.locator(".search-row", has=name).first.click()
        return self.newest

    def find(self, title: str, x: float, y: float) -> str:
        """Double-click, type and choose; the id of the new node."""
        self.page.mouse.dblclick(x, y)
        self.page.locator(".search-field").fill(title)
        return self.add(title)

    @property
    def newest(self) -> str:
        """The id of the node that was added last."""
        ids: str = self.page.evaluate(
            "String(Math.max(...[...editor.store.all('node', editor.graph)].map(({id}) => +id)))"
        )
        return ids

    @property
    def links(self) -> list[str]:
        """Every link as `from.slot>to.slot`."""
        found: list[str] = self.page.evaluate(
            """[...editor.store.all('link', editor.graph)]
                .map((one) => `${one.from}.${one.fromSlot}>${one.to}.${one.toSlot}`).sort()"""
        )
        return found

    def value(self, node: str, name: str) -> object:
        """What a field holds."""
        return self.page.evaluate(
            "([node, name]) => editor.store.node(editor.graph, node).values[name]", [node, name]
        )
