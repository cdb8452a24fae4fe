"""Custom sampling and prompt nodes through the engine: pictures, kept results, clear errors."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import safelight

Prompt = dict[str, dict[str, Any]]


def _node(kind: str, **inputs: object) -> dict[str, Any]:
    return {"class_type": kind, "inputs": inputs}


def _frame(latent: list[object]) -> Prompt:
    """What every workflow here has, around the nodes that sample."""
    return {
        "load": _node("CheckpointLoaderSimple", ckpt_name="starter.safetensors"),
        "text": _node("CLIPTextEncode", text="a red heart", clip=["load", 1]),
        "none": _node("CLIPTextEncode", text="", clip=["load", 1]),
        "empty": _node("EmptyLatentImage", width=64, height=64, batch_size=1),
        "decode": _node("VAEDecode", samples=latent, vae=["load", 2]),
        "save": _node("SaveImage", images=["decode", 0], filename_prefix="x"),
    }


def _usual() -> Prompt:
    return {
        **_frame(["sampler", 0]),
        "sampler": _node(
            "KSampler",
            model=["load", 0],
            seed=4,
            steps=3,
            cfg=3.0,
            sampler_name="dpmpp_2m",
            scheduler="karras",
            positive=["text", 0],
            negative=["none", 0],
            latent_image=["empty", 0],
            denoise=1.0,
        ),
    }


def _custom() -> Prompt:
    return {
        **_frame(["sampler", 0]),
        "noise": _node("RandomNoise", noise_seed=4),
        "guider": _node(
            "CFGGuider", model=["load", 0], positive=["text", 0], negative=["none", 0], cfg=3.0
        ),
        "method": _node("KSamplerSelect", sampler_name="dpmpp_2m"),
        "levels": _node(
            "BasicScheduler", model=["load", 0], scheduler="karras", steps=3, denoise=1.0
        ),
        "sampler": _node(
            "SamplerCustomAdvanced",
            noise=["noise", 0],
            guider=["guider", 0],
            sampler=["method", 0],
            sigmas=["levels", 0],
            latent_image=["empty", 0],
        ),
    }


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[safelight.Session]:
    """A session on the CPU."""
    output = tmp_path_factory.mktemp("output")
    with safelight.Session(device="cpu", output_directory=output) as session:
        yield session


def _run(session: safelight.Session, folder: Path, prompt: Prompt) -> safelight.Result:
    path = folder / "workflow.json"
    path.write_text(json.dumps(prompt))
    return session.run(safelight.load(path))


def _ran(result: safelight.Result) -> set[str]:
    return {name for name, node in result.nodes.items() if not node.cached}


def test_nodes_put_together_make_ksampler_s_picture_and_run_only_where_they_must(
    session: safelight.Session, tmp_path: Path
) -> None:
    usual = _run(session, tmp_path, _usual())
    custom = _run(session, tmp_path, _custom())

    assert custom.images()[0].tobytes() == usual.images()[0].tobytes()
    # The latents are the same, so what is made of them is known already.
    assert _ran(custom) == {"noise", "guider", "method", "levels", "sampler"}
    assert _ran(_run(session, tmp_path, _custom())) == set()
    # Another way to the same noise levels and sampler changes nothing behind them.
    again = _custom()
    again["levels"]["inputs"]["denoise"] = 0.99999
    assert _ran(_run(session, tmp_path, again)) == {"levels"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"method": {"sampler_name": "dpmpp_2n"}}, ["dpmpp_2n", "dpmpp_2m"]),
        ({"levels": {"steps": 0}}, ["steps", "1", "0"]),
        ({"sampler": {"sigmas": ["noise", 0]}}, ["sigmas", "SIGMAS", "NOISE"]),
    ],
)
def test_what_cannot_run_is_told_before_anything_does(
    session: safelight.Session,
    tmp_path: Path,
    changes: dict[str, dict[str, object]],
    words: list[str],
) -> None:
    prompt = _custom()
    for node, inputs in changes.items():
        prompt[node]["inputs"].update(inputs)

    with pytest.raises(safelight.InvalidWorkflowError) as caught:
        _run(session, tmp_path, prompt)

    assert all(word in str(caught.value) for word in words)


def test_noise_levels_that_rise_under_a_stochastic_sampler_are_named(
    session: safelight.Session, tmp_path: Path
) -> None:
    prompt = _custom()
    prompt["method"]["inputs"]["sampler_name"] = "euler_ancestral"
    prompt["flip"] = _node("FlipSigmas", sigmas=["levels", 0])
    prompt["sampler"]["inputs"]["sigmas"] = ["flip", 0]

    with pytest.raises(safelight.NodeFailed, match="'euler_ancestral' adds noise"):
        _run(session, tmp_path, prompt)


def test_a_chosen_prompt_goes_on_into_the_web_ui_s_syntax(
    session: safelight.Session, tmp_path: Path
) -> None:
    prompt = _usual()
    prompt["choose"] = _node("DynamicPrompt", text="a {red} [heart:star:0]", seed=1)
    prompt["text"] = _node("CLIPTextEncodeA1111", text=["choose", 0], clip=["load", 1], steps=3)
    plain = _usual()
    plain["text"]["inputs"]["text"] = "a red star"

    chosen, typed = _run(session, tmp_path, prompt), _run(session, tmp_path, plain)

    assert chosen.images()[0].tobytes() == typed.images()[0].tobytes()
