"""TensorFlow's `random`: draws of any shape, and the seed of a program."""

from typing import Any

from engine.core.defaults import set_random_seed as set_seed
from engine.core.tensor import Tensor
from engine.keras.random import normal, randint, shuffle, truncated_normal
from engine.keras.random import uniform as _uniform


def uniform(shape: Any, minval: float = 0, maxval: float | None = None, dtype: Any = None, seed: Any = None) -> Tensor:
    """Draws of a shape from an interval; whole numbers where the type is one of whole numbers."""
    if dtype is not None and "int" in str(dtype):
        return randint(shape, int(minval), int(maxval or 0), dtype, seed)
    return _uniform(shape, minval, 1 if maxval is None else maxval, dtype, seed)


__all__ = ["normal", "set_seed", "shuffle", "truncated_normal", "uniform"]
