"""A model's record in its file, read back: the epochs that it has gone through, to go on from there."""

import math
from collections.abc import Mapping
from typing import Any

from engine.core.number_check import is_finite_number, is_whole_number
from engine.training.messages import EpochEnded
from models.recipes.earlier_training import EarlierTraining

_NAMED = ("epoch", "step", "loss", "validation_loss")
_PREFIX = "validation_"


def recorded_training(summary: Mapping[str, Any]) -> EarlierTraining:
    """What a training summary tells of the course of the training; nothing where it tells nothing, or nonsense.

    Summaries of earlier versions hold no steps; they follow from the images and the batch size.
    """
    records = summary.get("history")
    settings = summary.get("settings")
    batch = settings.get("batch_size") if isinstance(settings, dict) else None
    images = summary.get("images")
    per_epoch = math.ceil(images / batch) if is_whole_number(images, 1) and is_whole_number(batch, 1) else 0
    found = [_event(record, per_epoch) for record in records] if isinstance(records, list) else []
    history = tuple(event for event in found if event is not None)
    told, seconds = summary.get("epochs"), summary.get("seconds")
    epochs = max([told if is_whole_number(told, 1) else 0, *(event.epoch for event in history)])
    steps = max([per_epoch * epochs if not history else 0, *(event.step for event in history)])
    return EarlierTraining(epochs, steps, float(seconds) if is_finite_number(seconds) else 0.0, history)


def _event(record: object, per_epoch: int) -> EpochEnded | None:
    if (
        not isinstance(record, dict)
        or not is_whole_number(record.get("epoch"), 1)
        or not is_finite_number(record.get("loss"))
    ):
        return None
    metrics = {key: float(value) for key, value in record.items() if key not in _NAMED and is_finite_number(value)}
    validation = record.get("validation_loss")
    step = record.get("step")
    return EpochEnded(
        epoch=record["epoch"],
        step=step if is_whole_number(step, 1) else per_epoch * record["epoch"],
        loss=float(record["loss"]),
        data_loss=float(record["loss"]),
        metrics={key: value for key, value in metrics.items() if not key.startswith(_PREFIX)},
        validation_loss=float(validation) if is_finite_number(validation) else None,
        validation_metrics={key[len(_PREFIX) :]: value for key, value in metrics.items() if key.startswith(_PREFIX)},
        learning_rate=0.0,
        images_per_second=0.0,
        seconds=0.0,
        best=False,
    )
