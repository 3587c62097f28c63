"""Shapes of single examples, and the same in words."""

from collections.abc import Sequence

import numpy as np

from engine.core.parameters import Shape
from engine.errors import ShapeError


def example_shape(input_shape: Sequence[int | None] | int | None) -> Shape:
    """The shape of one example: whole numbers from 1, a leading None left out; anything else is a `ShapeError`."""
    sizes = (input_shape,) if isinstance(input_shape, int | np.integer) else tuple(input_shape or ())
    if sizes and sizes[0] is None:
        sizes = sizes[1:]
    shape = tuple(int(size) for size in sizes if size is not None)
    if len(shape) != len(sizes) or not shape or any(size < 1 for size in shape):
        raise ShapeError(f"An input shape is made of whole numbers of at least 1, unlike {tuple(sizes)}.")
    return shape


def with_batch(shape: Shape) -> str:
    """A shape with its batch axis in words: "(batch, 20, 20)"."""
    return f"({', '.join(['batch', *map(str, shape)])})"
