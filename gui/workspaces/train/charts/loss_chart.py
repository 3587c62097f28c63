"""Loss over the course of training."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from engine.training.messages import TrainingFinished, TrainingProgress
from gui.charts.axis_range import LARGEST_RATIO
from gui.charts.chart import NO_DATA
from gui.charts.line import Line, LineStyle
from gui.charts.live_series import Points
from gui.lab.run_started import RunStarted
from gui.theme.color_scales import blend
from gui.workspaces.train.charts.training_chart import EARLIER, TRAINING, VALIDATION, TrainingChart

# The noisy line may lose this share of its points at either end of the fitted range.
_TRIM_PERCENT = 2.0
# Nor do single batches, or the penalty, stretch the range further than this factor beyond the thick lines.
_STRETCH = 2.0
# So much of the accent is in the noisy line's colour.
_RAW_SHARE = 0.3


def _without_outliers(noisy: Points, thick: Points) -> Points:
    """The two values that the range of a noisy line reaches to."""
    # Two order statistics; percentiles of NumPy, which interpolate, take ten times as long in every frame.
    trim = round(_TRIM_PERCENT / 100 * (noisy.size - 1))
    ordered = np.partition(noisy, (trim, noisy.size - 1 - trim))
    low, high = ordered[trim], ordered[noisy.size - 1 - trim]
    if thick.size:
        low, high = max(low, thick.min() / _STRETCH), min(high, thick.max() * _STRETCH)
    return np.array([low, high])


class LossChart(TrainingChart):
    """Training loss of every batch, thin, and smoothed, thick; validation loss of every epoch, dashed with dots.

    The lines show the data loss, so that training and validation can be compared; the share of the L1 and L2
    penalties is a line of its own, which appears when there is one.
    """

    object_name: ClassVar[str] = "lossChart"
    title: ClassVar[str] = "Loss"
    empty_text: ClassVar[str] = "Press Train to watch the loss fall"
    explanation: ClassVar[str] = (
        "How wrong the model is, the number that training makes small. Thin: each batch; thick: smoothed; dashed: the "
        "validation digits, which it never learns from. Where that line rises while the other falls, the model has "
        "begun to learn by heart."
    )
    can_be_logarithmic: ClassVar[bool] = True
    calm_ticks: ClassVar[int] = 2

    def build(self) -> None:
        """Make the lines."""
        super().build()
        pale = LineStyle(lambda theme: blend(theme.accent, theme.surface, _RAW_SHARE), 1.0, antialias=False)
        self._raw = self.add_line("training_batch", "", pale)
        dotted = LineStyle(lambda theme: theme.series[3], 1.5, dash=(1.5, 2.5))
        self._penalty = self.add_line("penalty", "penalty", dotted, smoothed=True)
        self._validation = self.add_line("validation", "validation", VALIDATION)
        self._earlier = self.add_line("earlier_epochs", "", EARLIER)
        self._training = self.add_line("training_smoothed", "training", TRAINING, smoothed=True)
        for z, line in enumerate((self._raw, self._penalty, self._training, self._validation)):
            line.item.setZValue(z)
        self.view.set_logarithmic(True)

    def begin(self, started: RunStarted) -> None:
        """A fresh run clears the chart; a continued one goes on where the curves end."""
        if not started.continued:
            self.clear()
            for epoch in started.earlier:
                self._earlier.series.append(epoch.epoch, epoch.data_loss)
                if epoch.validation_loss is not None:
                    self._validation.series.append(epoch.epoch, epoch.validation_loss)
            self.mark_earlier(started)
        self.head(self.title, started)
        super().begin(started)

    def add(self, progress: TrainingProgress) -> None:
        """Add batches and epochs."""
        if progress.batch_losses.size:
            self._add_batches(progress)
        for epoch in progress.epochs:
            if epoch.validation_loss is not None:
                self._validation.series.append(self._offset + epoch.epoch, epoch.validation_loss)
        if progress.epochs:
            self.caption_changed.emit(self._caption())
            self.describe(self._words())
        self.mark_dirty()

    def finish(self, finished: TrainingFinished) -> None:
        """Say how the curve ended."""
        if finished.reason == "diverged":
            self.caption_changed.emit("diverged")
            before = "" if self.accessibleDescription() == NO_DATA else f"{self.accessibleDescription()}; "
            self.describe(f"{before}the run diverged")

    def y_bounds(self, drawn: Sequence[tuple[Line, Points, Points]]) -> tuple[float, float]:
        """Rare outliers of single batches do not squeeze the curves."""
        lines = {line.name: y for line, _, y in drawn}
        thick = np.concatenate([lines["training_smoothed"], lines["validation"], lines["earlier_epochs"]])
        # A loss of exactly zero has no place on a logarithmic axis; it is drawn at its lower border.
        positive = thick[thick > 0]
        parts = [positive if self.view.logarithmic else thick]
        if lines["training_batch"].size:
            parts.append(_without_outliers(lines["training_batch"], positive))
        if positive.size:
            # A penalty far below the loss would make the loss look flat; its line may leave the chart.
            parts.append(lines["penalty"][lines["penalty"] >= positive.min() / _STRETCH])
        values = np.concatenate(parts)
        if self.view.logarithmic:
            values = values[values > 0]
        if not values.size:
            return 0.1, 1.0
        low, high = float(values.min()), float(values.max())
        # After a spike, the present loss is worth more than the spike's top.
        ends = [line.series.last() for line in (self._training, self._validation)]
        newest = min((end[1] for end in ends if end is not None), default=0.0)
        return low, min(high, newest * LARGEST_RATIO) if self.view.logarithmic and newest > 0 else high

    def smooth_again(self) -> None:
        """Smooth the raw line, which stays as it is, anew."""
        raw = self._raw.series
        if len(raw):
            self._training.set_data(raw.x.copy(), self.smoothed(raw.y))
            self.mark_dirty()

    def best_point(self) -> tuple[float, float] | None:
        """The epoch of the lowest validation loss."""
        return self.best_of(self._validation.series)

    def _add_batches(self, progress: TrainingProgress) -> None:
        x, losses = self.epochs_of(progress, progress.batch_losses.size), progress.batch_data_losses
        self._raw.series.append(x, losses)
        self._training.series.append(x, self.training_average.feed(losses))
        with np.errstate(invalid="ignore"):
            # ∞ − ∞ at the end of a diverging run is no number; the series leave it out.
            penalties = progress.batch_losses - losses
        # It begins with the first batch that has one, whichever batches came with that: weights of 0 have none.
        first = 0 if len(self._penalty.series) else int(np.argmax(np.append(penalties > 0, True)))
        if first < penalties.size:
            self._penalty.series.append(x[first:], self.penalty_average.feed(penalties[first:]))

    def _caption(self) -> str:
        last, best = self._validation.series.last(), self.best_point()
        return f"validation {last[1]:.3g} · best at epoch {best[0]:g}" if last is not None and best is not None else ""

    def _words(self) -> str:
        """Such as "training loss 0.031 after 12 epochs, falling; validation loss 0.05, best at epoch 9"."""
        last = self._training.series.last()
        if last is None:
            return NO_DATA
        epochs = round(last[0])
        before = self._training.series.nearest(last[0] - 1.0)
        change = last[1] / before[1] if before is not None and before[1] > 0 and before[0] < last[0] else 1.0
        trend = "falling" if change < 0.98 else "rising" if change > 1.02 else "steady"
        text = f"training loss {last[1]:.3g} after {epochs} epoch{'s' if epochs != 1 else ''}, {trend}"
        validation = self._validation.series.last()
        best = self.best_point()
        if validation is not None and best is not None:
            text += f"; validation loss {validation[1]:.3g}, best at epoch {best[0]:g}"
        return text
