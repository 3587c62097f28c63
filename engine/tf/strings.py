"""TensorFlow's `strings`: texts, alone or in arrays of any shape."""

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


def split(input: Any, sep: str | None = None) -> Any:
    """The words of a text, or a list of those of each."""
    given = np.asarray(input, object)
    parts = [as_tensor(np.array(_text(one).split(sep), object)) for one in given.reshape(-1)]
    return parts[0] if not given.ndim else parts


def to_number(input: Any, out_type: Any = "float32") -> Tensor:
    """The numbers that texts say."""
    return _of_each(float, input, np.dtype(out_type))


__all__ = ["join", "length", "lower", "split", "strip", "to_number", "upper"]
