"""Measuring the loss around weights, beside the window."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.core.parameters import FloatArray
from engine.inspection.landscape import BatchLoss, Landscape, WeightSlice, landscape, weight_slice
from engine.network.network import Network
from gui.services.background_task import Task
from gui.workspaces.inspect.digit_bank import Digits
from gui.workspaces.inspect.step_task import training_part
from models.presets.preset import ModelPreset

# Training digits whose loss is measured, at each of 15×15 places.
MEASURED: Final = 48


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What the task found: the plane, and the loss that slices are cut from."""

    plane: Landscape
    loss: BatchLoss
    slopes: FloatArray


class Measuring:
    """Measures the plane; `close` no farther than the path so far, weights (parameters,) an epoch, needs."""

    def __init__(
        self,
        make_twin: Callable[[], Network],
        preset: ModelPreset,
        read: Callable[[], Digits],
        path: list[FloatArray],
        seed: int,
        close: bool,
    ) -> None:
        self._make_twin, self._preset, self._read, self._path, self._seed = make_twin, preset, read, path, seed
        self._close = close

    def __call__(self, task: Task) -> Surroundings:
        """In the thread of the task."""
        task.progress(0.0)
        twin = self._make_twin()
        loss = BatchLoss(twin, *training_part(self._preset, self._read(), MEASURED))
        path = np.stack(self._path) if self._path else np.zeros((0, twin.count_params()))
        slopes = loss.slopes()
        plane = landscape(loss, path, radius=None if self._close else 1.0, seed=self._seed, report=task.progress)
        return Surroundings(plane, loss, slopes)


class Cutting:
    """Measures along one weight."""

    def __init__(self, loss: BatchLoss, index: int) -> None:
        self._loss, self._index = loss, index

    def __call__(self, task: Task) -> WeightSlice:
        """In the thread of the task."""
        task.progress(0.0)
        radius = max(1.0, 2 * abs(float(self._loss.present[self._index])))
        return weight_slice(self._loss, self._index, radius=radius)
