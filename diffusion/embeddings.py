"""Textual-inversion embeddings: words of a prompt that stand for vectors learned from pictures.

A file holds one or more vectors under one of three layouts: A1111's `string_to_param`, diffusers'
`{token: vectors}`, and `emb_params`, or `clip_l` beside `clip_g` for SDXL's two encoders. Source:
Gal et al. 2022, arXiv:2208.01618.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from torch import Tensor

from diffusion.errors import DiffusionError
from diffusion.pickles.reader import SUFFIXES, plain_dict, read_pickle
from diffusion.weights import read_weights

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from diffusion.tokens import FindVectors

Warn: TypeAlias = Callable[[str], None]


@dataclass(frozen=True)
class Embeddings:
    """The embeddings that prompts may name.

    Attributes:
        locate: Answers the file of a name, None where there is none.
        names: Answers all names, for hints.
        warn: Told of embeddings that are missing or do not fit; the prompt goes on without them.
    """

    locate: Callable[[str], Path | None]
    names: Callable[[], Iterable[str]]
    warn: Warn

    def for_encoder(self, encoder: str, width: int, warn: Warn) -> FindVectors:
        """What finds vectors for one text encoder.

        Args:
            encoder: `l`, `h` or `g`.
            width: Of its vectors.
            warn: Told instead of the usual one, so that two encoders need not say it twice.
        """
        return partial(self._find, encoder=encoder, width=width, warn=warn)

    def _find(
        self, word: str, *, encoder: str, width: int, warn: Warn
    ) -> tuple[Tensor | None, str]:
        path, name = self.locate(word), word
        if path is None:
            name = word.rstrip(",")
            path = self.locate(name) if name != word else None
        rest = word[len(name) :]
        if path is None:
            hint = _hint(name, list(self.names()))
            warn(f"there is no embedding '{name}', so the prompt goes on without it{hint}")
            return None, rest
        try:
            return read_vectors(path, encoder, width), rest
        except DiffusionError as error:
            warn(f"the embedding '{name}' is left out: {error}")
            return None, rest


def _hint(name: str, known: Sequence[str]) -> str:
    if not known:
        return "; the folder has none yet"
    matches = get_close_matches(name, known, n=1)
    return f"; did you mean '{matches[0]}'?" if matches else ""


def read_vectors(path: Path, encoder: str, width: int) -> Tensor:
    """Read an embedding's vectors for one text encoder.

    Args:
        path: A `.safetensors` or pickled file.
        encoder: `l`, `h` or `g`, for files that hold vectors for several.
        width: Of the encoder's vectors.

    Returns:
        [n, width], n at least 1, in the file's dtype.

    Raises:
        DiffusionError: The file is damaged or no embedding, its vectors are of another width, or
            not numbers.
    """
    found = _vectors(path)
    if not found:
        raise DiffusionError(f"{path.name} holds no vectors, so it is no embedding")
    own = found.get(f"clip_{encoder}")
    choices = [own] if own is not None else list(found.values())
    tensor = next((t for t in choices if t.shape[-1] == width), None)
    if tensor is None:
        raise DiffusionError(
            f"{path.name} has vectors {_widths(choices)} wide, and text encoder {encoder} takes "
            f"{width}: it was made for a model of another family"
        )
    if not bool(tensor.isfinite().all()):
        raise DiffusionError(f"{path.name} holds NaN or infinity: it is damaged or was saved so")
    return tensor.reshape(-1, width)


def _vectors(path: Path) -> Mapping[str, Tensor]:
    """Tensors that can be vectors, by what the file calls them."""
    tensors: Mapping[str, object] = read_weights(path).tensors
    if path.suffix.lower() in SUFFIXES and not tensors:
        tensors = plain_dict(plain_dict(read_pickle(path)).get("string_to_param"))
    return {
        name: tensor
        for name, tensor in tensors.items()
        if isinstance(tensor, Tensor)
        and tensor.ndim in (1, 2)
        and tensor.numel()
        and tensor.is_floating_point()
    }


def _widths(tensors: Iterable[Tensor]) -> str:
    return " and ".join(sorted({str(tensor.shape[-1]) for tensor in tensors}))
