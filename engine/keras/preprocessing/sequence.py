"""Sequences of numbers, brought to one length."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import ConfigurationError


def pad_sequences(
    sequences: Sequence[Sequence[Any]],
    maxlen: int | None = None,
    dtype: Any = "int32",  # noqa: ANN401 — a NumPy type
    padding: str = "pre",
    truncating: str = "pre",
    value: float = 0.0,
) -> NDArray[Any]:
    """The sequences as rows (n, length), filled up or cut at the beginning ("pre") or at the end ("post").

    Raises:
        ConfigurationError: another place than "pre" and "post".
    """
    if padding not in ("pre", "post") or truncating not in ("pre", "post"):
        raise ConfigurationError('Sequences are filled up and cut "pre" or "post".', "padding")
    length = max((len(one) for one in sequences), default=0) if maxlen is None else maxlen
    rows = np.full((len(sequences), length, *np.shape(sequences[0])[1:]), value, dtype)
    for row, one in zip(rows, sequences, strict=True):
        kept = one[-length:] if truncating == "pre" else one[:length]
        if len(kept):
            place = slice(length - len(kept), None) if padding == "pre" else slice(len(kept))
            row[place] = kept
    return rows


__all__ = ["pad_sequences"]
