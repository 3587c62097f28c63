"""Activations that let positive numbers pass: ReLU, its smooth and leaky relatives, and the identity.

All work elementwise: arrays of any shape in, the same shape out.
"""

import numpy as np
from numpy.typing import ArrayLike

from engine.core.activations.common import differentiable, floats, prepare
from engine.core.activations.squashing import hard_sigmoid, sigmoid
from engine.core.parameters import FloatArray

_INVERSE_SQRT_TWO_PI = 0.3989422804014327
_SELU_ALPHA, _SELU_SCALE = 1.6732632423543772, 1.0507009873554805


@differentiable
def linear(z: ArrayLike, out: FloatArray | None = None) -> FloatArray:
    """a(z) = z."""
    z, out = prepare(z, out)
    if out is not z:
        out[...] = z
    return out


def linear_derivative(z: ArrayLike) -> FloatArray:
    """a′(z) = 1."""
    return np.ones_like(floats(z))


@differentiable
def relu(
    z: ArrayLike,
    negative_slope: float = 0.0,
    max_value: float | None = None,
    threshold: float = 0.0,
    out: FloatArray | None = None,
) -> FloatArray:
    """a(z) = max(z, 0); in general z from `threshold` on, at most `max_value`, and slope·(z − threshold) below.

    V. Nair and G. E. Hinton, "Rectified linear units improve restricted Boltzmann machines", 2010.
    """
    z, out = prepare(z, out)
    if not negative_slope and not threshold:
        np.maximum(z, 0, out=out)
    else:
        out[...] = np.where(z >= threshold, z, negative_slope * (z - threshold))
    return out if max_value is None else np.minimum(out, max_value, out=out)


def relu_derivative(
    z: ArrayLike, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> FloatArray:
    """a′(z) = 1 for z > threshold, else the slope; 0 beyond the largest value (and at the corner, by convention)."""
    z = floats(z)
    derivative = np.where(z > threshold, z.dtype.type(1), z.dtype.type(negative_slope))
    return derivative if max_value is None else derivative * (z < max_value)


@differentiable
def leaky_relu(z: ArrayLike, negative_slope: float = 0.2, out: FloatArray | None = None) -> FloatArray:
    """a(z) = z for z > 0, else s·z, with a slope 0 ≤ s < 1.

    A. L. Maas et al., "Rectifier nonlinearities improve neural network acoustic models", 2013.
    """
    z, out = prepare(z, out)
    if out is z:
        negative_part = np.minimum(z, 0)
        negative_part *= negative_slope
        np.maximum(z, 0, out=out)
        out += negative_part
        return out
    np.multiply(z, negative_slope, out=out)
    return np.maximum(z, out, out=out)


def leaky_relu_derivative(z: ArrayLike, negative_slope: float = 0.2) -> FloatArray:
    """a′(z) = 1 for z > 0, else the slope."""
    z = floats(z)
    return np.where(z > 0, z.dtype.type(1), z.dtype.type(negative_slope))


@differentiable
def relu6(z: ArrayLike, out: FloatArray | None = None) -> FloatArray:
    """a(z) = min(max(z, 0), 6).

    A. Krizhevsky, "Convolutional deep belief networks on CIFAR-10", 2010.
    """
    return relu(z, max_value=6.0, out=out)


def relu6_derivative(z: ArrayLike) -> FloatArray:
    """a′(z) = 1 for 0 < z < 6, else 0."""
    z = floats(z)
    return ((z > 0) & (z < 6)).astype(z.dtype)


@differentiable
def softplus(z: ArrayLike, out: FloatArray | None = None) -> FloatArray:
    """a(z) = ln(1 + eᶻ), computed as max(z, 0) + ln(1 + e^−|z|), which never overflows.

    C. Dugas et al., "Incorporating second-order functional knowledge for better option pricing", 2001.
    """
    z, out = prepare(z, out)
    return np.logaddexp(z, 0, out=out)


def softplus_derivative(z: ArrayLike) -> FloatArray:
    """a′(z) = sigmoid(z)."""
    return sigmoid(z)


@differentiable
def elu(z: ArrayLike, alpha: float = 1.0, out: FloatArray | None = None) -> FloatArray:
    """a(z) = z for z > 0, else α·(eᶻ − 1).

    D.-A. Clevert et al., "Fast and accurate deep network learning by exponential linear units", 2016.
    """
    z, out = prepare(z, out)
    positive_part = np.maximum(z, 0)
    np.minimum(z, 0, out=out)
    np.expm1(out, out=out)
    out *= alpha
    out += positive_part
    return out


def elu_derivative(z: ArrayLike, alpha: float = 1.0) -> FloatArray:
    """a′(z) = 1 for z > 0, else α·eᶻ."""
    z = floats(z)
    return np.where(z > 0, z.dtype.type(1), z.dtype.type(alpha) * np.exp(np.minimum(z, 0)))


@differentiable
def gelu(z: ArrayLike, approximate: bool = False, out: FloatArray | None = None) -> FloatArray:
    """a(z) = z·Φ(z), Φ the normal distribution function: Φ(z) = (1 + erf(z/√2)) / 2.

    The approximation replaces Φ(z) by (1 + tanh(√(2/π)·(z + 0.044715·z³))) / 2.

    D. Hendrycks and K. Gimpel, "Gaussian error linear units", 2016.
    """
    z, out = prepare(z, out)
    if approximate:
        share = (1 + np.tanh(2 * _INVERSE_SQRT_TWO_PI * (z + 0.044715 * z**3))) / 2
        return np.multiply(z, share, out=out)
    return np.multiply(z, _normal_distribution(z), out=out)


def gelu_derivative(z: ArrayLike, approximate: bool = False) -> FloatArray:
    """a′(z) = Φ(z) + z·φ(z), φ the normal density e^(−z²/2) / √(2π)."""
    z = floats(z)
    if approximate:
        bent = np.tanh(2 * _INVERSE_SQRT_TWO_PI * (z + 0.044715 * z**3))
        inner: FloatArray = 2 * _INVERSE_SQRT_TWO_PI * (1 + 3 * 0.044715 * z * z)
        slope: FloatArray = (1 + bent) / 2 + z * (1 - bent * bent) * inner / 2
        return slope
    with np.errstate(over="ignore", under="ignore"):
        density = np.exp(-0.5 * np.square(z)) * z.dtype.type(_INVERSE_SQRT_TWO_PI)
    return _normal_distribution(z) + z * density


@differentiable
def selu(z: ArrayLike, out: FloatArray | None = None) -> FloatArray:
    """a(z) = λ·elu(z, α) with the two numbers that keep mean 0 and variance 1 from layer to layer.

    G. Klambauer et al., "Self-normalizing neural networks", 2017.
    """
    out = elu(z, _SELU_ALPHA, out=out)
    out *= _SELU_SCALE
    return out


def selu_derivative(z: ArrayLike) -> FloatArray:
    """a′(z) = λ for z > 0, else λ·α·eᶻ."""
    result: FloatArray = elu_derivative(z, _SELU_ALPHA) * floats(z).dtype.type(_SELU_SCALE)
    return result


@differentiable
def celu(z: ArrayLike, alpha: float = 1.0, out: FloatArray | None = None) -> FloatArray:
    """a(z) = z for z > 0, else α·(e^(z/α) − 1), whose slope has no jump.

    J. T. Barron, "Continuously differentiable exponential linear units", 2017.
    """
    z, out = prepare(z, out)
    positive_part = np.maximum(z, 0)
    np.minimum(z, 0, out=out)
    out /= alpha
    np.expm1(out, out=out)
    out *= alpha
    out += positive_part
    return out


def celu_derivative(z: ArrayLike, alpha: float = 1.0) -> FloatArray:
    """a′(z) = 1 for z > 0, else e^(z/α)."""
    z = floats(z)
    return np.where(z > 0, z.dtype.type(1), np.exp(np.minimum(z, 0) / alpha))


@differentiable
def silu(z: ArrayLike, out: FloatArray | None = None) -> FloatArray:
    """a(z) = z·σ(z), also called swish.

    S. Elfwing et al., "Sigmoid-weighted linear units", 2018; P. Ramachandran et al., "Searching for activation
    functions", 2017.
    """
    z, out = prepare(z, out)
    return np.multiply(z, sigmoid(z), out=out)


def silu_derivative(z: ArrayLike) -> FloatArray:
    """a′(z) = σ(z)·(1 + z·σ(−z))."""
    z = floats(z)
    result: FloatArray = sigmoid(z) * (1 + z * sigmoid(-z))
    return result


@differentiable
def hard_silu(z: ArrayLike, out: FloatArray | None = None) -> FloatArray:
    """a(z) = z·hard_sigmoid(z), also called hard swish.

    A. Howard et al., "Searching for MobileNetV3", 2019.
    """
    z, out = prepare(z, out)
    return np.multiply(z, hard_sigmoid(z), out=out)


def hard_silu_derivative(z: ArrayLike) -> FloatArray:
    """a′(z) = 0 below −3, (2z + 3)/6 between −3 and 3, 1 above."""
    z = floats(z)
    result: FloatArray = hard_sigmoid(z) + np.where(np.abs(z) < 3, z, z.dtype.type(0)) / 6
    return result


@differentiable
def mish(z: ArrayLike, out: FloatArray | None = None) -> FloatArray:
    """a(z) = z·tanh(ln(1 + eᶻ)).

    D. Misra, "Mish: a self regularized non-monotonic activation function", 2019.
    """
    z, out = prepare(z, out)
    return np.multiply(z, np.tanh(softplus(z)), out=out)


def mish_derivative(z: ArrayLike) -> FloatArray:
    """a′(z) = t + z·σ(z)·(1 − t²) with t = tanh(ln(1 + eᶻ))."""
    z = floats(z)
    t = np.tanh(softplus(z))
    result: FloatArray = t + z * (1 - np.square(t)) * sigmoid(z)
    return result


@differentiable
def exponential(z: ArrayLike, out: FloatArray | None = None) -> FloatArray:
    """a(z) = eᶻ."""
    z, out = prepare(z, out)
    return np.exp(z, out=out)


def exponential_derivative(z: ArrayLike) -> FloatArray:
    """a′(z) = eᶻ."""
    return np.exp(floats(z))


def _normal_distribution(z: FloatArray) -> FloatArray:
    from scipy.special import ndtr  # loaded only by networks that use GELU: SciPy would slow the start

    result: FloatArray = ndtr(z)
    return result
