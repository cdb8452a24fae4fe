"""ComfyUI's `.latent` files, written and read."""

import json
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from graph.context import NodeContext
from graph.errors import NodeInputError
from nodes.latent_files import load_latent, read_latent, save_latent


def _latent() -> dict[str, torch.Tensor]:
    return {"samples": torch.randn(2, 4, 8, 6, generator=torch.Generator().manual_seed(5))}


def test_a_saved_latent_is_laid_out_as_comfyui_lays_it_out(context: NodeContext) -> None:
    latent = _latent()
    prompt = {"1": {"class_type": "SaveLatent", "inputs": {}}}

    output = save_latent(
        context, latent, "latents/x_%width%x%height%", prompt=prompt, extra_pnginfo={"workflow": {}}
    )

    (path,) = output.files
    assert path == context.folders.output / "latents" / "x_48x64_00001_.latent"
    shown = {"filename": path.name, "subfolder": "latents", "type": "output"}
    assert output.ui == {"latents": [shown]}
    with safe_open(path, framework="pt") as file:
        assert set(file.keys()) == {"latent_tensor", "latent_format_version_0"}
        assert file.get_tensor("latent_format_version_0").numel() == 0
        assert torch.equal(file.get_tensor("latent_tensor"), latent["samples"])
        assert file.metadata() == {"prompt": json.dumps(prompt), "workflow": "{}"}


@pytest.mark.parametrize("place", ["input", "output"])
def test_what_was_saved_is_loaded_as_it_was(context: NodeContext, place: str) -> None:
    latent = _latent()
    (path,) = save_latent(context, latent, "x").files
    if place == "input":
        path.rename(context.folders.input / path.name)

    loaded = load_latent(context, path.name if place == "input" else f"{path.name} [output]")

    assert torch.equal(loaded["samples"], latent["samples"])


def test_a_file_without_a_version_holds_scaled_latents(tmp_path: Path) -> None:
    samples = _latent()["samples"]
    save_file({"latent_tensor": (samples * 0.18215).half()}, tmp_path / "old.latent")

    read = read_latent(tmp_path / "old.latent")

    assert read.dtype == torch.float32
    torch.testing.assert_close(read, samples, rtol=2e-3, atol=2e-3)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"not a latent", "no complete .latent file"), (None, "does not exist")],
    ids=["text", "missing"],
)
def test_what_is_no_latent_is_said_so(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "x.latent"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(NodeInputError, match=words):
        read_latent(path)


def test_another_kind_of_safetensors_is_said_so(tmp_path: Path) -> None:
    save_file({"weight": torch.zeros(1)}, tmp_path / "x.latent")

    with pytest.raises(NodeInputError, match="holds no 'latent_tensor'"):
        read_latent(tmp_path / "x.latent")
