"""Weights as other programs keep them: arrays with names and shapes, read one by one when they are wanted."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import Shape


@dataclass(frozen=True, slots=True)
class HeldArray:
    """An array of a file, known by its header.

    Attributes:
        name, shape: as the file says.
    """

    name: str
    shape: Shape


class WeightArrays(ABC):
    """The arrays of one open file.

    Attributes:
        held: all arrays of numbers, in the file's order.
        in_order: whether that order means anything.
        document: what a file of ours says about its model; "" elsewhere.
    """

    held: list[HeldArray]
    in_order: bool
    document: str = ""

    @abstractmethod
    def load(self, name: str) -> NDArray[Any]:
        """The array of this name, of any shape; raises `DataError` where it is damaged."""


def finite(array: NDArray[Any]) -> bool:
    """Whether an array of any shape holds finite numbers alone."""
    return bool(np.isfinite(array).all())
