"""What goes into these nodes and comes out of them, as functions say it."""

from __future__ import annotations

from typing import Annotated, Any

from graph.sockets import Hidden, Int, Socket, String, Trait

Number = Annotated[int, Socket("NUMBER")]
Lazy = Annotated[int, Socket("NUMBER"), Trait.LAZY]
Numbers = Annotated[list[int], Socket("NUMBER"), Trait.LIST]
Either = Annotated[object, Socket("NUMBER,TEXT")]
Anything = Annotated[object, Socket("*")]
Raw = Annotated[list[Any], Socket("*"), Trait.RAW_LINK]
LazyRaw = Annotated[list[Any], Socket("*"), Trait.RAW_LINK, Trait.LAZY]
Whole = Annotated[int, Int(-1_000_000, 1_000_000)]
Text = Annotated[str, String()]
Me = Annotated[str, Hidden.UNIQUE_ID]
