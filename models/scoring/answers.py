"""What a model answers to every digit of a data set, computed once for all metrics and pictures."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray, IntArray
from engine.data import Dataset
from engine.data.augmentation.rotation import rotate_digits
from engine.errors import DataError
from engine.evaluation.calibration import energy
from engine.evaluation.confusion import probability_sums
from engine.evaluation.metrics import class_numbers
from engine.evaluation.reliability import losses
from engine.storage.model import Model
from engine.threads.blas_threads import BlasLimit
from models.presets.angle import LARGEST_ANGLE_DEGREES
from models.presets.multilabel import PROPERTIES

# Few enough that what the layers leave for each other stays in the cache: 10,000 digits take `cnn` 0.36 s in chunks of
# 50 and 0.5 s in chunks of 500, on one core; several BLAS threads need seven times as long for such small products.
_CHUNK = 50
# Progress, and the end of a cancelled work, are seen after so many digits.
_REPORTED = 500
# Where the random rotations of an evaluation start: equal data give equal metrics.
ROTATION_SEED = 0
# An angle counts as right when it is off by no more than this.
RIGHT_WITHIN_DEGREES = 10.0


@dataclass(frozen=True, eq=False)
class Answers:
    """A model's answers to the digits of a data set that it knows; n of them.

    Attributes:
        task: as of `Model`.
        labels: names of the classes or of the labels.
        places: (n,) which digits of the data set these are.
        images: (n, 20, 20) what the model saw; turned digits for the task "regression".
        targets: (n,) class numbers, (n, labels) truth values, or (n,) degrees.
        predictions: (n, labels) probabilities, or (n, 1) degrees.
        logits: (n, outputs).
        refused: (n,) which the model does not take for a digit.
        total: digits in the data set.
    """

    task: str
    labels: tuple[str, ...]
    places: IntArray
    images: FloatArray
    targets: NDArray[np.generic]
    predictions: FloatArray
    logits: FloatArray
    refused: NDArray[np.bool_]
    total: int

    def __len__(self) -> int:
        return len(self.places)

    @property
    def has_classes(self) -> bool:
        """Whether each digit is of exactly one class."""
        return self.task in ("binary", "multiclass")

    @cached_property
    def classes(self) -> IntArray:
        """(n,) the most probable class; only where there are classes."""
        return np.asarray(class_numbers(self.predictions))

    @cached_property
    def errors(self) -> NDArray[np.float64]:
        """(n,) how wrong each answer is: −ln p of the class, wrong labels, or degrees."""
        if self.has_classes:
            return losses(self.targets, self.predictions)
        if self.task == "multilabel":
            return np.asarray(((self.predictions >= 0.5) != self.targets).sum(axis=1), np.float64)
        return np.abs(self.predictions[:, 0] - np.asarray(self.targets, np.float64))

    @cached_property
    def right(self) -> NDArray[np.bool_]:
        """(n,) whether the class is right, all labels are, or the angle is off by at most 10 degrees."""
        if self.has_classes:
            return np.asarray(self.classes == self.targets)
        if self.task == "multilabel":
            return np.asarray(self.errors == 0)
        return np.asarray(self.errors <= RIGHT_WITHIN_DEGREES)

    @cached_property
    def confidence(self) -> NDArray[np.float64]:
        """(n,) the largest probability; only where there are classes."""
        return np.asarray(self.predictions.max(axis=1), np.float64)

    @cached_property
    def energies(self) -> NDArray[np.float64]:
        """(n,) what the rule of refusal looks at."""
        return energy(self.logits)

    @cached_property
    def probability_sums(self) -> NDArray[np.float64]:
        """(labels, labels) what the answers to the digits of each class were worth; only where there are classes."""
        return probability_sums(np.asarray(self.targets, np.intp), self.predictions, len(self.labels))


def answer_dataset(model: Model, dataset: Dataset, report: Callable[[float], None] | None = None) -> Answers:
    """All answers.

    Args:
        model: of any task.
        dataset: digits that the model does not know are left out.
        report: hears which share is done; may raise to end the work.

    Raises:
        DataError: there is no digit that the model knows, or one of its labels cannot be told from a digit.
    """
    places, targets = targets_of(model, dataset)
    images = dataset.images if len(places) == len(dataset) else dataset.images[places]
    if model.task == "regression":
        images = rotate_digits(images, targets.astype(np.float32))
    # A replica: the model may be answering drawings in another thread.
    network = model.network.replica()
    logits = []
    with BlasLimit(1):
        for start in range(0, len(places), _CHUNK):
            if report is not None and start % _REPORTED == 0:
                report(start / len(places))
            batch = np.asarray(images[start : start + _CHUNK], network.dtype)
            logits.append(network.logits(batch.reshape(len(batch), *network.example_shape)).copy())
    outputs = np.concatenate(logits)
    refused = model.calibration.rejects(outputs)
    predictions = model.probabilities(outputs)
    return Answers(
        model.task, model.labels, places, images, targets, predictions, outputs, refused, len(dataset)
    )  # fmt: skip


def read_anew(model: Model, answers: Answers) -> Answers:
    """The same answers under another calibration: the logits of the network stay."""
    refused, predictions = model.calibration.rejects(answers.logits), model.probabilities(answers.logits)
    if np.array_equal(refused, answers.refused) and np.array_equal(predictions, answers.predictions):
        return answers
    return replace(answers, predictions=predictions, refused=refused)


def targets_of(model: Model, dataset: Dataset) -> tuple[IntArray, NDArray[np.generic]]:
    """Which digits a model can be judged on, (n,), and the truth for each, (m, …).

    Raises:
        DataError: as `answer_dataset` says.
    """
    if model.task in ("binary", "multiclass"):
        names = {label: place for place, label in enumerate(model.labels)}
        classes = np.array([names.get(str(digit), -1) for digit in range(10)])[dataset.labels]
        places = np.flatnonzero(classes >= 0)
        if not len(places):
            raise DataError(f"{dataset.name or 'The data'}: it holds none of the digits that the model knows.")
        return places, classes[places]
    if not len(dataset):
        raise DataError(f"{dataset.name or 'The data'}: there are no digits in it.")
    places = np.arange(len(dataset))
    if model.task == "regression":
        rng = np.random.default_rng(ROTATION_SEED)
        return places, rng.uniform(-LARGEST_ANGLE_DEGREES, LARGEST_ANGLE_DEGREES, len(dataset)).astype(np.float32)
    unknown = [label for label in model.labels if label not in PROPERTIES]
    if unknown:
        raise DataError(
            f"The labels of a digit do not say whether it is {unknown[0]!r}, so this model cannot be judged."
        )
    return places, np.stack([np.isin(dataset.labels, PROPERTIES[label]) for label in model.labels], axis=1)
