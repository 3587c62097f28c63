"""A drawing as the pen made it: strokes of points, free of any window or pixel."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

PointArray = NDArray[np.float64]
# How the names of drawing files end.
DRAWING_SUFFIXES = (".jsonl", ".jsonl.gz", ".ndjson")


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """One pen-down to pen-up movement.

    Attributes:
        points: (n, 2) float64, x to the right and y down, in any unit; n ≥ 1.
        pressures: (n,) float64 in [0, 1], or None where the device reports none.
        width: pen width in the unit of the points; 0.0 when unknown.
    """

    points: PointArray
    pressures: NDArray[np.float64] | None = None
    width: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """Strokes in the order in which they were made, perhaps with the digit that they mean.

    Attributes:
        strokes: the strokes.
        label: 0–9, or None.
        extra: other keys of the drawing's line in a drawing file, kept as they were.
    """

    strokes: tuple[Stroke, ...] = ()
    label: int | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_points(cls, strokes: Iterable[Iterable[tuple[float, float]]], label: int | None = None) -> "Drawing":
        """A drawing from nested sequences of (x, y)."""
        return cls(tuple(Stroke(np.array(list(points), np.float64).reshape(-1, 2)) for points in strokes), label)

    @property
    def is_blank(self) -> bool:
        """Whether there is no point at all."""
        return all(len(stroke.points) == 0 for stroke in self.strokes)
