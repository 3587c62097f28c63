"""Penalties on what layers give: `activity_regularizer`, and `add_loss` within a `call` of one's own.

Each is one number for a batch. They are gathered while a network runs; gradients flow through `PenalizedStage`.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from engine.core.tensor import Tensor, as_tensor


class _Gathering(threading.local):
    """Where this thread's penalties go: the innermost list counts."""

    lists: tuple[list[Tensor], ...] = ()


_gathering = _Gathering()


@contextmanager
def gathered() -> Iterator[list[Tensor]]:
    """A list that fills with the penalties of what runs within the block."""
    found: list[Tensor] = []
    before = _gathering.lists
    _gathering.lists = (*before, found)
    try:
        yield found
    finally:
        _gathering.lists = before


def note(value: Any) -> Tensor:  # noqa: ANN401 — one number
    """Take a penalty into account."""
    tensor = as_tensor(value)
    if _gathering.lists:
        _gathering.lists[-1].append(tensor)
    return tensor


def output_penalty(layer: Any, outputs: Any) -> Any:  # noqa: ANN401 — a layer and a tensor
    """The activity regularizer's number for outputs (batch, …): a batch's sum over its length, as in Keras 3."""
    return layer.activity_regularizer(outputs) / max(1, np.shape(outputs)[0])
