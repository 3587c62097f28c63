"""Winograd's minimal filtering F(2, 3): two neighbouring outputs of a filter of three with four products, not six.

For inputs d₀ … d₃ and a filter g₀, g₁, g₂ the outputs y₀ = d₀g₀ + d₁g₁ + d₂g₂ and y₁ = d₁g₀ + d₂g₁ + d₃g₂ are

    y₀ = (m₁ + m₂) + m₀    m₀ = (d₀ − d₂)·g₀    m₁ = (d₂ + d₁)·(g₀ + g₁ + g₂)/2
    y₁ = (m₁ − m₂) + m₃    m₃ = (d₁ − d₃)·−g₂   m₂ = (d₂ − d₁)·(g₀ − g₁ + g₂)/2

S. Winograd, "Arithmetic complexity of computations", 1980; A. Lavin and S. Gray, "Fast algorithms for convolutional
neural networks", 2016. Here it runs along the columns of an image: the products become matrix products, a third fewer
multiplications than the plain convolution needs. All coefficients are 0, ±1 and ½: float32 loses next to nothing.

Columns come apart by parity, so that everything works on long runs: the *even* ones are d₀ and d₂ of all pairs of
outputs, the *odd* ones d₁ and d₃, and a pair's neighbour lies one column, `step` numbers, further on. The classes make
their views once; the pairs of arrays that go through one call save calls, which threads have to make one by one.
"""

import numpy as np

from engine.core.parameters import FloatArray
from engine.fused.paired_pooling import PairedPooling

# (products, filter): the g in m₀ … m₃.
_FILTER = ((1.0, 0.0, 0.0), (0.5, 0.5, 0.5), (0.5, -0.5, 0.5), (0.0, 0.0, -1.0))


def filter_matrix(dtype: np.dtype[np.generic]) -> FloatArray:
    """The matrix (4, 3) that takes a filter's three numbers to the four of the products."""
    return np.array(_FILTER, dtype)


class InputTransform:
    """The d in m₀ … m₃.

    Every operation is one run over the whole array, from the last column of a row on to the first of the next one:
    quicker than many runs over all columns but the last, whose results are of no use.

    Args:
        columns: even and odd ones, (2, …, (pairs + 1) · step), contiguous.
        step: numbers in a column.
        out: (4, …, (pairs + 1) · step), contiguous.
    """

    def __init__(self, columns: FloatArray, step: int, out: FloatArray) -> None:
        flat, results = columns.reshape(2, -1), out.reshape(4, -1)[:, :-step]
        self._here, self._next = flat[:, :-step], flat[:, step:]
        self._odd, self._next_even = self._here[1], self._next[0]
        self._outer, self._sum, self._difference = results[0::3], results[1], results[2]

    def run(self) -> None:
        """Compute `out` from the columns."""
        np.subtract(self._here, self._next, out=self._outer)
        np.add(self._next_even, self._odd, out=self._sum)
        np.subtract(self._next_even, self._odd, out=self._difference)


class OutputPairs:
    """Room for the products, the sums that make y₀ and y₁ of them, and the way back.

    Args:
        shape: of a product.
        border: rows (first axis of the shape) of zeros before and after each product.
        dtype: float32 or float64.

    Attributes:
        bordered: m₀ … m₃ with the border, (4, border + rows + border, …).
        products: m₀ … m₃, (4, *shape).
        outputs: y₀ and y₁, in the memory of m₀ and m₃, (2, *shape).
    """

    def __init__(self, shape: tuple[int, ...], border: int, dtype: np.dtype[np.generic]) -> None:
        # One more in front, for m₁ + m₂: from it to m₁ − m₂, which takes the place of m₂, is as far as from m₀ to m₃.
        places, inner = _with_border(5, shape, border, dtype)
        self.bordered, self.products, self.outputs = places[1:], inner[1:], inner[1::3]
        self._second, self._third = inner[2], inner[3]
        self._sum, self._sum_and_difference = inner[0], inner[0::3]

    def run(self) -> None:
        """Compute `outputs` from the products."""
        np.add(self._second, self._third, out=self._sum)
        np.subtract(self._second, self._third, out=self._third)
        np.add(self.outputs, self._sum_and_difference, out=self.outputs)

    def spread(self) -> None:
        """From the gradient at `outputs`, in their memory, to the one at the products.

        y₀ is part of m₀, m₁ and m₂, y₁ of m₃, m₁ and with the other sign m₂.
        """
        even, odd = self.outputs
        np.add(even, odd, out=self._second)
        np.subtract(even, odd, out=self._third)


class LargerOutputs:
    """Room for the products, the larger of y₀ and y₁, which is m₁ + max(m₀ + m₂, m₃ − m₂), and the way back.

    Args:
        shape, border, dtype: as in `OutputPairs`.
        training: whether there is a way back.

    Attributes:
        bordered, products: as in `OutputPairs`.
        larger: in the memory of m₁, (*shape).
    """

    def __init__(self, shape: tuple[int, ...], border: int, dtype: np.dtype[np.generic], training: bool) -> None:
        self.bordered, self.products = _with_border(4, shape, border, dtype)
        self._first, self.larger, self._third, self._fourth = self.products
        self._pooling = PairedPooling(self._first, self._fourth, training)

    def run(self) -> None:
        """Compute `larger` from the products."""
        np.add(self._first, self._third, out=self._first)
        np.subtract(self._fourth, self._third, out=self._fourth)
        self._pooling.run()
        np.add(self.larger, self._first, out=self.larger)

    def spread(self) -> None:
        """From the gradient at `larger`, in its memory, to the one at the products: at m₁ it is the very same."""
        self._pooling.spread(self.larger)
        np.subtract(self._first, self._fourth, out=self._third)


def _with_border(
    count: int, shape: tuple[int, ...], border: int, dtype: np.dtype[np.generic]
) -> tuple[FloatArray, FloatArray]:
    """Zeros for `count` products of this shape with and without a border of rows."""
    rows, *others = shape
    places = np.zeros((count, border + rows + border, *others), dtype)
    return places, places[:, border : border + rows]


class InputsGradient:
    """The way back of `InputTransform`, for the columns inside a border of one column on each side.

    Args:
        transformed: the gradient at its result, (4, …, pairs · step).
        step: numbers in a column.
        columns: (…, pairs, 2, step), receives the gradient at d₁ and d₂ of each pair; these are all columns.
    """

    def __init__(self, transformed: FloatArray, step: int, columns: FloatArray) -> None:
        shape = columns[..., 0, :].shape
        first, self._second, self._third, fourth = transformed
        self._first, self._fourth = first.reshape(shape), fourth.reshape(shape)
        self._odd, self._even = columns[..., 0, :], columns[..., 1, :]
        self._sum, self._difference = np.empty_like(first), self._second
        self._sum_columns, self._difference_columns = self._sum.reshape(shape), self._difference.reshape(shape)
        self._next_first, self._sum_here = first[..., step:], self._sum[..., :-step]
        self._fourth_before, self._difference_there = fourth[..., :-step], self._difference[..., step:]

    def run(self) -> None:
        """Compute `columns` from the transformed gradient, part of which is overwritten."""
        np.add(self._second, self._third, out=self._sum)
        np.subtract(self._second, self._third, out=self._difference)
        np.add(self._sum_here, self._next_first, out=self._sum_here)
        np.subtract(self._sum_columns, self._first, out=self._even)
        np.subtract(self._difference_there, self._fourth_before, out=self._difference_there)
        np.add(self._difference_columns, self._fourth, out=self._odd)
