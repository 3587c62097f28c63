"""What `train` shows: a progress bar on a terminal, lines elsewhere, JSON for machines."""

import math
import sys
from typing import TYPE_CHECKING, Any

from engine.core.wording import counted
from engine.evaluation.wording import percent
from engine.training.config import TrainingConfig
from engine.training.messages import EpochEnded, TrainingFinished, TrainingProgress
from models.cli.output import write_json, write_line
from models.presets.preset import ModelPreset

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

# What people call the metrics.
_NAMES = {"f1": "F1", "exact_match": "all right", "rmse": "error (RMSE)", "mae": "mean error", "r2": "R²"}
_DEGREES = ("rmse", "mae")


class TrainingReport:
    """Lines for people."""

    def __init__(self, preset: ModelPreset, config: TrainingConfig) -> None:
        self._preset = preset
        self._config = config

    def begin(self, training: int, validation: int, negatives: int) -> None:
        """Say what is going to be trained, on how many digits and drawings that are none."""
        others = f" and {negatives:,} drawings that are none" if negatives else ""
        write_line(
            f"Training {self._preset.name} ({counted(self._preset.parameter_count, 'parameter')}) on "
            f"{counted(training, 'image')}{others}, {validation:,} more for validation."
        )

    def update(self, progress: TrainingProgress) -> None:
        """Show the epochs that ended."""
        for event in progress.epochs:
            write_line(self.epoch_line(event))

    def epoch_line(self, event: EpochEnded) -> str:
        """One epoch in a line."""
        text = f"Epoch {event.epoch}/{self._config.epochs}: loss {event.loss:.4f}{_metrics(event.metrics)}"
        if event.validation_loss is not None:
            text += f"; {_validation(event)}"
        return f"{text}; {event.images_per_second:,.0f} images/s"

    def close(self) -> None:
        """Nothing: lines need no tidying."""

    def end(self, finished: TrainingFinished, saved: str | None, kept_as: str = "") -> None:
        """Say how it ended, under which id the run is kept, and where the model is."""
        kept, message = finished.kept, finished.message
        if kept is not None and kept in finished.history[:-1]:
            line = self.epoch_line(kept)
            write_line(f"The weights of the best epoch are kept: e{line[1:]}.")
        elif kept is not None and kept not in finished.history and kept.validation_loss is not None:
            message = f"{message.rstrip('.')}: {_validation(kept)}."
        write_line(f"{message} {finished.seconds:.1f} s, {finished.images_per_second:,.0f} images/s.")
        if kept_as:
            write_line(f"Kept as the run {kept_as}.")
        if saved is not None:
            write_line(f"Saved to {saved}.")


class BarReport(TrainingReport):
    """A progress bar below the lines."""

    def __init__(self, preset: ModelPreset, config: TrainingConfig) -> None:
        super().__init__(preset, config)
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def update(self, progress: TrainingProgress) -> None:
        """Move the bar; epochs that ended become lines above it."""
        if self._progress is None or self._task is None:
            # Not needed by any other command.
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (TextColumn("{task.description}"), BarColumn(None), TextColumn("{task.percentage:>3.0f} %"))
            self._progress = Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True)
            self._task = self._progress.add_task("Training", total=None)
            self._progress.start()
        for event in progress.epochs:
            self._progress.console.print(self.epoch_line(event), markup=False, highlight=False)
        self._progress.update(
            self._task,
            total=progress.total_steps or None,
            completed=progress.step,
            description=f"Epoch {progress.epoch}/{progress.total_epochs}, {progress.images_per_second:,.0f} images/s",
        )

    def close(self) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()


class JsonReport(TrainingReport):
    """One JSON object an epoch and a last one with "event": "finished"."""

    def begin(self, training: int, validation: int, negatives: int) -> None:
        """Nothing: the first line is the first epoch."""
        self._images, self._validation_images = training + negatives, validation

    def update(self, progress: TrainingProgress) -> None:
        """The epochs that ended."""
        for event in progress.epochs:
            write_json({"event": "epoch", **epoch_entries(event)})

    def end(self, finished: TrainingFinished, saved: str | None, kept_as: str = "") -> None:
        """The last object; the metrics are those of the weights that are kept."""
        write_json(
            {
                **(epoch_entries(finished.kept) if finished.kept is not None else {}),
                "event": "finished",
                "preset": self._preset.name,
                "reason": finished.reason,
                "message": finished.message,
                "epochs": finished.epochs,
                "best_epoch": finished.best_epoch,
                "images": self._images,
                "validation_images": self._validation_images,
                "images_per_second": finished.images_per_second,
                "seconds": finished.seconds,
                "settings": self._config.to_dict(),
                "saved": saved,
                "run": kept_as or None,
            }
        )


def make_report(preset: ModelPreset, config: TrainingConfig, *, as_json: bool) -> TrainingReport:
    """The report that fits where the output goes."""
    if as_json:
        return JsonReport(preset, config)
    if sys.stdout.isatty() and sys.stderr.isatty():
        return BarReport(preset, config)
    return TrainingReport(preset, config)


def _validation(event: EpochEnded) -> str:
    return f"validation loss {event.validation_loss:.4f}{_metrics(event.validation_metrics)}"


def _metrics(metrics: dict[str, float]) -> str:
    parts = []
    for name, value in metrics.items():
        if not math.isnan(value):
            shown = f"{value:.2f}°" if name in _DEGREES else f"{value:.3f}" if name == "r2" else percent(value, 2)
            parts.append(f", {_NAMES.get(name, name)} {shown}")
    return "".join(parts)


def epoch_entries(event: EpochEnded) -> dict[str, Any]:
    """An epoch as plain JSON values."""
    return {
        "epoch": event.epoch,
        "step": event.step,
        "loss": event.loss,
        "data_loss": event.data_loss,
        **event.metrics,
        "validation_loss": event.validation_loss,
        **{f"validation_{name}": value for name, value in event.validation_metrics.items()},
        "learning_rate": event.learning_rate,
        "images_per_second": event.images_per_second,
        "seconds": event.seconds,
        "best": event.best,
    }
