"""Doing training steps beside the window."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.data import Dataset
from engine.errors import DataError
from engine.inspection.training_step import StepByStep, WeightCheck
from engine.network.network import Network
from engine.optimizers import optimizer_named
from gui.services.background_task import Task
from gui.workspaces.inspect.digit_bank import Digits
from models.presets.preset import ModelPreset


@dataclass(frozen=True)
class Batch:
    """What is learned from.

    Attributes:
        count: digits, or 0 for the drawing.
        label: of the drawing: a digit's or label's place, or degrees.
        ids: positions in the data set of those digits; none for the first training digits.
    """

    count: int
    label: float = 0.0
    ids: tuple[int, ...] = ()


class Beginning:
    """Makes the copy, its batch and its optimizer, and does the first step; `image` is (20, 20) or not there."""

    def __init__(
        self,
        make_twin: Callable[[], Network],
        preset: ModelPreset,
        read: Callable[[], Digits],
        image: FloatArray | None,
        batch: Batch,
        optimizer: str,
        rate: float,
    ) -> None:
        self._make_twin, self._preset, self._read, self._image = make_twin, preset, read, image
        self._batch, self._optimizer, self._rate = batch, optimizer, rate

    def __call__(self, task: Task) -> StepByStep:
        """In the thread of the task."""
        task.progress(0.0)
        images, targets = self._data()
        steps = StepByStep(
            self._make_twin(), optimizer_named(self._optimizer, learning_rate=self._rate), images, targets, self._image
        )
        steps.forward()
        return steps

    def _data(self) -> tuple[FloatArray, NDArray[Any]]:
        preset = self._preset
        if self._batch.count:
            return training_part(preset, self._read(), self._batch.count)
        assert self._image is not None
        if preset.task == "regression":
            target = np.array([self._batch.label], np.float32)
        else:
            digit = int(preset.labels[int(self._batch.label)] if preset.task == "binary" else self._batch.label)
            target = preset.targets(np.array([digit]))
        return self._image[np.newaxis], target


def training_part(preset: ModelPreset, digits: Digits, count: int) -> tuple[FloatArray, NDArray[Any]]:
    """The first digits that a preset learns from, (n, *input_shape), and their targets.

    Raises:
        DataError: it learns from none of them.
    """
    chosen = preset.select(Dataset(digits.images, np.asarray(digits.labels, np.int64)))
    if not len(chosen):
        raise DataError("None of these digits is one that the model tells apart: choose others.")
    part = chosen.subset(np.arange(min(count, len(chosen))))
    inputs, targets = preset.prepare(part, np.random.default_rng(0))
    return inputs[:count], targets[:count]


class Going:
    """Some more steps, or one back."""

    def __init__(self, steps: StepByStep, count: int) -> None:
        self._steps, self._count = steps, count

    def __call__(self, task: Task) -> StepByStep:
        """In the thread of the task."""
        if self._count < 0:
            self._steps.back()
        for number in range(self._count):
            task.progress(number / self._count)
            self._steps.forward()
        return self._steps


class Checking:
    """The gradient check of one weight."""

    def __init__(self, steps: StepByStep, index: int) -> None:
        self._steps, self._index = steps, index

    def __call__(self, _task: Task) -> WeightCheck:
        """In the thread of the task."""
        return self._steps.check(self._index)
