"""The stroke that the pen is drawing: its points, in an array that grows by doubling."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.ink.drawing import Stroke

_FIRST_CAPACITY: Final = 256


class LiveStroke:
    """Points in units of the canvas side.

    Attributes:
        width: of the pen, in units of the canvas side.
        has_pressure: whether the pen reports its pressure.
    """

    def __init__(self, width: float, has_pressure: bool) -> None:
        self.width = width
        self.has_pressure = has_pressure
        self._rows = np.empty((_FIRST_CAPACITY, 3))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def rows(self) -> NDArray[np.float64]:
        """x, y and pressure of each point, (points, 3): a view that later points never change."""
        return self._rows[: self._count]

    def add(self, x: float, y: float, pressure: float | None) -> bool:
        """Add a point; False where the pen has not moved, and nothing changes.

        A point without pressure has the one before it.
        """
        if self._count and self._rows[self._count - 1, 0] == x and self._rows[self._count - 1, 1] == y:
            return False
        if self._count == len(self._rows):
            self._rows = np.concatenate([self._rows, np.empty_like(self._rows)])
        if pressure is None:
            pressure = float(self._rows[self._count - 1, 2]) if self._count else 1.0
        self._rows[self._count] = x, y, pressure
        self._count += 1
        return True

    def stroke(self) -> Stroke:
        """What has been drawn so far; its arrays are views."""
        return Stroke(self.rows[:, :2], self.rows[:, 2] if self.has_pressure else None, self.width)

    def finished(self) -> Stroke:
        """The stroke in arrays of its own."""
        return Stroke(self.rows[:, :2].copy(), self.rows[:, 2].copy() if self.has_pressure else None, self.width)
