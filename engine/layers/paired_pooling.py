"""2×2 max-pooling in two halves: the larger of each horizontal pair, then the larger of two such winners.

Two comparisons and two maxima, the second of each on half the data, tell all that the gradient's way back needs. Of
equal members the first in reading order wins, as everywhere: ≥ prefers left and upper.
"""

import numpy as np

from engine.parameters import FloatArray


class PairedPooling:
    """Pooling and its way back, with all views made once.

    Args:
        pairs: the left and the right members, (2, 2, …): of the upper pairs, of the lower pairs.
        larger: (2, …), receives the larger of each pair; on the way back the gradient there.
        pooled: (…), receives the larger of those.
        training: whether there is a way back.

    Attributes:
        pooled: as given.
    """

    def __init__(self, pairs: FloatArray, larger: FloatArray, pooled: FloatArray, training: bool) -> None:
        self._left, self._right = pairs
        self._larger, (self._upper, self._lower) = larger, larger
        self.pooled = pooled
        self._training = training
        self._left_won = np.empty(larger.shape if training else 0, np.bool_)
        self._upper_won = np.empty(pooled.shape if training else 0, np.bool_)

    def run(self) -> None:
        """Compute `pooled` from the pairs."""
        np.maximum(self._left, self._right, out=self._larger)
        np.maximum(self._upper, self._lower, out=self.pooled)
        if self._training:
            np.greater_equal(self._left, self._right, out=self._left_won)
            np.greater_equal(self._upper, self._lower, out=self._upper_won)

    def spread(self, gradient: FloatArray) -> None:
        """The gradient at the pooled outputs, (…), goes to the members that won; it overwrites the pairs."""
        np.multiply(gradient, self._upper_won, out=self._upper)
        np.subtract(gradient, self._upper, out=self._lower)
        np.multiply(self._larger, self._left_won, out=self._left)
        np.subtract(self._larger, self._left, out=self._right)
