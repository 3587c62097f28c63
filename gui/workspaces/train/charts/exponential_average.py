"""A running mean for noisy curves that costs the same however long the curve is."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Values treated in one vector operation; few enough that the powers below stay far from overflow.
_CHUNK = 128


class ExponentialAverage:
    """The exponential moving average with a correct start, fed piece by piece.

    With decay d = 1 − 2/(span + 1), sₜ = d·sₜ₋₁ + (1 − d)·yₜ and s₀ = 0, the average after t values is
    sₜ / (1 − dᵗ): the weighted mean of all values so far, without a pull towards zero at the start
    (Kingma and Ba, "Adam", 2015, section 3). Values that are not finite come back as NaN and are skipped.
    """

    def __init__(self, span: float = 1.0) -> None:
        self.set_span(span)
        self.reset()

    def set_span(self, span: float) -> None:
        """Smooth the values to come over about so many; what was fed before still counts."""
        self._decay = 1.0 - 2.0 / (max(1.0, span) + 1.0)

    def reset(self) -> None:
        """Forget all values."""
        self._sum = self._weight = 0.0

    def feed(self, values: ArrayLike) -> NDArray[np.float64]:
        """The average after each of the new values, shape (values,)."""
        new = np.asarray(values, np.float64)
        finite = np.isfinite(new).nonzero()[0]
        if 0 < finite.size == new.size <= _CHUNK:
            return self._feed_chunk(new)
        smooth = np.full(new.shape, np.nan)
        for start in range(0, finite.size, _CHUNK):
            part = finite[start : start + _CHUNK]
            smooth[part] = self._feed_chunk(new[part])
        return smooth

    def _feed_chunk(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        if self._decay < 0.01:
            # The powers of so small a decay overflow, and nothing would be smoothed: the values themselves.
            self._sum, self._weight = float(values[-1]), 1.0
            return values
        powers = self._decay ** np.arange(1, values.size + 1)
        sums = powers * (self._sum + (1.0 - self._decay) * np.cumsum(values / powers))
        weights = 1.0 - powers * (1.0 - self._weight)
        self._sum, self._weight = float(sums[-1]), float(weights[-1])
        return np.asarray(sums / weights)
