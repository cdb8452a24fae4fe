"""What travels between nodes, by socket.

Each name means two things: to a type checker the Python type, to the engine the socket. So a
node's signature is checked by mypy and read by the engine, and importing it loads no torch.

IMAGE: float32 [B, H, W, C] in 0..1. MASK: float32 [B, H, W], 1 where something is to be done.
LATENT: `{"samples": [B, C, h, w], "noise_mask"?, "batch_index"?, …}` in LATENT units.
CONDITIONING: `[[context [B, tokens, width], {…}], …]`. Keys that a node does not know pass through.
SIGMAS: float32 [steps + 1], the noise levels of a run. NOISE: `generate_noise(latent)` and `seed`.
"""

from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from graph.sockets import Socket

if TYPE_CHECKING:
    import torch

    from diffusion.custom_sampling import GuidedModel
    from diffusion.model import DiffusionModel
    from diffusion.noise import NoiseSource
    from diffusion.samplers.choice import SamplerChoice
    from diffusion.text_encoder import TextEncoder
    from diffusion.vae import VAE

    Model: TypeAlias = DiffusionModel
    Clip: TypeAlias = TextEncoder
    Vae: TypeAlias = VAE
    Image: TypeAlias = torch.Tensor
    Mask: TypeAlias = torch.Tensor
    Latent: TypeAlias = dict[str, Any]
    Conditioning: TypeAlias = list[list[Any]]
    Sampler: TypeAlias = SamplerChoice
    Sigmas: TypeAlias = torch.Tensor
    Noise: TypeAlias = NoiseSource
    Guider: TypeAlias = GuidedModel
else:
    Model = Annotated[object, Socket("MODEL")]
    Clip = Annotated[object, Socket("CLIP")]
    Vae = Annotated[object, Socket("VAE")]
    Image = Annotated[object, Socket("IMAGE")]
    Mask = Annotated[object, Socket("MASK")]
    Latent = Annotated[object, Socket("LATENT")]
    Conditioning = Annotated[object, Socket("CONDITIONING")]
    Sampler = Annotated[object, Socket("SAMPLER")]
    Sigmas = Annotated[object, Socket("SIGMAS")]
    Noise = Annotated[object, Socket("NOISE")]
    Guider = Annotated[object, Socket("GUIDER")]
