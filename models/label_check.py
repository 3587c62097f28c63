"""Labels that may be wrong, found by models that never saw the digits that they judge."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from engine.core.parameters import FloatArray, IntArray
from engine.data import Dataset
from engine.errors import DataError
from engine.evaluation.confusion import suspicious_labels
from engine.training.run import BatchEnded, Callback, Run
from engine.training.trainer import Trainer
from models.presets import PRESETS

FOLDS: Final = 3
PRESET: Final = "cnn"
# (up to so many digits, epochs): more digits need fewer passes to be learned as well.
_EPOCHS: Final = ((20_000, 5), (10**9, 2))
_FEWEST: Final = 100
_TOLD_EVERY: Final = 10

Report = Callable[[float], None]


class _Progress(Callback):
    """Tells the share of all folds that is done; whoever hears it may raise to end the training."""

    def __init__(self, report: Report, fold: int, steps: int) -> None:
        self._report, self._fold, self._steps = report, fold, steps

    def on_batch_end(self, run: Run, batch: BatchEnded) -> None:
        """Tell it now and then."""
        if batch.step % _TOLD_EVERY == 0:
            self._report((self._fold + min(1.0, batch.step / self._steps)) / FOLDS)


def out_of_sample_probabilities(dataset: Dataset, report: Report = lambda _share: None, seed: int = 0) -> FloatArray:
    """(n, 10) float32: for each digit the probabilities of a model that was trained without it.

    The data set is cut into three folds, between writers where they are known; for each fold a small network learns
    from the other two. A model's answers about digits that it learned from say nothing about their labels: it has
    learned those by heart.

    Args:
        dataset: at least 100 digits.
        report: hears the share that is done and may raise to end the work.
        seed: of folds and weights.

    Raises:
        DataError: there are too few digits.
    """
    count = len(dataset)
    if count < _FEWEST:
        raise DataError(f"{dataset.name}: {count} digits are too few to judge labels; {_FEWEST} are needed.")
    rng = np.random.default_rng(seed)
    folds = _folds(dataset, rng)
    preset = PRESETS[PRESET]
    epochs = next(epochs for most, epochs in _EPOCHS if count <= most)
    config = replace(preset.defaults, epochs=epochs, seed=seed, augment=False, refuse=False)
    probabilities = np.zeros((count, len(preset.labels)), np.float32)
    report(0.0)
    for fold in range(FOLDS):
        network = preset.build(seed)
        inputs, targets = preset.prepare(dataset.subset(folds != fold), rng)
        steps = epochs * math.ceil(len(inputs) / config.batch_size)
        trainer = Trainer(network, config, callbacks=[_Progress(report, fold, steps)], low_priority=True)
        trainer.fit(inputs, targets)
        held_out = np.flatnonzero(folds == fold)
        probabilities[held_out] = preset.model(network).answer(dataset.images[held_out])
    return probabilities


def rank_suspicious(dataset: Dataset, probabilities: FloatArray) -> IntArray:
    """Places of digits whose label may be wrong, the most suspicious first.

    Args:
        dataset: n digits.
        probabilities: (n, 10), out of sample, as `out_of_sample_probabilities` gives them.
    """
    return suspicious_labels(dataset.labels, probabilities)


def _folds(dataset: Dataset, rng: np.random.Generator) -> IntArray:
    """(n,): the fold of each digit, 0 to 2."""
    if dataset.writers is not None:
        people, numbers = np.unique(dataset.writers, return_inverse=True)
        if len(people) >= 2 * FOLDS:
            return np.asarray(rng.permutation(len(people))[numbers] % FOLDS)
    return np.asarray(rng.permutation(len(dataset)) % FOLDS)
