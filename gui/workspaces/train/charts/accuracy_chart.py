"""How well the model does in the metric that fits its task, over the course of training."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from engine.training.messages import TrainingProgress
from gui.charts.chart import NO_DATA
from gui.charts.line import Line
from gui.charts.live_series import LiveSeries, Points
from gui.lab.run_started import RunStarted
from gui.workspaces.train.charts.training_chart import EARLIER, TRAINING, VALIDATION, TrainingChart
from gui.workspaces.train.wording import metric_text

# The metric that each task is charted by, and its heading.
METRIC_OF_TASK = {
    "binary": ("accuracy", "Accuracy"),
    "multiclass": ("accuracy", "Accuracy"),
    "multilabel": ("f1", "F1 score"),
    "regression": ("rmse", "RMSE in degrees"),
}


class AccuracyChart(TrainingChart):
    """Accuracy, F1 score or RMSE: training solid, validation dashed with dots.

    Where batches have an accuracy, the training line moves with every batch, smoothed; otherwise, and for the other
    metrics, it has a point an epoch.

    Attributes:
        metric_key: "accuracy", "f1" or "rmse".
    """

    object_name: ClassVar[str] = "accuracyChart"
    title: ClassVar[str] = "Accuracy"
    empty_text: ClassVar[str] = "Here you see how well the model does"
    explanation: ClassVar[str] = (
        "How often the model is right, or how far off it is where it answers with a number. Solid: the digits it is "
        "learning from; dashed: the validation digits, which it never learns from. The ring marks the best"
        " epoch of this curve."
    )

    # The accuracy of a batch is noisier than its loss.
    span_epochs: ClassVar[float] = 0.4

    def build(self) -> None:
        """Make the lines."""
        super().build()
        self._training = self.add_line("training", "training", TRAINING)
        self._earlier = self.add_line("earlier_epochs", "", EARLIER)
        self._validation = self.add_line("validation", "validation", VALIDATION)
        self._validation.item.setZValue(1)
        self.metric_key = "accuracy"
        # Of every batch; too noisy to be drawn, but what smoothing starts from.
        self._raw = LiveSeries()

    def clear(self) -> None:
        """Forget all data."""
        self._raw.clear()
        super().clear()

    def smooth_again(self) -> None:
        """Smooth the accuracies of the batches anew."""
        if len(self._raw):
            self._training.set_data(self._raw.x.copy(), self.smoothed(self._raw.y))
            self.mark_dirty()

    def begin(self, started: RunStarted) -> None:
        """Chart the metric of the preset's task; a continued run goes on where the curves end."""
        metric, title = METRIC_OF_TASK.get(started.preset.task, METRIC_OF_TASK["multiclass"])
        if not started.continued or metric != self.metric_key:
            self.clear()
        self.metric_key = metric
        if not started.continued:
            for epoch in started.earlier:
                if (value := epoch.metrics.get(metric)) is not None:
                    self._earlier.series.append(epoch.epoch, value)
                if (value := epoch.validation_metrics.get(metric)) is not None:
                    self._validation.series.append(epoch.epoch, value)
            self.mark_earlier(started)
        self.head(title, started)
        # An accuracy of batches is smoothed; other metrics are those of whole epochs.
        self._training.kind = "smoothed" if metric == "accuracy" else "raw"
        super().begin(started)

    def add(self, progress: TrainingProgress) -> None:
        """Add batches and epochs."""
        if progress.batch_accuracies.size and self.metric_key == "accuracy":
            x = self.epochs_of(progress, progress.batch_accuracies.size)
            self._raw.append(x, progress.batch_accuracies)
            self._training.series.append(x, self.training_average.feed(progress.batch_accuracies))
        for epoch in progress.epochs:
            at = self._offset + epoch.epoch
            if self.metric_key in epoch.metrics and self.metric_key != "accuracy":
                self._training.series.append(at, epoch.metrics[self.metric_key])
            if (value := epoch.validation_metrics.get(self.metric_key)) is not None:
                self._validation.series.append(at, value)
        if progress.epochs:
            text = self._words()
            self.caption_changed.emit(text)
            self.describe(text or NO_DATA)
        self.mark_dirty()

    def y_bounds(self, drawn: Sequence[tuple[Line, Points, Points]]) -> tuple[float, float]:
        """Once the first epoch is over, its steep start no longer decides what is shown."""
        low, high = super().y_bounds(drawn)
        later = [y[x >= self._validation.series.x[0]] for _, x, y in drawn] if len(self._validation.series) else []
        values = np.concatenate(later) if later else np.zeros(0)
        if values.size:
            low, high = float(values.min()), float(values.max())
        if self.metric_key == "rmse":
            return low, high
        # At least two percent points, so that noise does not look like news.
        return (max(0.0, min(low, high - 0.02)), min(1.0, max(high, low + 0.02)))

    def best_point(self) -> tuple[float, float] | None:
        """The epoch of the best metric on the validation digits: the top of the curve, or the bottom of an error's."""
        return self.best_of(self._validation.series, lowest=self.metric_key == "rmse")

    def value_text(self, value: float) -> str:
        """With the metric's unit."""
        return metric_text(self.metric_key, value)

    def _words(self) -> str:
        """Such as "validation 98.7 % · best 98.9 % at epoch 7"."""
        last, best = self._validation.series.last(), self.best_point()
        if last is None or best is None:
            return ""
        text = f"validation {metric_text(self.metric_key, last[1])}"
        return f"{text} · best {metric_text(self.metric_key, best[1])} at epoch {best[0]:g}"
