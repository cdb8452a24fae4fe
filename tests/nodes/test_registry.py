"""The built-in nodes as a whole, held against ComfyUI's own."""

import json
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import nodes
from graph.definition import NodeDefinition
from graph.folders import Folders
from graph.object_info import describe_all
from graph.registry import Registry
from graph.sockets import Combo, InputFile, ModelFile
from nodes.registry import BUILTIN, register_builtin

_ROOT = Path(__file__).parents[2]
_REFERENCE = _ROOT / "tests" / "data" / "conversion" / "comfyui_nodes.json"
_KNOWN_AS = {"LoadCheckpoint": "CheckpointLoaderSimple"}
# Nodes that ComfyUI has no equal of.
_OUR_OWN = {"CLIPTextEncodeA1111", "DDIMInversion", "DynamicPrompt"}
# Which files there are is not the node's to say.
_FILE_LISTS = {
    "ckpt_name",
    "vae_name",
    "unet_name",
    "clip_name",
    "clip_name1",
    "clip_name2",
    "model_path",
    "image",
    "latent",
}


def _registry() -> Registry:
    registry = Registry()
    register_builtin(registry)
    return registry


def _theirs() -> dict[str, Any]:
    reference: dict[str, Any] = json.loads(_REFERENCE.read_text())
    return reference


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What our server would tell of our nodes."""
    folders = Folders.under(tmp_path_factory.mktemp("empty"))
    return dict(describe_all(_registry(), folders))


@pytest.mark.parametrize("name", sorted(set(_registry().names()) - _OUR_OWN))
class TestEachNode:
    """Every name that a workflow may call one of our nodes by."""

    def test_inputs_are_comfyuis_in_their_order(self, name: str, ours: dict[str, Any]) -> None:
        theirs = _theirs()[_KNOWN_AS.get(name, name)]

        assert ours[name]["input_order"] == theirs["input_order"]

    def test_types_defaults_and_ranges_are_comfyuis(self, name: str, ours: dict[str, Any]) -> None:
        theirs = _theirs()[_KNOWN_AS.get(name, name)]["input"]

        for section in ("required", "optional"):
            for key, (kind, *options) in ours[name]["input"].get(section, {}).items():
                their_kind, their_options = _choices_first(*theirs[section][key])
                assert _without_texts(options) == their_options, key
                if isinstance(kind, list) and key in _FILE_LISTS:
                    assert isinstance(their_kind, list), key
                elif isinstance(kind, list):
                    assert kind[: len(their_kind)] == their_kind, key
                else:
                    assert kind == their_kind, key

    def test_hidden_inputs_outputs_and_category_are_comfyuis(
        self, name: str, ours: dict[str, Any]
    ) -> None:
        theirs = _theirs()[_KNOWN_AS.get(name, name)]

        assert ours[name]["input"].get("hidden") == theirs["input"].get("hidden")
        shared = ("output", "output_name", "output_is_list", "output_node", "category")
        for key in shared:
            assert ours[name][key] == theirs[key], key
        assert ours[name]["display_name"] == (theirs["display_name"] or name)


def _choices_first(kind: Any, *options: dict[str, Any]) -> tuple[Any, dict[str, Any]]:  # noqa: ANN401 - JSON
    """The newer way to write a choice, `"COMBO"` and its options apart, in the older one."""
    texts = _without_texts(list(options))
    if kind == "COMBO":
        texts.pop("multiselect", None)
        kind = texts.pop("options", [])
    return kind, texts


def _without_texts(options: list[dict[str, Any]]) -> dict[str, Any]:
    return {key: value for part in options for key, value in part.items() if key != "tooltip"}


@pytest.mark.parametrize("definition", list(_registry()), ids=lambda node: node.name)
def test_a_node_describes_itself_and_each_of_its_inputs(definition: NodeDefinition) -> None:
    assert definition.description.endswith(".")
    assert [spec.name for spec in definition.inputs if not spec.tooltip] == []


@pytest.mark.parametrize("definition", list(_registry()), ids=lambda node: node.name)
def test_a_default_is_one_that_its_field_allows(definition: NodeDefinition) -> None:
    for spec in definition.inputs:
        if isinstance(spec.kind, ModelFile | InputFile):
            assert spec.required
        elif isinstance(spec.kind, Combo) and isinstance(spec.default, str):
            assert not callable(spec.kind.choices)
            assert spec.default in spec.kind.choices


def test_every_node_that_is_declared_is_registered() -> None:
    declared = {
        function
        for module in pkgutil.iter_modules(nodes.__path__, "nodes.")
        for function in vars(__import__(module.name, fromlist=["_"])).values()
        if hasattr(function, "__safelight_node__")
    }

    assert declared == set(BUILTIN)


def test_importing_nodes_and_reading_their_definitions_loads_no_numerics() -> None:
    code = (
        "import pkgutil, sys, nodes\n"
        "for module in pkgutil.iter_modules(nodes.__path__, 'nodes.'): __import__(module.name)\n"
        "from graph.registry import Registry; from nodes.registry import register_builtin\n"
        "register_builtin(Registry())\n"
        "heavy = {'torch', 'PIL', 'numpy', 'diffusers', 'transformers', 'safetensors'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code]

    run = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "[]"
