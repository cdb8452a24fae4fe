"""Embeddings by the names that prompts use, and the files whose content counts in a node's key."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from app.session import Session
from app.settings import Settings
from graph.context import NodeContext, current
from graph.decorator import definition_of
from graph.folders import Folders
from graph.sockets import String
from nodes.conditioning import clip_text_encode
from nodes.embedding_files import embedding_names, embeddings_in, embeddings_named, find_embedding
from tests.nodes.conftest import STARTER, Told


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    found = Folders.under(tmp_path)
    (root,) = found.models["embeddings"]
    (root / "styles").mkdir(parents=True)
    save_file({"emb_params": torch.ones(1, 128)}, root / "cat.safetensors")
    for name in ("cat.pt", "dog.pt", "v1.5-neg.bin", "styles/ink.pt", "odd(name).pt"):
        torch.save({"x": torch.ones(128)}, root / name)
    return found


def test_names_are_listed_without_their_suffix(folders: Folders) -> None:
    assert embedding_names(folders) == ("cat", "dog", "odd(name)", "styles/ink", "v1.5-neg")


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("cat", "cat.safetensors"),
        ("cat.pt", "cat.pt"),
        ("dog", "dog.pt"),
        ("v1.5-neg", "v1.5-neg.bin"),
        ("styles/ink", "styles/ink.pt"),
        (r"styles\ink.pt", "styles/ink.pt"),
        ("ink", None),
        ("", None),
        ("../checkpoints/x", None),
        ("/etc/passwd", None),
    ],
)
def test_an_embedding_is_found_by_its_name(folders: Folders, name: str, file: str | None) -> None:
    (root,) = folders.models["embeddings"]

    assert find_embedding(folders, name) == (file and root / file)


@pytest.mark.parametrize(
    ("prompt", "files"),
    [
        ("a cat", []),
        ("a embedding:cat on a mat", ["cat.safetensors"]),
        ("(embedding:cat:1.2), (embedding:dog)", ["cat.safetensors", "dog.pt"]),
        ("embedding:cat,embedding:dog,", ["cat.safetensors", "dog.pt"]),
        ("embedding:v1.5-neg embedding:none", ["v1.5-neg.bin"]),
        (r"(embedding:odd\(name\):0.5)", ["odd(name).pt"]),
        ("{embedding:dog|embedding:styles/ink}", ["dog.pt", "styles/ink.pt"]),
        ("[embedding:cat.pt:embedding:dog:0.5]", ["cat.pt", "dog.pt"]),
    ],
)
def test_the_files_that_a_prompt_names_are_found_however_it_is_written(
    folders: Folders, prompt: str, files: list[str]
) -> None:
    (root,) = folders.models["embeddings"]

    assert sorted(embeddings_named(folders, prompt).values()) == [root / file for file in files]


def test_a_prompt_that_comes_by_a_link_could_name_any(folders: Folders, tmp_path: Path) -> None:
    (root,) = folders.models["embeddings"]

    assert list(embeddings_named(folders, None).values()) == [root]
    assert embeddings_named(Folders.under(tmp_path / "bare"), None) == {}


def test_the_prompt_of_a_text_encoder_names_files() -> None:
    spec = definition_of(clip_text_encode).input("text")

    assert spec
    assert isinstance(spec.kind, String)
    assert spec.kind.reads is embeddings_named


def test_warnings_reach_whichever_node_runs(
    folders: Folders, context: NodeContext, told: Told
) -> None:
    embeddings = embeddings_in(folders)
    token = current.set(context)
    try:
        embeddings.warn("x")
    finally:
        current.reset(token)
    embeddings.warn("nobody runs")

    assert told.warnings == ["x"]


def test_a_changed_embedding_changes_the_picture(folders: Folders, tmp_path: Path) -> None:
    (root,) = folders.models["checkpoints"]
    root.mkdir(parents=True)
    (root / STARTER.name).symlink_to(STARTER)
    prompt = {
        "1": ("CheckpointLoaderSimple", {"ckpt_name": STARTER.name}),
        "2": ("CLIPTextEncode", {"text": "a embedding:cat", "clip": ["1", 1]}),
        "3": ("EmptyLatentImage", {"width": 64, "height": 64, "batch_size": 1}),
        "4": (
            "KSampler",
            {
                "model": ["1", 0],
                "positive": ["2", 0],
                "negative": ["2", 0],
                "latent_image": ["3", 0],
                "seed": 0,
                "steps": 1,
                "cfg": 1.0,
                "denoise": 1.0,
                "sampler_name": "euler",
                "scheduler": "normal",
            },
        ),
        "5": ("SaveLatent", {"samples": ["4", 0], "filename_prefix": "x"}),
    }
    flow = tmp_path / "flow.json"
    nodes = {key: {"class_type": name, "inputs": inputs} for key, (name, inputs) in prompt.items()}
    flow.write_text(json.dumps(nodes))
    session = Session(Settings(base=tmp_path, device="cpu", cache_disk=0))
    document = session.load(flow)

    def ran() -> set[str]:
        return {key for key, node in session.run(document).nodes.items() if not node.cached}

    assert ran() == {"1", "2", "3", "4", "5"}
    assert ran() == set()
    (embeddings,) = folders.models["embeddings"]
    save_file({"emb_params": torch.full((1, 128), 2.0)}, embeddings / "cat.safetensors")
    assert ran() == {"2", "4", "5"}
    session.close()
