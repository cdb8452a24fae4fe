"""Node packs: those that load, those that do not, and why."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.catalogue import make_registry
from graph.context import NodeContext
from graph.folders import Folders
from graph.object_info import describe
from tests.app.packs import base_with, forgetting, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.registry import Registry


@pytest.fixture(autouse=True)
def _leave_no_trace() -> Iterator[None]:
    with forgetting():
        yield


def _info(registry: Registry, name: str, base: Path) -> dict[str, Any]:
    definition = registry.get(name)
    assert definition is not None
    return dict(describe(definition, Folders.under(base)))


def test_packs_in_comfyuis_convention_load_as_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    registry, packs = load(base_with(tmp_path, "sound"))
    assert [*packs] == ["a-pack.v2", "ours.py"]
    assert [pack.complaints() for pack in packs.values()] == [(), ()]
    assert packs["a-pack.v2"].nodes == ("ShapesCircle", "ShapesSquare")
    assert packs["a-pack.v2"].seconds > 0
    assert packs["a-pack.v2"].web_directory == tmp_path / "custom_nodes" / "a-pack.v2" / "web"
    assert registry.get("ShapesCircle") is not None
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "what a pack prints while it is imported\n")


def test_nodes_with_our_decorator_load_too(tmp_path: Path) -> None:
    registry, packs = load(base_with(tmp_path, "sound"))
    definition = registry.get("OursDouble")
    assert packs["ours.py"].nodes == ("OursDouble",)
    assert definition is not None
    assert (definition.function(number=4), definition.source) == (8, "custom_nodes.ours")
    assert len(definition.version) == 32


def test_classes_are_described_as_comfyui_describes_them(tmp_path: Path) -> None:
    registry, _ = load(base_with(tmp_path, "sound", "a-pack.v2"))
    assert _info(registry, "ShapesCircle", tmp_path) == {
        "input": {
            "required": {
                "radius": ["FLOAT", {"default": 1.0, "min": 0.0, "max": 9.0, "unit": "cm"}],
                "kind": [["round", "angular"]],
                "width": ["INT", {"default": 8, "max": 16384}],
                "file": [["none"]],
            },
            "hidden": {"me": "UNIQUE_ID"},
        },
        "input_order": {"required": ["radius", "kind", "width", "file"], "hidden": ["me"]},
        "output": ["STRING", "SHAPE"],
        "output_is_list": [False, False],
        "output_name": ["text", "shape"],
        "output_tooltips": ["What it looks like.", ""],
        "name": "ShapesCircle",
        "display_name": "A Circle",
        "description": "Makes a circle.",
        "python_module": "custom_nodes.a-pack.v2",
        "category": "shapes",
        "output_node": False,
        "experimental": True,
    }
    square = _info(registry, "ShapesSquare", tmp_path)
    assert square["input"] == {
        "required": {"side": ["FLOAT", {"forceInput": True}]},
        "optional": {},
    }
    assert (square["output_node"], square["deprecated"]) == (True, True)
    assert (square["display_name"], square["category"]) == ("ShapesSquare", "sd")


def test_files_that_come_later_are_options_too(tmp_path: Path) -> None:
    registry, _ = load(base_with(tmp_path, "sound", "a-pack.v2"))
    (tmp_path / "models" / "loras").mkdir(parents=True)
    (tmp_path / "models" / "loras" / "new.safetensors").touch()
    required = _info(registry, "ShapesCircle", tmp_path)["input"]["required"]
    assert required["file"] == [["new.safetensors"]]


def test_a_class_runs(tmp_path: Path) -> None:
    registry, _ = load(base_with(tmp_path, "sound", "a-pack.v2"))
    definition = registry.get("ShapesSquare")
    assert definition is not None
    result = definition.function(NodeContext("1", Folders.under(tmp_path)), side=2.5)
    assert (result.values, result.ui) == (("2.5",), {"text": ["2.5"]})


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("broken_syntax.py", "broken_syntax.py, line 2: invalid syntax"),
        (
            "ends_the_program.py",
            "it ended the program while it was imported in ends_the_program.py, line 3",
        ),
        ("fails.py", "RuntimeError in fails.py, line 2: the moon is full"),
        (
            "needs_a_package.py",
            "it needs the Python module 'a_package_that_nobody_has', which is not installed:"
            " install the package that has it",
        ),
        (
            "with-requirements",
            "it needs the Python module 'another_package_that_nobody_has', which is not installed:"
            " install what {base}/custom_nodes/with-requirements/requirements.txt names",
        ),
        (
            "needs_comfyui.py",
            "it needs ComfyUI's module 'comfy.samplers', which Safelight lacks",
        ),
        (
            "needs_a_function.py",
            "it needs 'a_function_that_is_not_there' of ComfyUI's comfy.utils, which Safelight"
            " lacks",
        ),
        (
            "uses_a_function.py",
            "AttributeError in uses_a_function.py, line 3: module 'comfy.utils' has no attribute"
            " 'a_function_that_is_not_there'",
        ),
        (
            "offers_nothing.py",
            "it offers no node: it has neither NODE_CLASS_MAPPINGS nor a function with @node",
        ),
        (
            "newer.py",
            "its nodes are in ComfyUI's newer convention (V3), which Safelight does not read yet",
        ),
        ("no_init", "it has no __init__.py, which would say what is in it"),
    ],
)
def test_a_pack_that_fails_says_why_and_the_others_load(
    tmp_path: Path, name: str, sentence: str
) -> None:
    base = base_with(base_with(tmp_path, "failing"), "sound")
    registry, packs = load(base)
    assert packs[name].failure == sentence.format(base=base)
    assert packs[name].complaints() == (f"the node pack {name} is left out: {packs[name].failure}",)
    assert packs[name].nodes == ()
    assert registry.get("ShapesCircle") is not None
    assert f"custom_nodes.{Path(name).stem}" not in sys.modules or name in (
        *("newer.py", "offers_nothing.py"),
    )


def test_a_bad_class_is_left_out_and_the_others_of_its_pack_load(tmp_path: Path) -> None:
    registry, packs = load(base_with(tmp_path, "failing", "some_are_bad"))
    pack = packs["some_are_bad.py"]
    assert (pack.nodes, pack.failure) == (("SomeGood",), "")
    assert pack.problems == (
        "its NODE_DISPLAY_NAME_MAPPINGS is no dictionary, but a list",
        "its node SomeBadInputs is left out: its INPUT_TYPES failed: FileNotFoundError: styles.csv"
        " is not there",
        "its node SomeBadFunction is left out: its FUNCTION, 'walk', names no method of the class",
        "its node SomeNothing is left out: a class is expected, and SomeNothing is a NoneType",
        "its node KSampler is left out: the node 'KSampler' is declared twice: by nodes.sampling"
        " and by custom_nodes.some_are_bad",
    )
    built_in = make_registry().get("KSampler")
    assert built_in is not None
    assert registry.get("KSampler") == built_in


def test_a_pack_that_does_odd_things_costs_nobody_else(tmp_path: Path) -> None:
    registry, packs = load(base_with(tmp_path, "failing", "hostile"))
    pack = packs["hostile.py"]
    assert (pack.nodes, pack.failure, pack.web_directory) == (("7",), "", None)
    assert pack.problems == (
        "its node HostileAnything is left out: a class is expected, and HostileAnything is a"
        " Anything",
        "its node HostileRaises is left out: LookupError: not today",
    )
    assert registry.get("7") is not None


def test_packs_can_be_switched_off_and_some_kept(tmp_path: Path) -> None:
    base = base_with(tmp_path, "sound")
    assert load(base, enabled=False)[1] == {}
    assert [*load(base, enabled=False, whitelist=("a-pack.v2",))[1]] == ["a-pack.v2"]
    assert len(load(base, whitelist=("a-pack.v2",))[1]) == 2


def test_packs_may_be_in_several_folders(tmp_path: Path) -> None:
    base = base_with(tmp_path / "base", "sound", "a-pack.v2")
    base_with(tmp_path / "other", "sound")
    (base / "extra_model_paths.yaml").write_text(
        f"more:\n  base_path: {tmp_path}\n  custom_nodes: other/custom_nodes\n", "utf-8"
    )
    registry, packs = load(base)
    assert registry.get("OursDouble") is not None
    # The second one of a name is left out.
    first = base / "custom_nodes" / "a-pack.v2"
    assert packs["a-pack.v2"].failure == f"there is another pack of this name, {first}"
    assert registry.get("ShapesCircle") is not None


def test_where_there_is_no_pack_nothing_is_imported_for_them(tmp_path: Path) -> None:
    assert load(tmp_path)[1] == {}


def test_what_was_imported_once_is_not_imported_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = base_with(tmp_path, "sound", "a-pack.v2")
    first, _ = load(base)
    capsys.readouterr()
    second, packs = load(base)
    assert packs["a-pack.v2"].nodes == ("ShapesCircle", "ShapesSquare")
    assert capsys.readouterr().err == ""
    assert first.get("ShapesCircle") is not second.get("ShapesCircle")


def test_other_code_anywhere_in_a_pack_is_another_version_of_its_nodes(tmp_path: Path) -> None:
    base = base_with(tmp_path, "sound")
    helper = base / "custom_nodes" / "a-pack.v2" / "parts" / "__init__.py"
    versions = []
    for text in ("", "", "X = 1\n"):
        helper.write_text(text, "utf-8")
        with forgetting():
            registry, _ = load(base)
        found = [registry.get(name) for name in ("ShapesCircle", "OursDouble")]
        versions.append([definition.version for definition in found if definition])
    (circle, ours), again, (other, same) = versions
    assert again == [circle, ours]
    assert (other != circle, same == ours) == (True, True)


def test_packs_see_each_others_classes_and_the_built_in_ones(tmp_path: Path) -> None:
    load(base_with(tmp_path, "sound"))
    mappings = sys.modules["nodes"].NODE_CLASS_MAPPINGS
    assert {"ShapesCircle", "VAEDecode"} <= mappings.keys()
    assert sys.modules["custom_nodes.ours"].EARLIER is mappings["ShapesCircle"]


def test_what_packs_run_before_is_run_before_all_of_them_and_its_failures_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREPARED", "no")
    node = "class {0}:\n    RETURN_TYPES, FUNCTION, CATEGORY = (), 'run', 'x'\n"
    node += "    INPUT_TYPES = classmethod(lambda cls: {{'required': {{}}}})\n"
    node += "    run = lambda self: ()\nNODE_CLASS_MAPPINGS = {{'{0}': {0}}}\n"
    texts = {
        "a/__init__.py": "import os\nassert os.environ['PREPARED'] == 'yes'\n" + node.format("A"),
        "b/__init__.py": node.format("B"),
        "b/prestartup_script.py": "import os\nos.environ['PREPARED'] = 'yes'\nprint('early')\n",
        "c/__init__.py": node.format("C"),
        "c/prestartup_script.py": "\nraise RuntimeError('not today')\n",
        "d/__init__.py": node.format("D"),
        "d/prestartup_script.py": "raise SystemExit(3)\n",
    }
    for name, text in texts.items():
        file = tmp_path / "custom_nodes" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    registry, packs = load(tmp_path)
    assert all(registry.get(name) is not None for name in "ABCD")
    assert [packs[name].complaints() for name in "ab"] == [(), ()]
    assert packs["c"].complaints() == (
        "the node pack c: its prestartup_script.py failed:"
        " RuntimeError in prestartup_script.py, line 2: not today",
    )
    (told,) = packs["d"].complaints()
    assert "its prestartup_script.py failed: it ended the program" in told
