"""How a data set is cut into training and validation digits."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.data.dataset import Dataset, split_places
from engine.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Split:
    """A way to hold out a part; equal values cut equal data sets equally.

    Attributes:
        share: of the digits for validation, between 0 and 1.
        seed: of the shuffling.
        by_writer: whether a writer's digits stay together, so that validation digits come from people whom the model
            never saw; without known writers the digits are cut singly.
    """

    share: float = 0.15
    seed: int = 0
    by_writer: bool = False

    def places(self, dataset: Dataset) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(training, validation): the places of the digits, each part shuffled.

        Raises:
            ConfigurationError: one part would be empty.
        """
        if self.by_writer and dataset.writers is not None:
            return _places_by_writer(dataset.writers, self.share, self.seed)
        return split_places(dataset.labels, self.share, self.seed)


def _places_by_writer(
    writers: NDArray[np.int64], share: float, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    people, numbers, counts = np.unique(writers, return_inverse=True, return_counts=True)
    if len(people) < 2:
        raise ConfigurationError("All digits are of one writer, so they cannot be split by writer.", "by_writer")
    order = rng.permutation(len(people))
    # As many whole writers as come closest to the share, and one on each side at least.
    sums = np.cumsum(counts[order])[:-1]
    held_out = order[: 1 + int(np.argmin(np.abs(sums - share * len(writers))))]
    mask = np.isin(numbers, held_out)
    return rng.permutation(np.flatnonzero(~mask)), rng.permutation(np.flatnonzero(mask))
