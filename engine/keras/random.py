"""Keras' `random`: draws of any shape, repeatable by `set_random_seed` or by a seed of their own."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.core.defaults import default_seed, floatx, next_draw
from engine.core.tensor import Tensor, as_tensor


class SeedGenerator:
    """Gives a seed after the other.

    Args:
        seed: where they begin; None for the program's.
    """

    def __init__(self, seed: int | None = None, name: str | None = None) -> None:
        self.generator = np.random.default_rng(default_seed() if seed is None else seed)

    def next(self, ordered: bool = True) -> int:
        """The next seed."""
        return int(self.generator.integers(2**31))


def generator_of(seed: Any) -> np.random.Generator:
    """Where draws of a seed come from; without one, each time another of the program's."""
    if isinstance(seed, SeedGenerator):
        return seed.generator
    return np.random.default_rng([default_seed(), next_draw(), 1] if seed is None else seed)


def _sizes(shape: Any) -> tuple[int, ...]:
    return tuple(int(size) for size in shape)


def normal(shape: Sequence[int], mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Draws from a normal distribution."""
    return as_tensor(generator_of(seed).normal(mean, stddev, _sizes(shape)).astype(dtype or floatx()))


def truncated_normal(
    shape: Sequence[int],
    mean: float = 0.0,
    stddev: float = 1.0,
    dtype: Any = None,
    seed: Any = None,
) -> Tensor:
    """The same, none further than two deviations from the mean."""
    generator = generator_of(seed)
    values = generator.normal(0.0, 1.0, _sizes(shape))
    while (far := np.abs(values) > 2).any():
        values[far] = generator.normal(0.0, 1.0, int(far.sum()))
    return as_tensor((mean + stddev * values).astype(dtype or floatx()))


def uniform(
    shape: Sequence[int],
    minval: float = 0.0,
    maxval: float = 1.0,
    dtype: Any = None,
    seed: Any = None,
) -> Tensor:
    """Draws from an interval, all numbers equally likely."""
    return as_tensor(generator_of(seed).uniform(minval, maxval, _sizes(shape)).astype(dtype or floatx()))


def randint(shape: Sequence[int], minval: int, maxval: int, dtype: Any = "int32", seed: Any = None) -> Tensor:
    """Whole numbers from `minval` to below `maxval`."""
    return as_tensor(generator_of(seed).integers(minval, maxval, _sizes(shape)).astype(dtype))


def shuffle(x: Any, axis: int = 0, seed: Any = None) -> Tensor:
    """The parts along an axis in another order."""
    return as_tensor(generator_of(seed).permutation(np.asarray(x), axis=axis))


def dropout(inputs: Any, rate: float, noise_shape: None = None, seed: Any = None) -> Any:
    """Some numbers silenced, the others larger for it."""
    kept = generator_of(seed).random(np.shape(inputs)) >= rate
    return inputs * as_tensor((kept / (1 - rate)).astype(np.asarray(inputs).dtype))
