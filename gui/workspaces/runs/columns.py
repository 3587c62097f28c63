"""The columns of the table of runs: what each says of a run, in words and as a value to sort by."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from engine.training.messages import EpochEnded
from gui.lab.kept_runs import KeptRun

Value = str | float | bool


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        key: its name in an exported table.
        title: in the head.
        tip: what it means.
        value: of a run; NaN or "" where there is none.
        is_metric: whether a run is compared with the baseline in it.
        digits: decimal places of a number; −1 for as many as it needs.
        always: whether it is shown also where all runs are alike.
    """

    key: str
    title: str
    tip: str
    value: Callable[[KeptRun], Value]
    is_metric: bool = False
    digits: int = -1
    always: bool = False

    def text(self, run: KeptRun, baseline: KeptRun | None) -> str:
        """In words, with the difference from the baseline where that says something."""
        value = self.value(run)
        if not isinstance(value, float):
            return "★" if value is True else "☆" if value is False else value
        if math.isnan(value):
            return ""
        unit = self._unit(run)
        words = self._number(value) + unit
        other = baseline is not None and baseline.run_id != run.run_id
        if baseline is not None and other and self.is_metric and self._unit(baseline) == unit:
            difference = value - _as_number(self.value(baseline))
            if not math.isnan(difference):
                words += f" ({'+' if difference >= 0 else '−'}{self._number(abs(difference))})"
        return words

    def _unit(self, run: KeptRun) -> str:
        return metric_unit(run.epochs[-1]) if self.key.endswith("_figure") and run.epochs else ""

    def _number(self, value: float) -> str:
        return f"{value:.{self.digits}f}" if self.digits >= 0 else f"{value:g}"


def best_epoch(run: KeptRun) -> EpochEnded | None:
    """The epoch with the lowest watched loss."""
    return next((event for event in reversed(run.epochs) if event.best), None)


def watched_loss(event: EpochEnded) -> float:
    """The validation loss, or the training loss where there is no validation."""
    return event.loss if event.validation_loss is None else event.validation_loss


def main_metric(event: EpochEnded) -> float:
    """Accuracy in percent, or the first metric of tasks without one; of the validation where there is one."""
    metrics = event.validation_metrics or event.metrics
    if "accuracy" in metrics:
        return 100.0 * metrics["accuracy"]
    return next(iter(metrics.values()), math.nan)


def metric_unit(event: EpochEnded) -> str:
    """What follows `main_metric` where that is no accuracy in percent, as the heads say: "°" for an angle's error."""
    return "" if "accuracy" in (event.validation_metrics or event.metrics) else "°"


def accuracy(event: EpochEnded) -> float:
    """In percent, of the validation where there is one; NaN for tasks that have none."""
    return 100.0 * (event.validation_metrics or event.metrics).get("accuracy", math.nan)


def metric_names(runs: Iterable[KeptRun]) -> list[str]:
    """The metrics that these runs hold besides the accuracy, by the alphabet."""
    events = (event for run in runs for event in run.epochs[-1:])
    return sorted({name for event in events for name in event.metrics | event.validation_metrics} - {"accuracy"})


def metric_title(name: str) -> str:
    """What a person reads for "macro_f1"."""
    return name.replace("_", " ")


def metric_of(name: str) -> Callable[[EpochEnded], float]:
    """A metric of an epoch, of the validation where there is one; NaN for an epoch without it."""
    return lambda event: event.validation_metrics.get(name, event.metrics.get(name, math.nan))


def _of(event: EpochEnded | None, metric: Callable[[EpochEnded], float]) -> float:
    return math.nan if event is None else float(metric(event))


def _extreme(run: KeptRun, choose: Callable[[Iterable[float]], float], metric: Callable[[EpochEnded], float]) -> float:
    values = [value for event in run.epochs if not math.isnan(value := metric(event))]
    return choose(values) if values else math.nan


def _last(run: KeptRun) -> EpochEnded | None:
    return run.epochs[-1] if run.epochs else None


def _as_number(value: Value) -> float:
    return float(value) if isinstance(value, float) else math.nan


def _setting(name: str, title: str) -> Column:
    def value(run: KeptRun) -> Value:
        found: Any = run.entry.config.get(name)
        if isinstance(found, bool):
            return "yes" if found else "no"
        if isinstance(found, int | float):
            return float(found)
        return "" if found is None else str(found)

    return Column(name, title, f"The setting {title} of the run", value)


COLUMNS: Final = (
    Column("star", "★", "Marked by you; click to change it", lambda run: run.entry.star, always=True),
    Column("name", "Name", "Double-click to rename the run", lambda run: run.entry.name, always=True),
    Column("state", "State", "Under way, cut off, or why it ended", lambda run: run.state, always=True),
    Column("epochs", "Epochs", "Finished epochs", lambda run: float(len(run.epochs)), always=True),
    Column("best_figure", "Best %", "Accuracy in the best epoch, in percent (of angles the error, in degrees)",
           lambda run: _of(best_epoch(run), main_metric), True, 2, True),
    Column("last_figure", "Last %", "The same in the last epoch", lambda run: _of(_last(run), main_metric), True, 2,
           True),
    Column("max_figure", "Max %", "The highest of all epochs", lambda run: _extreme(run, max, main_metric), True, 2),
    Column("min_figure", "Min %", "The lowest of all epochs", lambda run: _extreme(run, min, main_metric), True, 2),
    Column("min_loss", "Min loss", "The lowest loss of all epochs, of the validation where there is one",
           lambda run: _extreme(run, min, watched_loss), True, 4, True),
    Column("max_loss", "Max loss", "The highest loss of all epochs", lambda run: _extreme(run, max, watched_loss),
           True, 4),
    Column("last_loss", "Last loss", "The loss of the last epoch", lambda run: _of(_last(run), watched_loss), True, 4,
           True),
    Column("seconds", "Seconds", "Training time", lambda run: float(sum(event.seconds for event in run.epochs)), True,
           1, True),
    Column("preset", "Model", "What was trained", lambda run: run.entry.preset),
    Column("data", "Data", "What it learned from", lambda run: run.entry.data.name),
    _setting("optimizer", "Optimizer"),
    _setting("learning_rate", "Learning rate"),
    _setting("batch_size", "Batch size"),
    _setting("schedule", "Schedule"),
    _setting("l1", "L1"),
    _setting("l2", "L2"),
    _setting("augment", "Augment"),
    _setting("refuse", "Refuse"),
    _setting("seed", "Seed"),
    Column("sweep", "Sweep", "The sweep that the run is a trial of", lambda run: run.entry.sweep),
    Column("size", "MB", "What the run takes on the disk", lambda run: run.size_bytes / 1e6, False, 2),
    Column("started", "Started", "When it began", lambda run: run.entry.started[:19].replace("T", " "), always=True),
    Column("note", "Note", "Double-click to write something down", lambda run: run.entry.note, always=True),
)  # fmt: skip


def columns_for(runs: Iterable[KeptRun]) -> tuple[Column, ...]:
    """`COLUMNS`, and after them four for each further metric that the runs hold."""
    return (*COLUMNS, *(column for name in metric_names(runs) for column in _metric_columns(name)))


def _metric_columns(name: str) -> tuple[Column, ...]:
    title, metric = metric_title(name), metric_of(name)
    kinds: tuple[tuple[str, str, Callable[[KeptRun], float]], ...] = (
        ("best", "in the best epoch", lambda run: _of(best_epoch(run), metric)),
        ("last", "in the last epoch", lambda run: _of(_last(run), metric)),
        ("min", "the lowest of all epochs", lambda run: _extreme(run, min, metric)),
        ("max", "the highest of all epochs", lambda run: _extreme(run, max, metric)),
    )
    return tuple(
        Column(f"{kind}_{name}", f"{kind.capitalize()} {title}", f"The metric {title}: {words}", value, True, 4)
        for kind, words, value in kinds
    )


def differing(runs: list[KeptRun], columns: tuple[Column, ...]) -> set[int]:
    """The columns in which not all runs are alike, and those that are always shown."""
    return {
        place
        for place, column in enumerate(columns)
        if column.always or len({column.text(run, None) for run in runs}) > 1
    }
