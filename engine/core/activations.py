"""Activation functions and their derivatives, as plain functions of arrays.

Each takes an array of any shape and works element by element (softmax: along the last axis). With `out` the
result is written there, which may be the input itself. Integers are taken as float64. A derivative is a
function of the activation's *input* z. The layers in `engine.layers.activation` are built from these.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from engine.core.parameters import FloatArray

ActivationFunction = Callable[..., FloatArray]

_INVERSE_SQRT_TWO_PI = 0.3989422804014327


def linear(z: ArrayLike, out: FloatArray | None = None) -> FloatArray:
    """a(z) = z."""
    z, out = _prepare(z, out)
    if out is not z:
        out[...] = z
    return out


def linear_derivative(z: ArrayLike) -> FloatArray:
    """a′(z) = 1."""
    return np.ones_like(_floats(z))


def relu(z: ArrayLike, out: FloatArray | None = None) -> FloatArray:
    """a(z) = max(z, 0).

    V. Nair and G. E. Hinton, "Rectified linear units improve restricted Boltzmann machines", 2010.
    """
    z, out = _prepare(z, out)
    return np.maximum(z, 0, out=out)


def relu_derivative(z: ArrayLike) -> FloatArray:
    """a′(z) = 1 for z > 0, else 0 (0 at the corner, by convention)."""
    z = _floats(z)
    return (z > 0).astype(z.dtype)


def leaky_relu(z: ArrayLike, alpha: float = 0.3, out: FloatArray | None = None) -> FloatArray:
    """a(z) = z for z > 0, else α·z, with 0 ≤ α < 1.

    A. L. Maas et al., "Rectifier nonlinearities improve neural network acoustic models", 2013.
    """
    z, out = _prepare(z, out)
    if out is z:
        negative_part = np.minimum(z, 0)
        negative_part *= alpha
        np.maximum(z, 0, out=out)
        out += negative_part
        return out
    np.multiply(z, alpha, out=out)
    return np.maximum(z, out, out=out)


def leaky_relu_derivative(z: ArrayLike, alpha: float = 0.3) -> FloatArray:
    """a′(z) = 1 for z > 0, else α."""
    z = _floats(z)
    return np.where(z > 0, z.dtype.type(1), z.dtype.type(alpha))


def sigmoid(z: ArrayLike, out: FloatArray | None = None) -> FloatArray:
    """a(z) = 1 / (1 + e⁻ᶻ). Where e⁻ᶻ overflows, the infinity gives the right limit 0.

    C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.2.
    """
    z, out = _prepare(z, out)
    np.negative(z, out=out)
    with np.errstate(over="ignore"):
        np.exp(out, out=out)
    out += 1
    return np.reciprocal(out, out=out)


def sigmoid_derivative(z: ArrayLike) -> FloatArray:
    """a′(z) = a(z)·a(−z), which equals a·(1 − a) and keeps its precision for large z."""
    z = _floats(z)
    return sigmoid(z) * sigmoid(-z)


def tanh(z: ArrayLike, out: FloatArray | None = None) -> FloatArray:
    """a(z) = (eᶻ − e⁻ᶻ) / (eᶻ + e⁻ᶻ).

    Y. LeCun et al., "Efficient BackProp", 1998.
    """
    z, out = _prepare(z, out)
    return np.tanh(z, out=out)


def tanh_derivative(z: ArrayLike) -> FloatArray:
    """a′(z) = 1 − tanh²(z)."""
    return 1 - np.square(np.tanh(_floats(z)))


def softplus(z: ArrayLike, out: FloatArray | None = None) -> FloatArray:
    """a(z) = ln(1 + eᶻ), computed as max(z, 0) + ln(1 + e^−|z|), which never overflows.

    C. Dugas et al., "Incorporating second-order functional knowledge for better option pricing", 2001.
    """
    z, out = _prepare(z, out)
    return np.logaddexp(z, 0, out=out)


def softplus_derivative(z: ArrayLike) -> FloatArray:
    """a′(z) = sigmoid(z)."""
    return sigmoid(z)


def elu(z: ArrayLike, alpha: float = 1.0, out: FloatArray | None = None) -> FloatArray:
    """a(z) = z for z > 0, else α·(eᶻ − 1).

    D.-A. Clevert et al., "Fast and accurate deep network learning by exponential linear units", 2016.
    """
    z, out = _prepare(z, out)
    positive_part = np.maximum(z, 0)
    np.minimum(z, 0, out=out)
    np.expm1(out, out=out)
    out *= alpha
    out += positive_part
    return out


def elu_derivative(z: ArrayLike, alpha: float = 1.0) -> FloatArray:
    """a′(z) = 1 for z > 0, else α·eᶻ."""
    z = _floats(z)
    return np.where(z > 0, z.dtype.type(1), z.dtype.type(alpha) * np.exp(np.minimum(z, 0)))


def gelu(z: ArrayLike, out: FloatArray | None = None) -> FloatArray:
    """a(z) = z·Φ(z), Φ the normal distribution function: Φ(z) = (1 + erf(z/√2)) / 2.

    D. Hendrycks and K. Gimpel, "Gaussian error linear units", 2016.
    """
    z, out = _prepare(z, out)
    return np.multiply(z, _normal_distribution(z), out=out)


def gelu_derivative(z: ArrayLike) -> FloatArray:
    """a′(z) = Φ(z) + z·φ(z), φ the normal density e^(−z²/2) / √(2π)."""
    z = _floats(z)
    with np.errstate(over="ignore", under="ignore"):
        density = np.exp(-0.5 * np.square(z)) * z.dtype.type(_INVERSE_SQRT_TWO_PI)
    return _normal_distribution(z) + z * density


def softmax(z: ArrayLike, out: FloatArray | None = None) -> FloatArray:
    """a(z)ⱼ = e^zⱼ / Σₖ e^zₖ along the last axis; the largest z is subtracted first, so nothing overflows.

    C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.3.4.
    """
    z, out = _prepare(z, out)
    # The ufuncs' own reductions: for a single answer the methods' way there takes longer than the sum.
    np.subtract(z, np.maximum.reduce(z, axis=-1, keepdims=True), out=out)
    np.exp(out, out=out)
    out /= np.add.reduce(out, axis=-1, keepdims=True)
    return out


def softmax_derivative(z: ArrayLike) -> FloatArray:
    """The Jacobian ∂aᵢ/∂zⱼ = aᵢ·(δᵢⱼ − aⱼ): shape (…, classes, classes) for z of shape (…, classes)."""
    a = softmax(z)
    identity = np.eye(a.shape[-1], dtype=a.dtype)
    return a[..., :, np.newaxis] * (identity - a[..., np.newaxis, :])


# Name → (function, derivative); softmax is apart, because its derivative is a matrix.
ACTIVATIONS: dict[str, tuple[ActivationFunction, ActivationFunction]] = {
    "linear": (linear, linear_derivative),
    "relu": (relu, relu_derivative),
    "leaky_relu": (leaky_relu, leaky_relu_derivative),
    "sigmoid": (sigmoid, sigmoid_derivative),
    "tanh": (tanh, tanh_derivative),
    "softplus": (softplus, softplus_derivative),
    "elu": (elu, elu_derivative),
    "gelu": (gelu, gelu_derivative),
}


def _floats(z: ArrayLike) -> FloatArray:
    array: np.ndarray[Any, Any] = np.asarray(z)
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def _prepare(z: ArrayLike, out: FloatArray | None) -> tuple[FloatArray, FloatArray]:
    array = _floats(z)
    return array, np.empty_like(array) if out is None else out


def _normal_distribution(z: FloatArray) -> FloatArray:
    from scipy.special import ndtr  # loaded only by networks that use GELU: SciPy would slow the start

    result: FloatArray = ndtr(z)
    return result
