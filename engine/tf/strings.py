"""TensorFlow's `strings`: texts, alone or in arrays of any shape."""

import re
from typing import Any

import numpy as np

from engine.core.tensor import Tensor, as_tensor


def _of_each(function: Any, texts: Any, kind: Any = object) -> Tensor:
    given = np.asarray(texts, object)
    return as_tensor(np.array([function(_text(one)) for one in given.reshape(-1)], kind).reshape(given.shape))


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def length(input: Any) -> Tensor:
    """How many letters each text has."""
    return _of_each(len, input, np.int32)


def lower(input: Any) -> Tensor:
    """Small letters."""
    return _of_each(str.lower, input)


def upper(input: Any) -> Tensor:
    """Capital letters."""
    return _of_each(str.upper, input)


def strip(input: Any) -> Tensor:
    """Without blanks at both ends."""
    return _of_each(str.strip, input)


def join(inputs: Any, separator: str = "") -> Tensor:
    """Texts one after the other."""
    return as_tensor(np.array(separator.join(_text(np.asarray(one, object).item()) for one in inputs), object))


def as_string(input: Any, precision: int = -1) -> Tensor:
    """Numbers as texts."""
    return _of_each(lambda one: str(one) if precision < 0 else f"{float(one):.{precision}f}", input)


def regex_replace(input: Any, pattern: str, rewrite: str, replace_global: bool = True) -> Tensor:
    """Each part that a pattern fits, or the first one, replaced."""
    return _of_each(lambda one: re.sub(pattern, rewrite, one, count=0 if replace_global else 1), input)


def regex_full_match(input: Any, pattern: str) -> Tensor:
    """Whether a pattern fits all of a text."""
    return _of_each(lambda one: re.fullmatch(pattern, one) is not None, input, bool)


def substr(input: Any, pos: int, len: int) -> Tensor:
    """A part of each text."""
    return _of_each(lambda one: one[int(pos) : int(pos) + int(len)], input)


def reduce_join(inputs: Any, axis: None = None, separator: str = "") -> Tensor:
    """All texts one after the other."""
    return join(list(np.asarray(inputs, object).reshape(-1)), separator)


def unicode_split(input: Any, input_encoding: str = "UTF-8") -> Any:
    """The letters of a text, or a list of those of each."""
    given = np.asarray(input, object)
    parts = [as_tensor(np.array(list(_text(one)), object)) for one in given.reshape(-1)]
    return parts[0] if not given.ndim else parts


bytes_split = unicode_split


def split(input: Any, sep: str | None = None) -> Any:
    """The words of a text, or a list of those of each."""
    given = np.asarray(input, object)
    parts = [as_tensor(np.array(_text(one).split(sep), object)) for one in given.reshape(-1)]
    return parts[0] if not given.ndim else parts


def to_number(input: Any, out_type: Any = "float32") -> Tensor:
    """The numbers that texts say."""
    return _of_each(float, input, np.dtype(out_type))


__all__ = [
    "as_string",
    "bytes_split",
    "join",
    "length",
    "lower",
    "reduce_join",
    "regex_full_match",
    "regex_replace",
    "split",
    "strip",
    "substr",
    "to_number",
    "unicode_split",
    "upper",
]  # fmt: skip
