"""How a model learns to say "not a digit I know": drawings that are none among its digits, and a fitted threshold."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.data.bundled_digits import load_non_digits
from engine.data.dataset import Dataset
from engine.evaluation.calibration import fit_calibration_of_groups
from engine.losses.open_set import NONE_OF_THEM, OpenSetCrossentropy
from engine.storage.model import Model
from engine.training.config import TrainingConfig
from models.presets.preset import ModelPreset

# Drawings that are no digit, for each digit; measured in docs/decisions.
NEGATIVE_SHARE = 0.5

Examples = tuple[FloatArray, NDArray[Any]]


def negatives_for(config: TrainingConfig, digits: int) -> FloatArray:
    """The bundled drawings that go with so many training digits, (count, 20, 20); none where nothing is refused."""
    if not config.refuse:
        return np.zeros((0, 20, 20), np.float32)
    return load_non_digits()[: max(1, round(NEGATIVE_SHARE * digits))]


def with_negatives(examples: Examples, negatives: FloatArray) -> Examples:
    """The examples (n, 20, 20, 1) and drawings (m, 20, 20) that are no digit: their target is −1 (open set)."""
    if not len(negatives):
        return examples
    inputs, targets = examples
    return (
        np.concatenate([inputs, negatives.reshape(-1, *inputs.shape[1:])]),
        np.concatenate([targets, np.full(len(negatives), NONE_OF_THEM, np.int64)]),
    )


def fit_refusal(model: Model, preset: ModelPreset, held_out: Sequence[Dataset]) -> None:
    """Give a model that was trained to refuse its threshold and temperature, from groups of digits it has not met."""
    loss = model.network.loss
    if not isinstance(loss, OpenSetCrossentropy):
        return
    # A run that diverged may end with weights whose outputs overflow.
    with np.errstate(all="ignore"):
        groups = [(model.logits(group.images), preset.targets(group.labels)) for group in held_out]
    if all(np.isfinite(logits).all() for logits, _ in groups):
        model.calibration = fit_calibration_of_groups(groups, loss)
        model.training["calibrated_on"] = " and ".join(group.name for group in held_out)
