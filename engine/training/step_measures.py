"""Measures a step of the optimizer, for whoever asks; no other step pays for it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.batches.batch import Batch
from engine.network.network import Network
from engine.optimizers import Optimizer
from engine.training.messages import StepMeasure, TrainingMonitor
from engine.training.step_evaluation import StepEvaluation


class StepMeasures:
    """Makes a step as the loop does, with the same bits, and tells the monitor what it was like.

    Args:
        network, optimizer, evaluation: of the loop.
        monitor: takes the measure.
    """

    def __init__(
        self, network: Network, optimizer: Optimizer, evaluation: StepEvaluation, monitor: TrainingMonitor
    ) -> None:
        self._network, self._optimizer, self._evaluation, self._monitor = network, optimizer, evaluation, monitor

    def step(self, batch: Batch, step: int) -> float:
        """The step after so many others; the loss before it. Raises `StepAbandoned` as the evaluation does."""
        store, evaluation, norms = self._network.store, self._evaluation, [0.0]
        before = store.values.copy()
        # The whole gradient is needed here; otherwise worker processes may add up parts of it.
        whole, evaluation.whole = evaluation.whole, True

        def evaluate() -> float:
            loss = evaluation(batch)
            norms.append(_length(store.gradients))
            return loss

        try:
            loss = self._optimizer.step(store, evaluate)
        finally:
            evaluation.whole = whole
        moved = _length(store.values - before)
        ratio = moved / max(_length(before), 1e-30)
        self._monitor.record_measure(StepMeasure(step, float(self._optimizer.rate), norms[-1], ratio))
        return loss


def _length(vector: NDArray[Any]) -> float:
    return float(np.linalg.norm(vector))
