"""Which output may feed which input, and where choices come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.folders import Folders
from graph.sockets import Combo, InputFile, ModelFile, fits

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("IMAGE", "IMAGE"),
        ("*", "IMAGE"),
        ("IMAGE", "*"),
        ("INT", "INT,FLOAT"),
        ("FLOAT,INT", "INT, FLOAT"),
        ("INT,FLOAT", "STRING,FLOAT,INT"),
        ("INT,STRING", "INT,FLOAT"),
        ("INT,FLOAT", "INT"),
    ],
)
def test_what_can_come_out_may_go_in(given: str, wanted: str) -> None:
    assert fits(given, wanted)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("IMAGE", "MASK"),
        ("INT", "FLOAT"),
        ("INT,STRING", "FLOAT,BOOLEAN"),
        ("IMAGE", "image"),
        ("", "INT"),
    ],
)
def test_what_cannot_go_in_does_not_fit(given: str, wanted: str) -> None:
    assert not fits(given, wanted)


class Any(str):
    """A type of the kind that packs define, equal to every other."""

    __slots__ = ()

    def __ne__(self, _other: object) -> bool:
        return False

    __eq__ = str.__eq__
    __hash__ = str.__hash__


def test_types_may_compare_as_they_like() -> None:
    assert fits("IMAGE", Any("ANYTHING"))
    assert fits(Any("ANYTHING"), "IMAGE")
    assert not fits("IMAGE", "ANYTHING")


def test_choices_are_fixed_or_asked_of_the_folders(tmp_path: Path) -> None:
    folders = Folders.under(tmp_path)
    assert Combo(["a", "b"]).options(folders) == ("a", "b")
    assert Combo(lambda where: [where.base.name]).options(folders) == (tmp_path.name,)


def test_files_are_choices_of_what_is_there_now(tmp_path: Path) -> None:
    folders = Folders.under(tmp_path)
    field = ModelFile("vae")
    assert field.options(folders) == ()
    (tmp_path / "models/vae").mkdir(parents=True)
    (tmp_path / "models/vae/x.safetensors").touch()
    assert field.options(folders) == ("x.safetensors",)


@pytest.mark.parametrize(
    ("kind", "names"), [("image", ("A.PNG", "b.jpeg")), ("latent", ("c.latent",))]
)
def test_input_files_are_of_their_kind(tmp_path: Path, kind: str, names: tuple[str, ...]) -> None:
    folders = Folders.under(tmp_path)
    folders.input.mkdir()
    for name in ("b.jpeg", "A.PNG", "c.latent", "notes.txt"):
        (folders.input / name).touch()
    assert InputFile(kind).options(folders) == names


def test_files_of_the_output_folder_are_named_with_it(tmp_path: Path) -> None:
    folders = Folders.under(tmp_path)
    folders.output.mkdir()
    (folders.output / "a.png").touch()
    field = InputFile("image", place="output")
    assert field.options(folders) == ("a.png [output]",)


@pytest.mark.parametrize(
    ("name", "annotated"),
    [("a.png", "a.png [output]"), ("a.png [output]", None), ("a.png [input]", None)],
)
def test_a_name_that_says_its_folder_keeps_it(name: str, annotated: str | None) -> None:
    assert InputFile(place="output").annotated(name) == (annotated or name)
    assert InputFile().annotated(name) == name
