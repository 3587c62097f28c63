"""How weights start: each initializer is a function of a shape, any shape of an array, and a random generator.

Settings that make no sense raise `ConfigurationError`.

The spread of the first weights decides whether signals survive a deep network: Glorot keeps the variance of
activations and gradients for symmetric activations (tanh, sigmoid), He doubles it for ReLU, which silences half
of its inputs. Draws are made in float64, so that a float32 and a float64 network of one seed start equal.
"""

from collections.abc import Callable, Sequence
from math import prod, sqrt

import numpy as np

from engine.core.parameters import FloatArray, Shape
from engine.errors import ConfigurationError

Initializer = Callable[..., FloatArray]

# Standard deviation of a standard normal that is cut off at ±2.
_TRUNCATED_DEVIATION = 0.87962566103423978


def zeros(shape: Shape, rng: np.random.Generator) -> FloatArray:
    """Zeros in any shape: for biases; a hidden layer's kernel of zeros never breaks its symmetry."""
    return np.zeros(shape)


def ones(shape: Shape, rng: np.random.Generator) -> FloatArray:
    """Ones in any shape: for scales such as batch normalization's gamma."""
    return np.ones(shape)


def random_normal(
    shape: Shape, rng: np.random.Generator, mean: float = 0.0, standard_deviation: float = 0.05
) -> FloatArray:
    """Independent draws from N(μ, σ²), σ = 0.05 as in Keras."""
    return rng.normal(mean, standard_deviation, shape)


def random_uniform(shape: Shape, rng: np.random.Generator, lowest: float = -0.05, highest: float = 0.05) -> FloatArray:
    """Independent draws, all numbers between the two equally likely."""
    return rng.uniform(lowest, highest, shape)


def truncated_normal(
    shape: Shape, rng: np.random.Generator, mean: float = 0.0, standard_deviation: float = 0.05
) -> FloatArray:
    """Draws from N(μ, σ²), drawn again where they are more than 2σ from μ."""
    return mean + standard_deviation * _within_two_deviations(shape, rng)


def constant(shape: Shape, rng: np.random.Generator, value: float = 0.0) -> FloatArray:
    """The same number everywhere."""
    return np.full(shape, value, np.float64)


def identity(shape: Shape, rng: np.random.Generator, gain: float = 1.0) -> FloatArray:
    """Ones on the diagonal of a matrix, times the gain; `ConfigurationError` unless there are two axes."""
    if len(shape) != 2:
        raise ConfigurationError(f"Identity initialization needs a matrix, not the shape {shape}.")
    return gain * np.eye(*shape)


def variance_scaling(
    shape: Shape,
    rng: np.random.Generator,
    scale: float = 1.0,
    mode: str = "fan_in",
    distribution: str = "truncated_normal",
) -> FloatArray:
    """Draws of variance scale / fan, the fan being that of `mode`: "fan_in", "fan_out" or "fan_avg".

    The family that Glorot's, He's and LeCun's initializers belong to.
    """
    fan_in, fan_out = fans(shape)
    fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}.get(mode)
    if fan is None:
        raise ConfigurationError(f'The mode of variance scaling is "fan_in", "fan_out" or "fan_avg", not {mode!r}.')
    variance = scale / fan
    if distribution == "uniform":
        return _uniform(shape, rng, variance)
    if distribution == "untruncated_normal":
        return rng.normal(0.0, sqrt(variance), shape)
    if distribution in ("truncated_normal", "normal"):
        return _truncated_normal(shape, rng, variance)
    raise ConfigurationError(f"There is no distribution {distribution!r} for variance scaling.")


def lecun_uniform(shape: Shape, rng: np.random.Generator) -> FloatArray:
    """Uniform in ±√(3 / fan_in), for SELU.

    Y. LeCun et al., "Efficient BackProp", 1998.
    """
    return _uniform(shape, rng, variance=1.0 / fans(shape)[0])


def lecun_normal(shape: Shape, rng: np.random.Generator) -> FloatArray:
    """Normal, cut off at 2σ, of variance 1 / fan_in, for SELU.

    Y. LeCun et al., "Efficient BackProp", 1998.
    """
    return _truncated_normal(shape, rng, variance=1.0 / fans(shape)[0])


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


def orthogonal(shape: Shape, rng: np.random.Generator, gain: float = 1.0) -> FloatArray:
    """Orthonormal rows or columns of the kernel seen as a matrix (prod(shape[:-1]), shape[-1]), times the gain.

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
    return gain * np.ascontiguousarray(q if rows >= columns else q.T).reshape(shape)


INITIALIZERS: dict[str, Initializer] = {
    "zeros": zeros,
    "ones": ones,
    "random_normal": random_normal,
    "random_uniform": random_uniform,
    "truncated_normal": truncated_normal,
    "glorot_uniform": glorot_uniform,
    "glorot_normal": glorot_normal,
    "he_uniform": he_uniform,
    "he_normal": he_normal,
    "lecun_uniform": lecun_uniform,
    "lecun_normal": lecun_normal,
    "orthogonal": orthogonal,
    "variance_scaling": variance_scaling,
    "constant": constant,
    "identity": identity,
}


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
    return _within_two_deviations(shape, rng) * (sqrt(variance) / _TRUNCATED_DEVIATION)


def _within_two_deviations(shape: Shape, rng: np.random.Generator) -> FloatArray:
    draws = rng.normal(size=shape)
    outside = np.abs(draws) > 2.0
    while outside.any():
        draws[outside] = rng.normal(size=int(outside.sum()))
        outside = np.abs(draws) > 2.0
    return draws
