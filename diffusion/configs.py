"""The `.yaml` that may lie beside a checkpoint: the configuration it was trained with.

Names and shapes of tensors tell nearly all of it. What they cannot tell is whether a UNet answers
noise or velocities, which SD 2.x's fine-tunings need: `model.params.parameterization` in the
latent-diffusion repository's configurations, a `scaling_config` in those of Stability's later one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from diffusion.errors import DiffusionError
from diffusion.parameterisation import Prediction

if TYPE_CHECKING:
    from pathlib import Path

_SUFFIXES = (".yaml", ".yml")
_MOST_BYTES = 2**20
_PARAMETERISATIONS = {"eps": Prediction.EPS, "v": Prediction.V, "x0": Prediction.X0}
_SCALINGS = {"EpsScaling": Prediction.EPS, "VScaling": Prediction.V}


def config_beside(checkpoint: Path) -> Path | None:
    """The configuration of a checkpoint: the same name, another suffix; None if there is none."""
    beside = (checkpoint.with_suffix(suffix) for suffix in _SUFFIXES)
    return next((path for path in beside if path.is_file()), None)


def configured_prediction(checkpoint: Path) -> Prediction | None:
    """What the UNet of a checkpoint answers, as the configuration beside it says.

    Args:
        checkpoint: A file; there need be no configuration.

    Returns:
        None where there is none, or it says nothing of it.

    Raises:
        DiffusionError: It cannot be read.
    """
    path = config_beside(checkpoint)
    if path is None:
        return None
    config = _read(path)
    said = _at(config, "model", "params", "parameterization")
    if said is not None:
        if said not in _PARAMETERISATIONS:
            raise DiffusionError(
                f"{path.name} gives the parameterization {str(said)[:60]!r} where one of "
                f"{', '.join(_PARAMETERISATIONS)} was expected"
            )
        return _PARAMETERISATIONS[said]
    denoiser = _at(config, "model", "params", "denoiser_config", "params")
    scaling = _at(denoiser, "scaling_config", "target")
    return _SCALINGS.get(str(scaling).rpartition(".")[2])


def _read(path: Path) -> object:
    size = path.stat().st_size
    if size > _MOST_BYTES:
        raise DiffusionError(f"{path.name} has {size} bytes, which is no configuration")
    try:
        # Plain values only: nothing that such a file names is called.
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError, OSError, RecursionError) as error:
        reason = " ".join(str(error).split())[:200]
        raise DiffusionError(
            f"{path.name}, the configuration beside the checkpoint, cannot be read: {reason}"
        ) from error


def _at(config: object, *names: str) -> Any:  # noqa: ANN401 - whatever a configuration holds
    for name in names:
        config = config.get(name) if isinstance(config, dict) else None
    return config
