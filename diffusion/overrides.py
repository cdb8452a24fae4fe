"""What a checkpoint's own metadata says of it, over what its family says.

`safelight.config` holds JSON of

    {"unet": {"attention_head_dim": 64, "norm_num_groups": 32}, "vae": {"norm_num_groups": 4},
     "text": {"head_dim": 64, "act": "quick_gelu"}, "prediction": "epsilon" | "v_prediction",
     "latent": {"scale": …, "rgb_factors": [[r, g, b], …], "rgb_bias": [r, g, b]},
     "native_size": [64, 64]}

where every part may be missing and unknown ones are ignored.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from diffusion.errors import DiffusionError
from diffusion.parameterisation import Prediction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diffusion.family import Family, TextKind
    from diffusion.latents import LatentFormat

Count = TypeVar("Count", int, int | None)
PREDICTIONS = {"epsilon": Prediction.EPS, "v_prediction": Prediction.V, "sample": Prediction.X0}


def overridden(family: Family, source: str, metadata: Mapping[str, str]) -> Family:
    """The family with what a file says of itself.

    Args:
        family: What the file is.
        source: How messages call the file.
        metadata: Its notes.

    Raises:
        DiffusionError: The notes cannot be read.
    """
    text = metadata.get("safelight.config")
    if text is None:
        return family
    try:
        config = _object(json.loads(text), "the whole")
        unet, vae, encoder, latent = (
            _object(config.get(part, {}), part) for part in ("unet", "vae", "text", "latent")
        )
        return replace(
            family,
            latents=_latents(family.latents, latent),
            prediction=_prediction(config.get("prediction"), family.prediction),
            unet_head_width=_count(unet, "attention_head_dim", family.unet_head_width),
            unet_groups=_count(unet, "norm_num_groups", family.unet_groups),
            vae_groups=_count(vae, "norm_num_groups", family.vae_groups),
            text_head_width=_count(encoder, "head_dim", family.text_head_width),
            text=tuple(_text(kind, encoder) for kind in family.text),
            native_size=_size(config.get("native_size", family.native_size)),
        )
    except (ValueError, OverflowError) as error:
        raise DiffusionError(
            f"the metadata 'safelight.config' of {source} cannot be read: {error}"
        ) from error


def _text(kind: TextKind, encoder: Mapping[str, object]) -> TextKind:
    return replace(kind, activation=str(encoder.get("act", kind.activation)))


def _object(value: object, name: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise DiffusionError(f"{name} is {value!r} where an object was expected")
    return value


def _count(part: Mapping[str, object], key: str, known: Count) -> Count | int:
    if key not in part:
        return known
    value = part[key]
    if not isinstance(value, int) or value < 1:
        raise DiffusionError(f"{key} is {value!r} where a whole number from 1 was expected")
    return value


def _prediction(value: object, known: Prediction) -> Prediction:
    if value is None:
        return known
    if not isinstance(value, str) or value not in PREDICTIONS:
        raise DiffusionError(
            f"the prediction is {value!r} where one of {', '.join(PREDICTIONS)} was expected"
        )
    return PREDICTIONS[value]


def _size(value: object) -> tuple[int, int]:
    width, height = (int(side) for side in _numbers(value, 2, "native_size"))
    if min(width, height) < 1:
        raise DiffusionError(f"native_size is {value!r} where two sides from 1 were expected")
    return width, height


def _latents(known: LatentFormat, config: Mapping[str, object]) -> LatentFormat:
    (scale,) = _numbers([config.get("scale", known.scale)], 1, "scale")
    rows = config.get("rgb_factors", known.rgb_factors)
    if not isinstance(rows, list | tuple) or len(rows) not in {0, known.channels}:
        raise DiffusionError(f"rgb_factors is no list of {known.channels} rows")
    return replace(
        known,
        scale=scale,
        rgb_factors=tuple(_colour(row) for row in rows),
        rgb_bias=_colour(config.get("rgb_bias", known.rgb_bias)),
    )


def _colour(value: object) -> tuple[float, float, float]:
    red, green, blue = _numbers(value, 3, "a colour")
    return red, green, blue


def _numbers(value: object, count: int, name: str) -> tuple[float, ...]:
    items = value if isinstance(value, list | tuple) else ()
    numbers = tuple(float(item) for item in items if isinstance(item, int | float))
    if len(items) != count or len(numbers) != count or not all(map(math.isfinite, numbers)):
        raise DiffusionError(f"{name} is {value!r} where {count} numbers were expected")
    return numbers
