"""Digits as people write them in labels, keys and names of folders: 7, "07", "seven", "digit_7", b"7", "7.0"."""

import re
from typing import Final

DIGIT_WORDS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_NAMED = re.compile(r"(?:.*[^0-9.]|)0*(10|[0-9])(?:\.0*)?[\"']?")


def digit_named(name: str) -> int | None:
    """The digit that a word or a name ends in, 10 where somebody counts from 1; None for every other text."""
    name = name.strip().lower()
    if _NAMED.fullmatch(name) and not re.fullmatch(r"-[0-9.]+|[0-9.]+e.*", name):
        return int(_NAMED.fullmatch(name)[1])  # type: ignore[index]
    words = re.findall(r"[a-z]+", name)
    return DIGIT_WORDS.index(words[-1]) if words and words[-1] in DIGIT_WORDS else None
