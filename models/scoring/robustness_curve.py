"""Accuracy against the severity of a change, for one model or two."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.data import Dataset
from engine.evaluation.robustness import SEVERITIES, change_digits
from engine.storage.model import Model
from models.scoring.answers import answer_dataset

# More digits and seeds only narrow the band.
MOST_DIGITS = 1000
SEEDS = 3


@dataclass(frozen=True, eq=False)
class RobustnessCurve:
    """What became of some digits at each severity.

    Attributes:
        change: its name.
        accuracy: (models, severities + 1, seeds); severity 0 is the clean accuracy.
        images: (severities + 1, digits, 20, 20), those of the first seed.
        places: (digits,) in the data set.
        right: (models, severities + 1, digits), those of the first seed; False for digits that a model does not know.
    """

    change: str
    accuracy: NDArray[np.float64]
    images: FloatArray
    places: NDArray[np.int64]
    right: NDArray[np.bool_]

    def flipped(self, model: int, severity: int) -> NDArray[np.int64]:
        """Which of the digits a model has right one severity below and wrong at this one, as rows of `images`."""
        if severity < 1:
            return np.zeros(0, np.int64)
        return np.flatnonzero(self.right[model, severity - 1] & ~self.right[model, severity])


def robustness_curve(
    models: Sequence[Model], dataset: Dataset, change: str, report: Callable[[float], None] | None = None
) -> RobustnessCurve:
    """The curve on digits from all of a data set.

    Args:
        models: those that name classes or labels.
        dataset: at most `MOST_DIGITS` of it are taken, evenly: many data sets are sorted by class.
        change: a name of `engine.evaluation.robustness.CHANGES`.
        report: hears the share that is done; may raise to end the work.

    Raises:
        DataError: a model knows none of the digits.
        ConfigurationError: there is no such change.
    """
    count = min(len(dataset), MOST_DIGITS)
    places = np.arange(count) * len(dataset) // max(count, 1)
    digits = dataset.subset(places)
    accuracy = np.zeros((len(models), SEVERITIES + 1, SEEDS))
    right = np.zeros((len(models), SEVERITIES + 1, len(places)), bool)
    pictures = []
    for severity in range(SEVERITIES + 1):
        for seed in range(SEEDS):
            if report is not None:
                report((severity + seed / SEEDS) / (SEVERITIES + 1))
            images = change_digits(digits.images, change, severity, seed)
            changed = Dataset(images, digits.labels, digits.name)
            for number, model in enumerate(models):
                answers = answer_dataset(model, changed)
                accuracy[number, severity, seed] = answers.right.mean()
                if seed == 0:
                    right[number, severity, answers.places] = answers.right
            if seed == 0:
                pictures.append(images)
    return RobustnessCurve(change, accuracy, np.stack(pictures), places, right)
