"""CLIP's tokens: prompts as numbers, in chunks of 77.

A chunk is a start token, up to 75 tokens of text and end tokens to its full length. A prompt that
needs more becomes several chunks; a word is not torn apart at a chunk's end unless it is very long.
`embedding:NAME` stands for vectors that were learned from pictures (`embeddings.py`); each takes
the place of a token.
The vocabulary is the one published with CLIP (Radford et al. 2021, arXiv:2103.00020), kept in
`data/` so that no download is needed.
"""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, TypeAlias

from diffusion.prompts import weighted_spans

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tokenizers import Tokenizer
    from torch import Tensor

    from diffusion.prompts import Span

FindVectors: TypeAlias = "Callable[[str], tuple[Tensor | None, str]]"
"""Answers the vectors [n, width] behind what follows `embedding:`, None where there are none, and
what of the word is left over."""

EMBEDDING = "embedding:"
START = 49406
END = 49407
CHUNK = 77
_ROOM = CHUNK - 2
# A word of this many tokens or more may be torn apart: moving it whole would waste a chunk's end.
_LONG_WORD = 8
# The id where a vector stands: any that is neither start nor end.
_STAND_IN = 0
# People write several embeddings with a comma and no space between them.
_BEFORE_EMBEDDING = re.compile(f"(?<=,)(?={EMBEDDING})")
_SPECIAL = ["<|startoftext|>", "<|endoftext|>"]
_MERGES = 49152 - 256 - 2
_PIECES = (
    r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A token id and how much it counts.

    Attributes:
        id: In the vocabulary.
        weight: 1 is the usual.
        vector: What the encoder gets in place of the id's own vector, [width].
    """

    id: int
    weight: float = 1.0
    vector: Tensor | None = field(default=None, compare=False)


def tokenise(
    prompt: str | Sequence[Span], *, padding: int = END, find: FindVectors | None = None
) -> list[list[Token]]:
    """Turn a weighted prompt into chunks.

    Args:
        prompt: With weights as `prompts.weighted_spans` reads them, or what it would read.
        padding: The id that fills a chunk after its end token (0 for OpenCLIP's encoders).
        find: Finds embeddings; without it `embedding:NAME` is text like any other.

    Returns:
        At least one chunk of exactly 77 tokens.
    """
    chunks: list[list[Token]] = [[]]
    for word in _words(prompt, find):
        rest = word
        while len(rest) > _ROOM - len(chunks[-1]):
            if len(word) >= _LONG_WORD:
                room = _ROOM - len(chunks[-1])
                chunks[-1].extend(rest[:room])
                rest = rest[room:]
            chunks.append([])
        chunks[-1].extend(rest)
    return [_filled(chunk, padding) for chunk in chunks]


def _words(prompt: str | Sequence[Span], find: FindVectors | None) -> Iterable[list[Token]]:
    """The tokens of each word; spaces and changes of weight part words."""
    encode = _tokenizer().encode
    for span in weighted_spans(prompt) if isinstance(prompt, str) else prompt:
        for word in span.text.replace("\n", " ").split(" "):
            for part in _BEFORE_EMBEDDING.split(word) if find else (word,):
                rest = part
                if find and part.startswith(EMBEDDING):
                    vectors, rest = find(part.removeprefix(EMBEDDING))
                    if vectors is not None:
                        yield [Token(_STAND_IN, span.weight, vector) for vector in vectors]
                if rest:
                    yield [Token(id_, span.weight) for id_ in encode(rest).ids]


def _filled(tokens: Sequence[Token], padding: int) -> list[Token]:
    missing = _ROOM - len(tokens)
    return [Token(START), *tokens, Token(END), *([Token(padding)] * missing)]


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    """CLIP's byte-pair encoding (Sennrich et al. 2016, arXiv:1508.07909)."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers  # noqa: PLC0415

    packed = files("diffusion").joinpath("data", "bpe_simple_vocab_16e6.txt.gz").read_bytes()
    lines = gzip.decompress(packed).decode("utf-8").split("\n")[1 : _MERGES + 1]
    merges = [(first, second) for first, second in (line.split() for line in lines)]
    letters = _byte_letters()
    names = [*letters, *(f"{letter}</w>" for letter in letters)]
    names += [first + second for first, second in merges]
    names += _SPECIAL
    tokenizer = Tokenizer(
        models.BPE(
            vocab={name: number for number, name in enumerate(names)},
            merges=merges,
            end_of_word_suffix="</w>",
            unk_token=_SPECIAL[-1],
        )
    )
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_PIECES), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    # Typed in a prompt, these are one token each and not their letters.
    tokenizer.add_special_tokens(_SPECIAL)
    return tokenizer


def _byte_letters() -> list[str]:
    """A printable letter for each byte, in the vocabulary's order: printable bytes come first."""
    printable = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in set(printable)]
    return [chr(byte) for byte in printable] + [chr(256 + n) for n in range(len(others))]
