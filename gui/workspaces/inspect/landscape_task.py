"""Measuring the loss around weights, beside the window."""

import threading
import time
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
# A measurement that waits looks this often whether it is wanted at all.
_CANCEL_SECONDS: Final = 0.2


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What the task found: the plane, the loss that slices are cut from, and how long it took without waiting."""

    plane: Landscape
    loss: BatchLoss
    slopes: FloatArray
    seconds: float


class Measuring:
    """Measures the plane; `close` no farther than the path so far, weights (parameters,) an epoch, needs.

    It waits while `may_go_on` is not set.
    """

    def __init__(
        self,
        make_twin: Callable[[], Network],
        preset: ModelPreset,
        read: Callable[[], Digits],
        path: list[FloatArray],
        seed: int,
        close: bool,
        may_go_on: threading.Event,
    ) -> None:
        self._make_twin, self._preset, self._read, self._path, self._seed = make_twin, preset, read, path, seed
        self._close, self._may_go_on = close, may_go_on

    def __call__(self, task: Task) -> Surroundings:
        """In the thread of the task."""
        began, waited = time.perf_counter(), 0.0

        def report(share: float) -> None:
            nonlocal waited
            task.progress(share)
            since = time.perf_counter()
            while not self._may_go_on.wait(_CANCEL_SECONDS):
                task.progress(share)
            waited += time.perf_counter() - since

        report(0.0)
        twin = self._make_twin()
        loss = BatchLoss(twin, *training_part(self._preset, self._read(), MEASURED))
        path = np.stack(self._path) if self._path else np.zeros((0, twin.count_params()))
        slopes = loss.slopes()
        plane = landscape(loss, path, radius=None if self._close else 1.0, seed=self._seed, report=report)
        return Surroundings(plane, loss, slopes, time.perf_counter() - began - waited)


class Cutting:
    """Measures along one weight."""

    def __init__(self, loss: BatchLoss, index: int) -> None:
        self._loss, self._index = loss, index

    def __call__(self, task: Task) -> WeightSlice:
        """In the thread of the task."""
        task.progress(0.0)
        radius = max(1.0, 2 * abs(float(self._loss.present[self._index])))
        return weight_slice(self._loss, self._index, radius=radius)
