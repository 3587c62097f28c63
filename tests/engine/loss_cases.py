"""One or more cases for each registered loss, for the contract and the oracle tests: a loss, outputs and targets."""

from dataclasses import dataclass

import numpy as np

from engine.losses import (
    LOSSES,
    BinaryCrossentropy,
    CategoricalCrossentropy,
    Huber,
    Loss,
    MeanAbsoluteError,
    MeanSquaredError,
    OpenSetCrossentropy,
    SparseCategoricalCrossentropy,
)

ROWS, CLASSES = 7, 4


@dataclass(frozen=True)
class LossCase:
    name: str
    loss: Loss
    outputs: np.ndarray
    targets: np.ndarray

    def __str__(self):
        return self.name


def _logits(columns):
    return np.random.default_rng(1).normal(0, 2, (ROWS, columns))


def _probabilities(columns):
    values = np.random.default_rng(2).uniform(0.05, 0.95, (ROWS, columns))
    return values / values.sum(axis=1, keepdims=True) if columns > 1 else values


def loss_cases():
    draw = np.random.default_rng(3)
    binary = draw.integers(0, 2, (ROWS, 1)).astype(float)
    labels = draw.integers(0, 2, (ROWS, 3)).astype(float)
    numbers = draw.integers(0, CLASSES, ROWS)
    soft = draw.dirichlet(np.ones(CLASSES), ROWS)
    values = draw.normal(0, 1, (ROWS, 2))
    cases = [
        LossCase("binary", BinaryCrossentropy(), _logits(1), binary),
        LossCase("binary-smoothed", BinaryCrossentropy(label_smoothing=0.2), _logits(1), binary),
        LossCase("binary-probabilities", BinaryCrossentropy(from_logits=False), _probabilities(1), binary),
        LossCase("labels", BinaryCrossentropy(), _logits(3), labels),
        LossCase("labels-smoothed", BinaryCrossentropy(label_smoothing=0.1), _logits(3), labels),
        LossCase("categorical", CategoricalCrossentropy(), _logits(CLASSES), np.eye(CLASSES)[numbers]),
        LossCase("categorical-soft", CategoricalCrossentropy(), _logits(CLASSES), soft),
        LossCase("categorical-smoothed", CategoricalCrossentropy(label_smoothing=0.1), _logits(CLASSES), soft),
        LossCase(
            "categorical-probabilities", CategoricalCrossentropy(from_logits=False), _probabilities(CLASSES), soft
        ),
        LossCase("sparse", SparseCategoricalCrossentropy(), _logits(CLASSES), numbers),
        LossCase("sparse-smoothed", SparseCategoricalCrossentropy(label_smoothing=0.1), _logits(CLASSES), numbers),
        LossCase(
            "sparse-probabilities", SparseCategoricalCrossentropy(from_logits=False), _probabilities(CLASSES), numbers
        ),
        LossCase("open-set", OpenSetCrossentropy(), _logits(CLASSES), numbers - 1),
        LossCase("squared", MeanSquaredError(), _logits(2), values),
        LossCase("absolute", MeanAbsoluteError(), _logits(2), values),
        LossCase("huber", Huber(), _logits(2), values),
        LossCase("huber-wide", Huber(delta=2.5), _logits(2), values),
    ]
    covered = {case.loss.kind for case in cases}
    assert covered == set(LOSSES), f"add a case for {set(LOSSES) - covered}"
    return cases
