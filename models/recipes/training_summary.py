"""What a model file keeps about its training, as plain JSON values."""

from dataclasses import replace
from typing import Any

from engine.training.config import TrainingConfig
from engine.training.messages import EpochEnded, TrainingFinished

# A model file's description has a limit; of longer runs only the last epochs are kept.
_MOST_EPOCHS = 500


def training_summary(
    config: TrainingConfig, finished: TrainingFinished, *, data: str, images: int, most_epochs: int = _MOST_EPOCHS
) -> dict[str, Any]:
    """Settings, data, outcome and the course of a training.

    Args:
        config: the settings.
        finished: how the run ended.
        data: what the training digits are called.
        images: how many images an epoch had.
        most_epochs: of longer runs only the last ones are described.
    """
    kept = finished.kept
    return {
        # Without folders of this computer: a model file is given to others.
        "settings": replace(config, csv_settings="", checkpoint_settings="").to_dict(),
        "data": data,
        "images": images,
        "reason": finished.reason,
        "epochs": finished.epochs,
        "best_epoch": finished.best_epoch,
        "seconds": round(finished.seconds, 3),
        "images_per_second": round(finished.images_per_second, 1),
        "validation_loss": kept.validation_loss if kept else None,
        "validation": dict(kept.validation_metrics) if kept else {},
        "history": [_epoch(event) for event in finished.history[-most_epochs:]],
    }


def _epoch(event: EpochEnded) -> dict[str, Any]:
    return {
        "epoch": event.epoch,
        "step": event.step,
        "loss": event.loss,
        **event.metrics,
        "validation_loss": event.validation_loss,
        **{f"validation_{name}": value for name, value in event.validation_metrics.items()},
    }
