"""All that the rules look at: settings, data, epochs, batches and layers of one run."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.batches.examples import copied_examples
from engine.core.parameters import FloatArray
from engine.inspection.layer_readings import NetworkReading
from engine.training.config import TrainingConfig
from engine.training.messages import EpochEnded


def median(values: NDArray[Any]) -> float:
    """The middle of a few values, (values,), or between the two in the middle.

    The first call of NumPy's own imports masked arrays, 10 ms and more in which the window stands.
    """
    ordered = np.sort(values)
    return float(ordered[(len(values) - 1) // 2] + ordered[len(values) // 2]) / 2


@dataclass(frozen=True, slots=True)
class DataFacts:
    """What a run learns from, in numbers.

    Attributes:
        digits, validation_digits: how many.
        class_counts: training digits of each class; () where an example has no single class.
        copies: validation digits that are also among the training digits, pixel by pixel.
    """

    digits: int
    validation_digits: int = 0
    class_counts: tuple[int, ...] = ()
    copies: int = 0

    @classmethod
    def of(cls, inputs: FloatArray, targets: NDArray[Any], held_out: FloatArray, *, classes: int = 0) -> "DataFacts":
        """Count.

        Args:
            inputs: digits to train on, (n, …).
            held_out: digits to validate on, (m, …).
            targets: of the training digits, (n, …).
            classes: how many classes `targets` numbers, where it is (n,) whole numbers; below 0 is none of them.
        """
        numbers = targets.reshape(-1).astype(np.int64) if classes else np.zeros(0, np.int64)
        counts = np.bincount(numbers[(numbers >= 0) & (numbers < classes)], minlength=classes)
        copies = int(copied_examples(inputs, held_out).sum())
        return cls(len(inputs), len(held_out), tuple(counts.tolist()) if classes else (), copies)


@dataclass(frozen=True, slots=True, eq=False)
class Observations:
    """What has been seen of a run so far.

    Attributes:
        config: its settings.
        usual: the preset's own settings for the same optimizer.
        task: "binary", "multiclass", "multilabel" or "regression".
        data: what it learns from.
        first_loss: of the untrained network; NaN where that is unknown.
        full_batch: whether the optimizer takes all digits in each step and finds the step's length itself.
        epochs: the finished epochs, in order.
        batch_losses: (batches,), loss of each batch so far, without penalties; of long runs the mean of some in a row.
        batch_epochs: (batches,), after how many epochs each of them was.
        steps_per_epoch: batches in an epoch.
        readings: of the network's layers, in order.
        ending: why the run has ended, or "" while it goes on.
        larger: key of a larger preset, or "".
        can_vary: whether the digits can be varied.
    """

    config: TrainingConfig
    usual: TrainingConfig
    task: str
    data: DataFacts
    epochs: Sequence[EpochEnded]
    batch_losses: FloatArray
    batch_epochs: FloatArray
    steps_per_epoch: int
    first_loss: float = math.nan
    readings: Sequence[NetworkReading] = ()
    ending: str = ""
    full_batch: bool = False
    larger: str = ""
    can_vary: bool = False

    @property
    def losses(self) -> FloatArray:
        """(epochs,), training loss without penalties of each epoch."""
        return np.array([event.data_loss for event in self.epochs])

    @property
    def validation_losses(self) -> FloatArray:
        """(epochs,), NaN where there is none."""
        return np.array([np.nan if e.validation_loss is None else e.validation_loss for e in self.epochs], np.float64)

    @property
    def accuracy(self) -> float | None:
        """On the training digits in the last epoch; None for tasks without it and before the first epoch."""
        return self.epochs[-1].metrics.get("accuracy") if self.epochs else None

    @property
    def chance(self) -> float | None:
        """The accuracy of always giving the most frequent answer; None for tasks without one."""
        counts = self.data.class_counts
        return max(counts) / sum(counts) if counts and sum(counts) else None

    @property
    def classifies(self) -> bool:
        """Whether every digit has one class."""
        return self.task in ("binary", "multiclass")
