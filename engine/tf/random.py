"""TensorFlow's `random`: draws of any shape, and the seed of a program."""

from typing import Any

import numpy as np

from engine.core.defaults import set_random_seed as set_seed
from engine.core.tensor import Tensor, as_tensor
from engine.keras.random import SeedGenerator, generator_of, normal, randint, shuffle, truncated_normal
from engine.keras.random import uniform as _uniform


def uniform(shape: Any, minval: float = 0, maxval: float | None = None, dtype: Any = None, seed: Any = None) -> Tensor:
    """Draws of a shape from an interval; whole numbers where the type is one of whole numbers."""
    if dtype is not None and "int" in str(dtype):
        return randint(shape, int(minval), int(maxval or 0), dtype, seed)
    return _uniform(shape, minval, 1 if maxval is None else maxval, dtype, seed)


def categorical(logits: Any, num_samples: int, dtype: Any = "int64", seed: Any = None) -> Tensor:
    """Class numbers (rows, num_samples), drawn with the probabilities whose logarithms the rows hold."""
    values = np.asarray(logits, np.float64)
    # The largest of logits with Gumbel's noise is distributed as softmax says.
    noise = -np.log(-np.log(np.asarray(_uniform((*values.shape, num_samples), 1e-12, 1.0, "float64", seed))))
    return as_tensor((values[..., np.newaxis] + noise).argmax(axis=1).astype(str(dtype)))


def poisson(shape: Any, lam: Any, dtype: Any = "float32", seed: Any = None) -> Tensor:
    """Draws from Poisson distributions, (*shape, *lam's shape)."""
    rates = np.asarray(lam)
    return as_tensor(generator_of(seed).poisson(rates, (*np.atleast_1d(shape), *rates.shape)).astype(dtype))


def gamma(shape: Any, alpha: Any, beta: Any = 1.0, dtype: Any = "float32", seed: Any = None) -> Tensor:
    """Draws from gamma distributions of these shapes and rates, (*shape, *alpha's shape)."""
    shapes = np.asarray(alpha)
    drawn = generator_of(seed).gamma(shapes, size=(*np.atleast_1d(shape), *shapes.shape))
    return as_tensor((drawn / np.asarray(beta)).astype(dtype))


class Generator:
    """A stream of draws with a seed of its own."""

    def __init__(self, seed: int | None = None) -> None:
        self._seeds = SeedGenerator(seed)

    @classmethod
    def from_seed(cls, seed: int, alg: Any = None) -> "Generator":
        """The stream of this seed."""
        return cls(seed)

    @classmethod
    def from_non_deterministic_state(cls, alg: Any = None) -> "Generator":
        """A stream of the program's seed."""
        return cls()

    def normal(self, shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None) -> Tensor:
        """Draws from a normal distribution."""
        return normal(shape, mean, stddev, dtype, self._seeds)

    def uniform(self, shape: Any, minval: float = 0, maxval: float | None = None, dtype: Any = None) -> Tensor:
        """Draws from an interval."""
        return uniform(shape, minval, maxval, dtype, self._seeds)


__all__ = [
    "Generator",
    "categorical",
    "gamma",
    "normal",
    "poisson",
    "set_seed",
    "shuffle",
    "truncated_normal",
    "uniform",
]
