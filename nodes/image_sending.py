"""A node that hands pictures to the client that asked for them, and leaves no file."""

import io

from graph.context import NodeContext
from graph.decorator import node
from graph.events import WholePicture
from graph.result import NodeOutput
from nodes.types import Image

_LEVEL = 1
"""Of zlib: it goes over the wire once, so that time counts more than size."""


@node(
    "SaveImageWebsocket",
    category="api/image",
    display_name="SaveImageWebsocket",
    output_node=True,
    pure=False,
)
def save_image_websocket(ctx: NodeContext, images: Image) -> NodeOutput:
    """Send pictures as PNG to the client that queued the workflow, by its WebSocket.

    Args:
        ctx: What the engine offers.
        images: The pictures.
    """
    from nodes.pictures import to_pictures

    pictures = to_pictures(images)
    for number, picture in enumerate(pictures, 1):
        content = io.BytesIO()
        picture.save(content, "PNG", compress_level=_LEVEL)
        ctx.progress(number, len(pictures), WholePicture(content.getvalue()))
    return NodeOutput()
