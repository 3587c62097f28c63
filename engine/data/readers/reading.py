"""What a reader found in a file: arrays on the way in, a data set with the guesses on the way out."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.data.dataset import Dataset
from engine.errors import DataError


@dataclass(frozen=True, slots=True, eq=False)
class RawDigits:
    """Arrays as a file holds them, before anything is made of them.

    Attributes:
        path: of the file, for messages.
        images: pixels in any layout that `engine.data.readers.layout` knows.
        labels: of any usual type and shape, or None where the file has none.
        writers: (count,) whole numbers, or None.
        guesses: what has been guessed so far, a few words each.
        columns_first: whether files of this kind usually hold pixels column by column.
    """

    path: Path
    images: NDArray[Any]
    labels: NDArray[Any] | None
    writers: NDArray[Any] | None = None
    guesses: tuple[str, ...] = ()
    columns_first: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """The digits of a file and how they were understood.

    Attributes:
        images: (count, 20, 20) float32 in [0, 1], features.
        labels: (count,) int64, or None where the file has none.
        name: of the data set.
        writers: (count,) int64, or None where unknown.
        originals: (count, 28, 28) uint8, the images as they came where they came like MNIST's; otherwise None.
        guesses: what was guessed on the way, a few words each.
    """

    images: FloatArray
    labels: NDArray[np.int64] | None
    name: str
    writers: NDArray[np.int64] | None = None
    originals: NDArray[np.uint8] | None = None
    guesses: tuple[str, ...] = field(default=())

    @property
    def told(self) -> str:
        """All guesses in one line, such as "label column: last · values 0…16 scaled"; empty without any."""
        return " · ".join(self.guesses)

    def dataset(self) -> Dataset:
        """The digits as a data set.

        Raises:
            DataError: the file holds no labels, or one that is no digit.
        """
        if self.labels is None:
            raise DataError(no_labels(self.name))
        return Dataset(self.images, self.labels, self.name, self.writers, self.originals, self.guesses)


def no_labels(place: object) -> str:
    """The sentence for pixels without labels."""
    return (
        f"{place}: there are pixels but no labels, so the digits can be classified, but not learned or evaluated; "
        "add the labels."
    )
