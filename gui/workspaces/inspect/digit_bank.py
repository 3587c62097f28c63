"""The digits that pages compare with, read once however many pages ask."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.core.parameters import FloatArray, IntArray
from gui.lab.lab import Lab


@dataclass(frozen=True, eq=False)
class Digits:
    """The training digits of a data set.

    Attributes:
        ids: (n,), their positions in the whole data set, as `lab.selection` counts.
        images: (n, 20, 20).
        labels: (n,), digits.
    """

    ids: IntArray
    images: FloatArray
    labels: IntArray

    @cached_property
    def average(self) -> FloatArray:
        """The mean image, (20, 20)."""
        return np.asarray(self.images.mean(axis=0, dtype=np.float64))


_lock = threading.Lock()


class DigitBank:
    """Gives a function for another thread that reads the current training digits, or has them already."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._key: object = None
        self._digits: Digits | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """Another one whenever other digits are current."""
        datasets = self._lab.datasets
        return datasets.current.key, datasets.validation_share, datasets.seed

    def chosen(self, ids: Sequence[int]) -> Callable[[], Digits]:
        """For another thread: the digits at these positions in the whole data set, whichever part they are in."""
        load = self._lab.datasets.part_source(self._lab.datasets.current, "all")

        def read() -> Digits:
            dataset, _ = load()
            places = np.array([one for one in ids if one < len(dataset)], np.int64)
            return Digits(places, dataset.images[places], dataset.labels[places])

        return read

    def source(self) -> Callable[[], Digits]:
        """For another thread: the training digits that are current now."""
        key, entry = self.key, self._lab.datasets.current
        load = self._lab.datasets.part_source(entry, "training")

        def read() -> Digits:
            with _lock:
                if self._key != key or self._digits is None:
                    dataset, places = load()
                    self._digits = Digits(np.asarray(places), dataset.images[places], dataset.labels[places])
                    self._key = key
                return self._digits

        return read
