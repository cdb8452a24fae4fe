"""A node that stands for a graph of other nodes, each of which is cached and told of as ever."""

from typing import Annotated

from graph.builder import GraphBuilder
from graph.decorator import node
from graph.result import Expansion
from graph.sockets import Float, Int, Socket

Image = Annotated[object, Socket("IMAGE")]


@node("ExampleGlow", category="example", display_name="Glow", output_names=("IMAGE",))
def glow(
    image: Image,
    radius: Annotated[int, Int(1, 31)] = 8,
    amount: Annotated[float, Float(0.0, 1.0, step=0.05)] = 0.5,
) -> Image:
    """Let bright parts of pictures shine on what is around them.

    Args:
        image: The pictures.
        radius: How far they shine, in pixels.
        amount: How much.
    """
    graph = GraphBuilder()
    soft = graph.node("ImageBlur", image=image, blur_radius=radius, sigma=1.0)
    lit = graph.node(
        "ImageBlend", image1=image, image2=soft.out(0), blend_factor=amount, blend_mode="screen"
    )
    return Expansion(graph.finalize(), (lit.out(0),))
