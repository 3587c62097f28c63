"""How weights start: each initializer is a function of a shape and a random generator.

The spread of the first weights decides whether signals survive a deep network: Glorot keeps the variance of
activations and gradients for symmetric activations (tanh, sigmoid), He doubles it for ReLU, which silences half
of its inputs. Draws are made in float64, so that a float32 and a float64 network of one seed start equal.
"""

from collections.abc import Callable, Sequence
from math import prod, sqrt

import numpy as np

from engine.core.parameters import FloatArray, Shape
from engine.errors import ConfigurationError

Initializer = Callable[[Shape, np.random.Generator], FloatArray]

# Standard deviation of a standard normal that is cut off at ±2.
_TRUNCATED_DEVIATION = 0.87962566103423978


def zeros(shape: Shape, rng: np.random.Generator) -> FloatArray:
    """Zeros in any shape: for biases; a hidden layer's kernel of zeros never breaks its symmetry."""
    return np.zeros(shape)


def ones(shape: Shape, rng: np.random.Generator) -> FloatArray:
    """Ones in any shape: for scales such as batch normalization's gamma."""
    return np.ones(shape)


def random_normal(shape: Shape, rng: np.random.Generator, standard_deviation: float = 0.05) -> FloatArray:
    """Independent draws from N(0, σ²), σ = 0.05 as in Keras."""
    return rng.normal(0.0, standard_deviation, shape)


def glorot_uniform(shape: Shape, rng: np.random.Generator) -> FloatArray:
    """An array of any shape, uniform in ±√(6 / (fan_in + fan_out)): Keras' default for kernels.

    X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010.
    """
    fan_in, fan_out = fans(shape)
    return _uniform(shape, rng, variance=2.0 / (fan_in + fan_out))


def glorot_normal(shape: Shape, rng: np.random.Generator) -> FloatArray:
    """An array of any shape: normal, cut off at 2σ, of variance 2 / (fan_in + fan_out).

    X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010.
    """
    fan_in, fan_out = fans(shape)
    return _truncated_normal(shape, rng, variance=2.0 / (fan_in + fan_out))


def he_uniform(shape: Shape, rng: np.random.Generator) -> FloatArray:
    """An array of any shape, uniform in ±√(6 / fan_in), for ReLU.

    K. He et al., "Delving deep into rectifiers", 2015.
    """
    return _uniform(shape, rng, variance=2.0 / fans(shape)[0])


def he_normal(shape: Shape, rng: np.random.Generator) -> FloatArray:
    """An array of any shape: normal, cut off at 2σ, of variance 2 / fan_in, for ReLU.

    K. He et al., "Delving deep into rectifiers", 2015.
    """
    return _truncated_normal(shape, rng, variance=2.0 / fans(shape)[0])


def orthogonal(shape: Shape, rng: np.random.Generator) -> FloatArray:
    """Orthonormal rows or columns of the kernel seen as a matrix (inputs, outputs), any shape of two axes or more.

    The matrix is the Q of a QR decomposition of normal draws, its signs fixed by R's diagonal so that it is
    uniform over all orthogonal matrices. Raises `ConfigurationError` for a shape of fewer than two axes.

    A. M. Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", 2014.
    """
    if len(shape) < 2:
        raise ConfigurationError(f"Orthogonal initialization needs at least two axes, not the shape {shape}.")
    rows, columns = prod(shape[:-1]), shape[-1]
    draws = rng.normal(size=(max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(draws)
    q = q * np.sign(np.diag(r))
    return np.ascontiguousarray(q if rows >= columns else q.T).reshape(shape)


INITIALIZERS: dict[str, Initializer] = {
    "zeros": zeros,
    "ones": ones,
    "random_normal": random_normal,
    "glorot_uniform": glorot_uniform,
    "glorot_normal": glorot_normal,
    "he_uniform": he_uniform,
    "he_normal": he_normal,
    "orthogonal": orthogonal,
}


def get_initializer(name: str) -> Initializer:
    """The initializer of this name; an unknown one raises `ConfigurationError`."""
    if name not in INITIALIZERS:
        raise ConfigurationError(f"Unknown initializer {name!r}; known are {', '.join(INITIALIZERS)}.")
    return INITIALIZERS[name]


def fans(shape: Sequence[int]) -> tuple[float, float]:
    """How many inputs feed one output, and how many outputs one input feeds.

    A dense kernel is (inputs, outputs); a convolution's is (height, width, channels in, channels out), where
    each window position counts. A vector of n counts as n in and n out.
    """
    if len(shape) < 2:
        size = float(max(1, prod(shape)))
        return size, size
    field = prod(shape[:-2])
    return float(max(1, field * shape[-2])), float(max(1, field * shape[-1]))


def _uniform(shape: Shape, rng: np.random.Generator, variance: float) -> FloatArray:
    limit = sqrt(3.0 * variance)
    return rng.uniform(-limit, limit, shape)


def _truncated_normal(shape: Shape, rng: np.random.Generator, variance: float) -> FloatArray:
    draws = rng.normal(size=shape)
    outside = np.abs(draws) > 2.0
    while outside.any():
        draws[outside] = rng.normal(size=int(outside.sum()))
        outside = np.abs(draws) > 2.0
    return draws * (sqrt(variance) / _TRUNCATED_DEVIATION)
