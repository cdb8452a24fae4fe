"""The node that makes the choices in a prompt, with files of wildcards."""

from pathlib import Path

import pytest

from graph.context import NodeContext
from graph.decorator import definition_of
from graph.errors import NodeInputError, UnsafePathError
from graph.folders import Folders
from graph.sockets import String
from nodes.prompt_choices import dynamic_prompt
from nodes.wildcards import WildcardFiles, wildcards_named


@pytest.fixture
def wildcards(context: NodeContext) -> Path:
    """The folder of wildcards, with some."""
    root = context.folders.user / "wildcards"
    (root / "animals").mkdir(parents=True)
    (root / "colour.txt").write_text("# colours\nred\n\n  blue  \n", encoding="utf-8")
    (root / "animals" / "cats.txt").write_text("\ufefflion\n", encoding="utf-8")
    (root / "animals" / "birds.txt").write_text("0::dodo\nräven\n", encoding="utf-8")
    (root / "all.txt").write_text("a {large|small} __colour__ __animals/*__\n", encoding="utf-8")
    (root / "empty.txt").write_text("# nothing yet\n", encoding="utf-8")
    (root / "broken.txt").write_text("a {b\n", encoding="utf-8")
    (root / "latin.txt").write_bytes("größe\n".encode("latin-1"))
    return root


@pytest.mark.usefixtures("wildcards")
def test_lines_of_files_are_put_in_by_the_seed(context: NodeContext) -> None:
    made = {dynamic_prompt(context, "__all__!", seed) for seed in range(60)}

    sizes, colours, animals = ("large", "small"), ("red", "blue"), ("lion", "räven")
    assert made == {f"a {s} {c} {a}!" for s in sizes for c in colours for a in animals}
    assert dynamic_prompt(context, "__all__", 3) == dynamic_prompt(context, "__all__", 3)


@pytest.mark.usefixtures("wildcards")
def test_a_star_stays_in_its_folder_and_two_go_on(context: NodeContext) -> None:
    files = WildcardFiles(context.folders)

    def texts(name: str) -> set[object]:
        return {option.template[0] for option in files.options(name)}

    assert texts("animals/*") == {"lion", "dodo", "räven"}
    assert texts("c*") == {"red", "blue"}
    assert texts("**s") == {"lion", "dodo", "räven"}


@pytest.mark.usefixtures("wildcards")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("__color__", r"no wildcard file 'color.txt' in .*; did you mean 'colour'\?"),
        ("__empty__", "__empty__ has no lines"),
        ("__broken__", r"broken.txt: The brace at line 1, character 3"),
        ("__latin__", "latin.txt cannot be read as UTF-8"),
        ("__x*__", "no wildcard file"),
    ],
)
def test_a_wildcard_that_gives_nothing_is_named(
    context: NodeContext, text: str, words: str
) -> None:
    with pytest.raises(NodeInputError, match=words):
        dynamic_prompt(context, text)


def test_without_a_folder_there_are_no_wildcards(context: NodeContext) -> None:
    with pytest.raises(NodeInputError, match="the folder has none yet"):
        dynamic_prompt(context, "__colour__")
    assert dynamic_prompt(context, "{a}") == "a"


def test_a_wildcard_cannot_lead_out_of_the_folder(
    context: NodeContext, wildcards: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret\n")
    (wildcards / "linked.txt").symlink_to(secret)

    with pytest.raises(UnsafePathError):
        dynamic_prompt(context, "__linked__")
    with pytest.raises(NodeInputError, match="no wildcard file"):
        dynamic_prompt(context, "__../../secret__")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{a|b}", set()),
        ("# __colour__", set()),
        ("{a|__colour__}", {"colour"}),
        ("__all__", {"all", "colour", "animals/cats", "animals/birds"}),
        ("__unknown__ __broken__ __latin__", {"broken"}),
    ],
)
def test_the_files_that_a_prompt_may_read_are_known_beforehand(
    context: NodeContext, wildcards: Path, text: str, names: set[str]
) -> None:
    expected = {name: wildcards / f"{name}.txt" for name in names}

    assert wildcards_named(context.folders, text) == expected


def test_a_prompt_that_is_not_known_yet_may_read_any_file(
    context: NodeContext, tmp_path: Path, wildcards: Path
) -> None:
    assert list(wildcards_named(context.folders, None).values()) == [wildcards]
    assert wildcards_named(Folders.under(tmp_path / "elsewhere"), None) == {}


def test_the_content_of_those_files_counts(context: NodeContext, wildcards: Path) -> None:
    field = definition_of(dynamic_prompt).inputs[0].kind

    assert isinstance(field, String)
    assert field.reads is wildcards_named
    (wildcards / "colour.txt").write_text("green\n")
    assert dynamic_prompt(context, "__colour__") == "green"
