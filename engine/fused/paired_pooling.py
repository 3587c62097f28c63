"""Pooling of two: the larger of each pair takes the place of the first, and 2×2 pooling is two such steps.

The first step takes the larger of each horizontal pair, the second, on half the data, the larger of two such winners.
Of equal elements the first wins, as everywhere. Nothing needs room but the truth values for the way back.
"""

import numpy as np

from engine.core.parameters import FloatArray


class PairedPooling:
    """The larger of each pair and the way back, with all views made once.

    Args:
        first: (…), receives the larger of each pair.
        second: (…).
        training: whether there is a way back.

    Attributes:
        larger: the first.

    Both inputs have the same shape.
    """

    def __init__(self, first: FloatArray, second: FloatArray, training: bool) -> None:
        self.larger, self._second = first, second
        self._training = training
        self._second_won = np.empty(first.shape if training else 0, np.bool_)

    def run(self) -> None:
        """Take the larger of each pair."""
        if self._training:
            np.greater(self._second, self.larger, out=self._second_won)
        np.maximum(self.larger, self._second, out=self.larger)

    def spread(self, gradient: FloatArray) -> None:
        """Give the gradient at the larger ones, of the same shape, to those that won, perhaps in the first's memory."""
        np.multiply(gradient, self._second_won, out=self._second)
        np.subtract(gradient, self._second, out=self.larger)
