"""How far each knob goes in the window, and in which steps. To add a knob of the engine: its line in `SCALES`."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

STEPS: Final = 60


@dataclass(frozen=True, slots=True)
class Scale:
    """A knob's slider.

    Attributes:
        title: what stands above it.
        explanation: what turning it does.
        values: from the value at the start of the run, all values that it can take, ascending.
    """

    title: str
    explanation: str
    values: Callable[[float], list[float]]


def _around(start: float) -> list[float]:
    """Thousandths to thirtyfold of the value at the start, evenly by factors, the value itself among them."""
    return [float(f"{start * 10 ** (step / 20):.3g}") if step else start for step in range(-STEPS, 31)]


def _penalties(start: float) -> list[float]:
    """None, and from 10⁻⁷ to 0.1; the value at the start among them."""
    return sorted({0.0, start, *(float(f"{10 ** (step / 8):.2g}") for step in range(-56, -7))})


def _evenly(high: float, step: float) -> Callable[[float], list[float]]:
    return lambda start: sorted({start, *(round(step * number, 6) for number in range(round(high / step) + 1))})


def _powers(start: float) -> list[float]:
    return sorted({start, *(float(2**power) for power in range(2, 13))})


SCALES: Final = {
    "learning_rate": Scale(
        "Learning rate", "α, the length of a step. With a schedule: what it starts from, from now on.", _around
    ),
    "l2": Scale("L2", "λ of the penalty λ·Σw², from the next batch on.", _penalties),
    "dropout": Scale("Dropout", "Share of the units that are silent in a step.", _evenly(0.9, 0.05)),
    "augmentation": Scale(
        "Varying", "How far the digits are varied: 1 is as usual, 0 not at all. Below: what that looks like.",
        _evenly(2.0, 0.1),
    ),
    "batch_size": Scale("Batch size", "Digits in a step, from the next epoch on.", _powers),
}  # fmt: skip


def text_of(value: float) -> str:
    """A value as it is shown."""
    return f"{value:g}" if value == 0 or math.fabs(value) >= 1e-4 else f"{value:.2g}"
