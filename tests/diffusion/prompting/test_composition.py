"""Prompts put together with AND."""

import pytest

from diffusion.prompting.composition import Member, members


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a cat", [Member("a cat")]),
        ("a cat AND a dog", [Member("a cat "), Member(" a dog")]),
        (
            "a cat :1.2 AND a dog AND a penguin : -0.5",
            [Member("a cat ", 1.2), Member(" a dog "), Member(" a penguin ", -0.5)],
        ),
        ("a cat :.5\nAND b", [Member("a cat ", 0.5), Member(" b")]),
        ("SAND ANDY band", [Member("SAND ANDY band")]),
        ("(a cat:1.2)", [Member("(a cat:1.2)")]),
        ("[a:b:5]", [Member("[a:b:5]")]),
        ("a:b", [Member("a:b")]),
    ],
)
def test_each_has_its_text_and_weight(prompt: str, expected: list[Member]) -> None:
    assert members(prompt) == expected
