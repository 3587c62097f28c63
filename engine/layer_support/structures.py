"""Lists, tuples and mappings of arrays as flat lists, and back."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.core.parameters import Shape
from engine.core.tensor import Tensor, as_tensor

Rebuild = Callable[[Sequence[Any]], Any]


def flatten(structure: Any) -> tuple[list[Any], Rebuild]:  # noqa: ANN401 — arrays, or anything that holds them
    """The leaves of nested lists, tuples and mappings, and the function that puts leaves into the same structure."""
    if isinstance(structure, dict):
        parts = [flatten(part) for part in structure.values()]
        names = list(structure)
        return _joined(parts, lambda made: dict(zip(names, made, strict=True)))
    if isinstance(structure, list | tuple) and not _is_array(structure):
        kind = list if isinstance(structure, list) else tuple
        return _joined([flatten(part) for part in structure], kind)
    return [structure], lambda leaves: leaves[0]


def _is_array(given: Sequence[Any]) -> bool:
    """Whether a list holds numbers, so that it is an array and no list of arrays."""
    return (
        not given
        or isinstance(given[0], int | float | np.number | str | bytes)
        or (isinstance(given[0], list) and _is_array(given[0]))
    )


def _joined(parts: Sequence[tuple[list[Any], Rebuild]], make: Callable[[list[Any]], Any]) -> tuple[list[Any], Rebuild]:
    def rebuild(leaves: Sequence[Any]) -> Any:  # noqa: ANN401
        made, start = [], 0
        for own, again in parts:
            made.append(again(leaves[start : start + len(own)]))
            start += len(own)
        return make(made)

    return [leaf for own, _ in parts for leaf in own], rebuild


def pack(arrays: Sequence[Any]) -> Tensor:
    """Arrays (batch, …) side by side as rows (batch, numbers)."""
    rows = [np.reshape(as_tensor(array), (np.shape(array)[0], -1)) for array in arrays]
    return as_tensor(np.concatenate(rows, axis=1))


def unpack(rows: Any, shapes: Sequence[Shape]) -> list[Any]:  # noqa: ANN401 — an array (batch, numbers)
    """The arrays (batch, *shape) that `pack` brought together."""
    stops = np.cumsum([int(np.prod(shape)) for shape in shapes])
    parts = zip(shapes, [0, *stops[:-1]], stops, strict=True)
    return [rows[:, start:stop].reshape((rows.shape[0], *shape)) for shape, start, stop in parts]
