"""Numbers at places: taken out, put in, and searched for, as TensorFlow does it."""

import builtins
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from engine.core.tensor import as_tensor, remember
from engine.keras import ops
from engine.tf import arrays


def _places(indices: Any) -> tuple[Any, ...]:
    """Places (…, axes) as one array an axis."""
    return tuple(np.moveaxis(np.asarray(indices).astype(np.intp), -1, 0))


def gather_nd(params: Any, indices: Any, batch_dims: int = 0, name: str | None = None) -> Any:
    """The numbers, or parts, at places (…, axes); of each example apart where the first axes belong together."""
    places = np.asarray(indices)
    rows = np.indices((*places.shape[:batch_dims], *(1,) * (places.ndim - 1 - batch_dims)))[:batch_dims]
    return ops.convert_to_tensor(params)[(*rows, *_places(indices))]


def _scattered(tensor: Any, indices: Any, updates: Any, put: Callable[..., Any], sign: int, kept: bool) -> Any:
    base, new, where = ops.convert_to_tensor(tensor), ops.convert_to_tensor(updates), _places(indices)
    made = np.array(base)
    put(made, where, np.asarray(new, made.dtype))

    def at_base(gradient: Any) -> Any:
        left = np.array(gradient)
        left[where] = 0
        return gradient if kept else left

    return remember(as_tensor(made), [(base, at_base), (new, lambda gradient: sign * np.asarray(gradient)[where])])


def tensor_scatter_nd_update(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Any:
    """A copy with other numbers, or parts, at places (…, axes)."""
    return _scattered(tensor, indices, updates, np.ndarray.__setitem__, 1, kept=False)


def tensor_scatter_nd_add(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Any:
    """A copy with numbers added at places."""
    return _scattered(tensor, indices, updates, np.add.at, 1, kept=True)


def tensor_scatter_nd_sub(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Any:
    """A copy with numbers taken away at places."""
    return _scattered(tensor, indices, updates, np.subtract.at, -1, kept=True)


def tensor_scatter_nd_max(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Any:
    """A copy with the larger number at places; without a gradient."""
    made = np.array(tensor)
    np.maximum.at(made, _places(indices), np.asarray(updates))
    return as_tensor(made)


def tensor_scatter_nd_min(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Any:
    """A copy with the smaller number at places; without a gradient."""
    made = np.array(tensor)
    np.minimum.at(made, _places(indices), np.asarray(updates))
    return as_tensor(made)


def scatter_nd(indices: Any, updates: Any, shape: Any, name: str | None = None) -> Any:
    """Zeros of a shape with numbers added at places."""
    zeros = np.zeros(tuple(int(size) for size in shape), ops.convert_to_tensor(updates).dtype)
    return tensor_scatter_nd_add(zeros, indices, updates)


def slice(input_: Any, begin: Any, size: Any, name: str | None = None) -> Any:
    """A part from a corner, so large along each axis, up to the end for −1."""
    corner, sizes = (np.asarray(one).astype(int).tolist() for one in (begin, size))
    return ops.convert_to_tensor(input_)[
        tuple(
            builtins.slice(start, None if length < 0 else start + length)
            for start, length in zip(corner, sizes, strict=True)
        )
    ]


def sequence_mask(lengths: Any, maxlen: Any = None, dtype: Any = bool, name: str | None = None) -> Any:
    """Which places of sequences of these lengths are within, (…, maxlen)."""
    given = np.asarray(lengths)
    longest = int(given.max(initial=0) if maxlen is None else maxlen)
    return as_tensor((np.arange(longest) < given[..., np.newaxis]).astype(dtype))


def searchsorted(sorted_sequence: Any, values: Any, side: str = "left", out_type: Any = "int32") -> Any:
    """Where numbers belong in a sorted row."""
    found = np.searchsorted(np.asarray(sorted_sequence), np.asarray(values), side=side)  # type: ignore[call-overload]
    return as_tensor(found.astype(out_type))


def unravel_index(indices: Any, dims: Any, name: str | None = None) -> Any:
    """Numbers of places as coordinates, (axes, …)."""
    return as_tensor(np.stack(np.unravel_index(np.asarray(indices), tuple(int(size) for size in dims))))


class TensorArray:
    """Tensors under numbers, written one by one.

    Args:
        size: how many; more are taken.
        settings: TensorFlow's further ones, without effect.
    """

    def __init__(self, dtype: Any = None, size: Any = 0, **settings: Any) -> None:
        self.dtype, self._parts = dtype, dict.fromkeys(range(int(size)))

    def write(self, index: Any, value: Any) -> "TensorArray":
        """Put a tensor under a number."""
        self._parts[int(index)] = ops.convert_to_tensor(value, self.dtype)
        return self

    def read(self, index: Any) -> Any:
        """The tensor under a number."""
        return self._parts[int(index)]

    def size(self) -> Any:
        """How many numbers there are."""
        return as_tensor(np.array(len(self._parts), np.int32))

    def stack(self) -> Any:
        """All tensors along a new first axis."""
        return ops.stack([self._parts[number] for number in sorted(self._parts)])

    def concat(self) -> Any:
        """All tensors one after the other along the first axis."""
        return ops.concatenate([self._parts[number] for number in sorted(self._parts)])

    def unstack(self, value: Any) -> "TensorArray":
        """Take the parts of a tensor along its first axis."""
        self._parts = dict(enumerate(ops.unstack(value)))
        return self


class _Counted(NamedTuple):
    y: Any
    idx: Any
    count: Any


def unique_with_counts(x: Any, name: str | None = None) -> Any:
    """As `unique`, and how often each number is there."""
    values, places = arrays.unique(x)
    return _Counted(values, places, as_tensor(np.bincount(np.asarray(places)).astype(np.int32)))


def dynamic_partition(data: Any, partitions: Any, num_partitions: int, name: str | None = None) -> Any:
    """The parts of each number from 0 on."""
    values, numbers = ops.convert_to_tensor(data), np.asarray(partitions)
    return [values[numbers == number] for number in range(num_partitions)]


__all__ = [
    "TensorArray",
    "dynamic_partition", "gather_nd", "scatter_nd", "searchsorted", "sequence_mask", "slice",
    "tensor_scatter_nd_add", "tensor_scatter_nd_max", "tensor_scatter_nd_min", "tensor_scatter_nd_sub",
    "tensor_scatter_nd_update", "unique_with_counts", "unravel_index",
]  # fmt: skip
