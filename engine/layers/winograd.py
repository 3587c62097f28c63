"""Winograd's minimal filtering F(2, 3): two neighbouring outputs of a filter of three with four products, not six.

For inputs d₀ … d₃ and a filter g₀, g₁, g₂ the outputs y₀ = d₀g₀ + d₁g₁ + d₂g₂ and y₁ = d₁g₀ + d₂g₁ + d₃g₂ are

    y₀ = m₀ + m₁ + m₂    m₀ = (d₀ − d₂)·g₀    m₁ = (d₁ + d₂)·(g₀ + g₁ + g₂)/2
    y₁ = m₁ − m₂ + m₃    m₃ = (d₃ − d₁)·g₂    m₂ = (d₂ − d₁)·(g₀ − g₁ + g₂)/2

S. Winograd, "Arithmetic complexity of computations", 1980; A. Lavin and S. Gray, "Fast algorithms for convolutional
neural networks", 2016. Here it runs along the columns of an image: the products become matrix products, a third fewer
multiplications than the plain convolution needs. Columns come apart by parity, so that everything works on long runs:
`even` holds d₀ and d₂ of all pairs of outputs, `odd` d₁ and d₃, and a pair's neighbour lies one column, `step` numbers,
further on. All coefficients are 0, ±1 and ½: float32 loses next to nothing.
"""

import numpy as np

from engine.parameters import FloatArray

# (transforms, filter): the g in m₀ … m₃.
_FILTER = ((1.0, 0.0, 0.0), (0.5, 0.5, 0.5), (0.5, -0.5, 0.5), (0.0, 0.0, 1.0))


def filter_matrix(dtype: np.dtype[np.generic]) -> FloatArray:
    """The matrix (4, 3) that takes a filter's three numbers to the four of the products."""
    return np.array(_FILTER, dtype)


def transform_inputs(even: FloatArray, odd: FloatArray, step: int, out: FloatArray) -> None:
    """The d in m₀ … m₃.

    Args:
        even: (…, (pairs + 1) · step).
        odd: likewise.
        step: numbers in a column.
        out: (4, …, pairs · step).
    """
    np.subtract(even[..., :-step], even[..., step:], out=out[0])
    np.add(odd[..., :-step], even[..., step:], out=out[1])
    np.subtract(even[..., step:], odd[..., :-step], out=out[2])
    np.subtract(odd[..., step:], odd[..., :-step], out=out[3])


def collect_outputs(products: FloatArray) -> None:
    """From m₀ … m₃, (4, …), to y₀ and y₁ in their first two places; the third stays, free for other use."""
    first, second, third, fourth = products
    np.add(first, second, out=first)
    np.add(first, third, out=first)
    np.subtract(second, third, out=second)
    np.add(second, fourth, out=second)


def inputs_gradient(transformed: FloatArray, step: int, scratch: FloatArray, even: FloatArray, odd: FloatArray) -> None:
    """The way back of `transform_inputs`, for the columns inside a border of one column on each side.

    Args:
        transformed: the gradient at its result, (4, …, pairs · step); overwritten.
        step: numbers in a column.
        scratch: (…, pairs · step).
        even: (…, pairs, step), receives the gradient at d₂ of each pair.
        odd: likewise at d₁; these are all columns.
    """
    first, second, third, fourth = transformed
    np.add(second, third, out=scratch)
    scratch[..., :-step] += first[..., step:]
    np.subtract(scratch.reshape(even.shape), first.reshape(even.shape), out=even)
    np.subtract(second, third, out=second)
    second[..., step:] += fourth[..., :-step]
    np.subtract(second.reshape(odd.shape), fourth.reshape(odd.shape), out=odd)
