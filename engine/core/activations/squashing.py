"""Activations with bounded outputs: the sigmoid and its relatives, and softmax.

Arrays of any shape in, the same shape out: elementwise, but for the softmax, which works along an axis.
"""

import numpy as np
from numpy.typing import ArrayLike

from engine.core.activations.common import differentiable, floats, prepare
from engine.core.parameters import FloatArray


@differentiable
def sigmoid(z: ArrayLike, out: FloatArray | None = None) -> FloatArray:
    """a(z) = 1 / (1 + e⁻ᶻ). Where e⁻ᶻ overflows, the infinity gives the right limit 0.

    C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.2.
    """
    z, out = prepare(z, out)
    np.negative(z, out=out)
    with np.errstate(over="ignore"):
        np.exp(out, out=out)
    out += 1
    return np.reciprocal(out, out=out)


def sigmoid_derivative(z: ArrayLike) -> FloatArray:
    """a′(z) = a(z)·a(−z), which equals a·(1 − a) and keeps its precision for large z."""
    z = floats(z)
    return sigmoid(z) * sigmoid(-z)


@differentiable
def tanh(z: ArrayLike, out: FloatArray | None = None) -> FloatArray:
    """a(z) = (eᶻ − e⁻ᶻ) / (eᶻ + e⁻ᶻ).

    Y. LeCun et al., "Efficient BackProp", 1998.
    """
    z, out = prepare(z, out)
    return np.tanh(z, out=out)


def tanh_derivative(z: ArrayLike) -> FloatArray:
    """a′(z) = 1 − tanh²(z)."""
    return 1 - np.square(np.tanh(floats(z)))


@differentiable
def softmax(z: ArrayLike, axis: int = -1, out: FloatArray | None = None) -> FloatArray:
    """a(z)ⱼ = e^zⱼ / Σₖ e^zₖ along an axis; the largest z is subtracted first, so nothing overflows.

    C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.3.4.
    """
    z, out = prepare(z, out)
    # The ufuncs' own reductions: for a single answer the methods' way there takes longer than the sum.
    np.subtract(z, np.maximum.reduce(z, axis=axis, keepdims=True), out=out)
    np.exp(out, out=out)
    out /= np.add.reduce(out, axis=axis, keepdims=True)
    return out


def softmax_pullback(gradient: FloatArray, a: FloatArray, axis: int = -1) -> FloatArray:
    """The gradient at z from the one at a = softmax(z), of the same shape: a ∘ (g − Σⱼ gⱼ·aⱼ)."""
    pulled: FloatArray = a * (gradient - (gradient * a).sum(axis=axis, keepdims=True))
    return pulled


def softmax_derivative(z: ArrayLike) -> FloatArray:
    """The Jacobian ∂aᵢ/∂zⱼ = aᵢ·(δᵢⱼ − aⱼ): shape (…, classes, classes) for z of shape (…, classes)."""
    a = softmax(z)
    identity = np.eye(a.shape[-1], dtype=a.dtype)
    return a[..., :, np.newaxis] * (identity - a[..., np.newaxis, :])


@differentiable
def hard_sigmoid(z: ArrayLike, out: FloatArray | None = None) -> FloatArray:
    """a(z) = z/6 + ½, cut off at 0 and 1: a sigmoid of straight lines.

    M. Courbariaux et al., "BinaryConnect", 2015, with the slope that Keras 3 uses.
    """
    z, out = prepare(z, out)
    np.divide(z, 6, out=out)
    out += 0.5
    return np.clip(out, 0, 1, out=out)


def hard_sigmoid_derivative(z: ArrayLike) -> FloatArray:
    """a′(z) = 1/6 between −3 and 3, else 0."""
    z = floats(z)
    slope: FloatArray = np.where(np.abs(z) < 3, z.dtype.type(1 / 6), z.dtype.type(0))
    return slope


@differentiable
def log_sigmoid(z: ArrayLike, out: FloatArray | None = None) -> FloatArray:
    """a(z) = ln σ(z) = −ln(1 + e⁻ᶻ), without overflow."""
    z, out = prepare(z, out)
    np.negative(z, out=out)
    np.logaddexp(out, 0, out=out)
    return np.negative(out, out=out)


def log_sigmoid_derivative(z: ArrayLike) -> FloatArray:
    """a′(z) = σ(−z)."""
    return sigmoid(-floats(z))


@differentiable
def softsign(z: ArrayLike, out: FloatArray | None = None) -> FloatArray:
    """a(z) = z / (1 + |z|).

    J. Bergstra et al., "Quadratic polynomials learn better image features", 2009.
    """
    z, out = prepare(z, out)
    quotient: FloatArray = np.divide(z, 1 + np.abs(z), out=out)
    return quotient


def softsign_derivative(z: ArrayLike) -> FloatArray:
    """a′(z) = 1 / (1 + |z|)²."""
    share = 1 / (1 + np.abs(floats(z)))
    result: FloatArray = share * share
    return result


@differentiable
def log_softmax(z: ArrayLike, axis: int = -1, out: FloatArray | None = None) -> FloatArray:
    """a(z)ⱼ = zⱼ − ln Σₖ e^zₖ along an axis."""
    z, out = prepare(z, out)
    np.subtract(z, z.max(axis=axis, keepdims=True), out=out)
    out -= np.log(np.exp(out).sum(axis=axis, keepdims=True))
    return out


def log_softmax_pullback(gradient: FloatArray, a: FloatArray, axis: int = -1) -> FloatArray:
    """The gradient at z from the one at a = log_softmax(z), of the same shape: g − eᵃ·Σⱼ gⱼ."""
    pulled: FloatArray = gradient - np.exp(a) * gradient.sum(axis=axis, keepdims=True)
    return pulled
