"""One or more cases for each registered loss, for the contract and the oracle tests: a loss, outputs and targets."""

from dataclasses import dataclass

import numpy as np

from engine.losses import (
    LOSSES,
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalHinge,
    CosineSimilarity,
    Hinge,
    Huber,
    KLDivergence,
    LogCosh,
    Loss,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    OpenSetCrossentropy,
    Poisson,
    SparseCategoricalCrossentropy,
    SquaredHinge,
)

ROWS, CLASSES = 7, 4


@dataclass(frozen=True)
class LossCase:
    name: str
    loss: Loss
    outputs: np.ndarray
    targets: np.ndarray
    positive: bool = False

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
        LossCase("binary", BinaryCrossentropy(from_logits=True), _logits(1), binary),
        LossCase("binary-smoothed", BinaryCrossentropy(from_logits=True, label_smoothing=0.2), _logits(1), binary),
        LossCase("binary-probabilities", BinaryCrossentropy(from_logits=False), _probabilities(1), binary),
        LossCase("labels", BinaryCrossentropy(from_logits=True), _logits(3), labels),
        LossCase("labels-smoothed", BinaryCrossentropy(from_logits=True, label_smoothing=0.1), _logits(3), labels),
        LossCase("categorical", CategoricalCrossentropy(from_logits=True), _logits(CLASSES), np.eye(CLASSES)[numbers]),
        LossCase("categorical-soft", CategoricalCrossentropy(from_logits=True), _logits(CLASSES), soft),
        LossCase(
            "categorical-smoothed",
            CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
            _logits(CLASSES),
            soft,
        ),
        LossCase(
            "categorical-probabilities", CategoricalCrossentropy(from_logits=False), _probabilities(CLASSES), soft
        ),
        LossCase("sparse", SparseCategoricalCrossentropy(from_logits=True), _logits(CLASSES), numbers),
        LossCase(
            "sparse-smoothed",
            SparseCategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
            _logits(CLASSES),
            numbers,
        ),
        LossCase(
            "sparse-probabilities", SparseCategoricalCrossentropy(from_logits=False), _probabilities(CLASSES), numbers
        ),
        LossCase("open-set", OpenSetCrossentropy(), _logits(CLASSES), numbers - 1),
        LossCase("squared", MeanSquaredError(), _logits(2), values),
        LossCase("absolute", MeanAbsoluteError(), _logits(2), values),
        LossCase("huber", Huber(), _logits(2), values),
        LossCase("huber-wide", Huber(delta=2.5), _logits(2), values),
        LossCase("percentage", MeanAbsolutePercentageError(), _logits(2), values),
        LossCase("logarithmic", MeanSquaredLogarithmicError(), np.abs(_logits(2)), np.abs(values), positive=True),
        LossCase("log-cosh", LogCosh(), _logits(2), values),
        LossCase("hinge", Hinge(), _logits(2), np.sign(values)),
        LossCase("hinge-of-zeros-and-ones", Hinge(), _logits(1), binary),
        LossCase("squared-hinge", SquaredHinge(), _logits(1), 2 * binary - 1),
        LossCase("categorical-hinge", CategoricalHinge(), _logits(CLASSES), np.eye(CLASSES)[numbers]),
        LossCase("divergence", KLDivergence(), _probabilities(CLASSES), soft),
        LossCase("poisson", Poisson(), np.abs(_logits(2)) + 0.1, np.abs(np.rint(3 * values)), positive=True),
        LossCase("cosine", CosineSimilarity(), _logits(CLASSES), draw.normal(0, 1, (ROWS, CLASSES))),
        LossCase("focal", BinaryFocalCrossentropy(), _probabilities(1), binary),
        LossCase(
            "focal-balanced",
            BinaryFocalCrossentropy(True, alpha=0.3, gamma=1.5, from_logits=True, label_smoothing=0.1),
            _logits(3),
            labels,
        ),
        LossCase("summed", MeanSquaredError(reduction="sum"), _logits(2), values),
    ]
    covered = {case.loss.kind for case in cases}
    assert covered == set(LOSSES), f"add a case for {set(LOSSES) - covered}"
    return cases
