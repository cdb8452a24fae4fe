"""Textual-inversion embeddings: every layout, what becomes of those that do not fit, and chunks."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from diffusion.checkpoints import load_checkpoint
from diffusion.embeddings import Embeddings, read_vectors
from diffusion.errors import DiffusionError
from diffusion.text_encoder import TextEncoder
from diffusion.tokens import CHUNK, END, START, Token, tokenise
from tests.support.checkpoints import write_tiny_checkpoint
from tests.support.tensors import noise

WIDTH = 64
Write = Callable[[Path, Tensor], Path]


def _a1111(path: Path, vectors: Tensor) -> Path:
    path = path.with_suffix(".pt")
    content: dict[str, Any] = {
        "string_to_token": {"*": 265},
        "string_to_param": {"*": vectors},
        "name": "cat",
        "step": 500,
        "sd_checkpoint": None,
    }
    torch.save(content, path)
    return path


def _original(path: Path, vectors: Tensor) -> Path:
    """As the paper's own code wrote it: parameters in a module, and a tensor of tokens."""
    path = path.with_suffix(".pt")
    parameters = torch.nn.ParameterDict({"*": torch.nn.Parameter(vectors)})
    content = {"string_to_token": {"*": torch.tensor(265)}, "string_to_param": parameters}
    torch.save(content, path)
    return path


def _diffusers(path: Path, vectors: Tensor) -> Path:
    path = path.with_suffix(".bin")
    torch.save({"<cat>": vectors.squeeze(0)}, path)
    return path


def _diffusers_safe(path: Path, vectors: Tensor) -> Path:
    return _safe(path, {"<cat>": vectors})


def _emb_params(path: Path, vectors: Tensor) -> Path:
    return _safe(path, {"emb_params": vectors})


def _sdxl(path: Path, vectors: Tensor) -> Path:
    return _safe(path, {"clip_g": noise(len(vectors), WIDTH, seed=9), "clip_l": vectors})


def _safe(path: Path, tensors: dict[str, Tensor]) -> Path:
    path = path.with_suffix(".safetensors")
    save_file(tensors, path)
    return path


@pytest.mark.parametrize(
    "write", [_a1111, _original, _diffusers, _diffusers_safe, _emb_params, _sdxl]
)
@pytest.mark.parametrize("count", [1, 3])
def test_vectors_are_read_in_every_layout(tmp_path: Path, write: Write, count: int) -> None:
    vectors = noise(count, WIDTH)

    read = read_vectors(write(tmp_path / "cat", vectors), "l", WIDTH)

    assert torch.equal(read, vectors)


def test_each_of_two_encoders_gets_its_own_vectors(tmp_path: Path) -> None:
    small, large = noise(2, 768), noise(2, 1280, seed=1)
    path = _safe(tmp_path / "cat", {"clip_g": large, "clip_l": small})

    assert torch.equal(read_vectors(path, "l", 768), small)
    assert torch.equal(read_vectors(path, "g", 1280), large)
    assert torch.equal(read_vectors(path, "h", 1280), large)


@pytest.mark.parametrize(
    ("tensors", "reason"),
    [
        (
            {"emb_params": torch.ones(1, 768)},
            r"has vectors 768 wide, and text encoder l takes 64: .* of another family",
        ),
        ({"a": torch.ones(2, 768), "b": torch.ones(1, 1024)}, "vectors 1024 and 768 wide"),
        ({"clip_l": torch.ones(1, 32), "clip_g": torch.ones(1, 64)}, "vectors 32 wide"),
        ({"emb_params": torch.full((1, 64), torch.nan)}, "NaN or infinity"),
        ({"x": torch.ones(1, 2, 64)}, "holds no vectors"),
        ({"x": torch.ones(64, dtype=torch.int64)}, "holds no vectors"),
        ({"x": torch.ones(0, 64)}, "holds no vectors"),
    ],
)
def test_vectors_that_do_not_fit_are_refused_in_a_sentence(
    tmp_path: Path, tensors: dict[str, Tensor], reason: str
) -> None:
    with pytest.raises(DiffusionError, match=reason):
        read_vectors(_safe(tmp_path / "cat", tensors), "l", WIDTH)


def _find(count: int) -> Callable[[str], tuple[Tensor | None, str]]:
    """Finds `many`, of so many vectors, and warns of nothing."""

    def find(word: str) -> tuple[Tensor | None, str]:
        name, comma, rest = word.partition(",")
        return (noise(count, 4) if name == "many" else None), comma + rest

    return find


def _shape(chunk: list[Token]) -> str:
    """A chunk in letters: start, vectors, words, end and padding."""
    assert len(chunk) == CHUNK
    letters = {START: "s", END: "e"}
    return "".join("v" if t.vector is not None else letters.get(t.id, "w") for t in chunk)


def test_each_vector_takes_the_place_of_a_token() -> None:
    (chunk,) = tokenise("a embedding:many, b", find=_find(3))

    assert _shape(chunk).rstrip("e") == "swvvvww"
    vectors = [token.vector for token in chunk if token.vector is not None]
    assert torch.equal(torch.stack(vectors), noise(3, 4))


def test_weights_count_for_vectors_as_for_words() -> None:
    (chunk,) = tokenise("(embedding:many:1.5) (embedding:many)", find=_find(2))

    assert [token.weight for token in chunk[1:5]] == [1.5, 1.5, 1.1, 1.1]
    assert _shape(chunk).rstrip("e") == "svvvv"


@pytest.mark.parametrize(
    "prompt", ["embedding:many,embedding:many", "embedding:many\nembedding:many"]
)
def test_embeddings_may_follow_each_other_with_a_comma_or_a_line_between(prompt: str) -> None:
    (chunk,) = tokenise(prompt, find=_find(2))

    assert _shape(chunk).rstrip("e").replace("w", "") == "svvvv"


def test_an_unknown_one_leaves_nothing_behind_but_its_comma() -> None:
    (chunk,) = tokenise("a embedding:none, b", find=_find(1))

    assert _shape(chunk).rstrip("e") == "swww"
    assert [token.id for token in chunk] == [token.id for token in tokenise("a , b")[0]]


def test_without_embeddings_the_word_is_text() -> None:
    assert tokenise("embedding:many") == tokenise("embedding : many")


@pytest.mark.parametrize("count", [2, 7])
def test_vectors_that_do_not_fit_into_a_chunk_move_to_the_next(count: int) -> None:
    first, second = tokenise("a " * 74 + "embedding:many", find=_find(count))

    assert _shape(first) == "s" + "w" * 74 + "ee"
    assert _shape(second).rstrip("e") == "s" + "v" * count


def test_as_many_as_a_long_word_has_are_torn_apart_like_one() -> None:
    first, second = tokenise("a " * 74 + "embedding:many", find=_find(8))

    assert _shape(first) == "s" + "w" * 74 + "ve"
    assert _shape(second).rstrip("e") == "s" + "v" * 7


def test_an_embedding_longer_than_a_chunk_goes_on_in_the_next() -> None:
    first, second, third = tokenise("embedding:many a", find=_find(160))

    assert _shape(first) == _shape(second) == "s" + "v" * 75 + "e"
    assert _shape(third).rstrip("e") == "s" + "v" * 10 + "w"


# --- In a text encoder -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> TextEncoder:
    path = tmp_path_factory.mktemp("text") / "x.safetensors"
    clip = load_checkpoint(write_tiny_checkpoint(path)).clip
    assert clip is not None
    return clip


def _with(bare: TextEncoder, folder: Path) -> tuple[TextEncoder, list[str]]:
    """An encoder that finds embeddings in a folder by their stem, and what it warned of."""
    warnings: list[str] = []

    def locate(name: str) -> Path | None:
        return next((path for path in folder.iterdir() if path.stem == name), None)

    def names() -> list[str]:
        return [path.stem for path in folder.iterdir()]

    return replace(bare, embeddings=Embeddings(locate, names, warnings.append)), warnings


def test_the_vector_of_a_word_stands_for_the_word(bare: TextEncoder, tmp_path: Path) -> None:
    table = bare.parts[0].module.get_submodule("embeddings.token_embedding").weight
    (chunk,) = tokenise("fox")
    _emb_params(tmp_path / "beast", table[chunk[1].id : chunk[1].id + 1].detach().clone())  # type: ignore[index]
    encoder, warnings = _with(bare, tmp_path)

    for prompt in ("a red {}", "a red {}, (at night:1.2)", "a ({}:0.7)"):
        ours = encoder.encode(prompt.format("embedding:beast"))
        theirs = encoder.encode(prompt.format("fox"))
        assert torch.equal(ours[0][0], theirs[0][0])
        assert torch.equal(ours[0][1]["pooled_output"], theirs[0][1]["pooled_output"])
    assert not warnings


def test_an_unknown_embedding_is_warned_of_with_the_closest(
    bare: TextEncoder, tmp_path: Path
) -> None:
    _emb_params(tmp_path / "easynegative", noise(2, WIDTH))
    encoder, warnings = _with(bare, tmp_path)

    read = encoder.encode("a cat embedding:easynegativ, at night")

    assert torch.equal(read[0][0], bare.encode("a cat , at night")[0][0])
    assert warnings == [
        "there is no embedding 'easynegativ', so the prompt goes on without it; did you mean "
        "'easynegative'?"
    ]


def test_an_embedding_of_another_family_is_left_out_with_a_warning(
    bare: TextEncoder, tmp_path: Path
) -> None:
    _emb_params(tmp_path / "wide", noise(2, 768))
    encoder, warnings = _with(bare, tmp_path)

    read = encoder.encode("a cat embedding:wide")

    assert torch.equal(read[0][0], bare.encode("a cat")[0][0])
    assert warnings == [
        "the embedding 'wide' is left out: wide.safetensors has vectors 768 wide, and text encoder "
        "l takes 64: it was made for a model of another family"
    ]


def test_a_hostile_embedding_is_left_out_with_a_warning(bare: TextEncoder, tmp_path: Path) -> None:
    (tmp_path / "evil.pt").write_bytes(b"cos\nsystem\n(S'x'\ntR.")
    encoder, warnings = _with(bare, tmp_path)

    encoder.encode("embedding:evil")

    assert len(warnings) == 1
    assert "evil.pt wants to call os.system" in warnings[0]
