"""What a sweep says as a whole: its best trial, and mean and deviation over the seeds of each combination."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from models.sweeps.sweep import TrialState
from models.sweeps.variation import Value

# What trials are compared by, the first one that they have; and whether more of it is better.
_OBJECTIVES: Final = (("validation_accuracy", True), ("validation_exact_match", True), ("validation_loss", False))


@dataclass(frozen=True, slots=True)
class Combination:
    """The trials that differ in their seed alone.

    Attributes:
        values: of the varied fields.
        trials: their numbers.
        metrics: of each of them that has been trained, by name.
    """

    values: dict[str, Value]
    trials: tuple[int, ...]
    metrics: dict[str, tuple[float, ...]]

    def mean(self, metric: str) -> float:
        """Over the seeds; NaN while there is none."""
        values = self.metrics.get(metric, ())
        return math.fsum(values) / len(values) if values else math.nan

    def deviation(self, metric: str) -> float:
        """The sample's standard deviation over the seeds; NaN for fewer than two."""
        values, mean = self.metrics.get(metric, ()), self.mean(metric)
        # `statistics.stdev` counts in fractions, a hundred times as slowly.
        squares = math.fsum((value - mean) ** 2 for value in values)
        return math.sqrt(squares / (len(values) - 1)) if len(values) > 1 else math.nan


@dataclass(frozen=True, slots=True)
class SweepSummary:
    """What is known of a sweep so far.

    Attributes:
        objective: the metric that the trials are compared by.
        more_is_better: of it.
        best: the best trial that has been trained, or None.
        combinations: in the order of the trials.
    """

    objective: str
    more_is_better: bool
    best: TrialState | None
    combinations: tuple[Combination, ...]


def summarize(states: Iterable[TrialState]) -> SweepSummary:
    """The summary of these trials; of those that are under way, diverged or failed, nothing counts."""
    states = list(states)
    trained = [state for state in states if is_trained(state)]
    name, more = next((pair for pair in _OBJECTIVES if trained and all(pair[0] in _metrics(one) for one in trained)),
                      _OBJECTIVES[0])  # fmt: skip

    def rank(state: TrialState) -> tuple[float, float]:
        metrics = _metrics(state)
        value = metrics.get(name, math.nan)
        loss = metrics.get("validation_loss", math.inf)
        return (-value if more else value), loss if math.isfinite(loss) else math.inf

    finite = [state for state in trained if math.isfinite(_metrics(state).get(name, math.nan))]
    return SweepSummary(name, more, min(finite, key=rank, default=None), tuple(_combinations(states)))


def is_trained(state: TrialState) -> bool:
    """Whether a trial has come to an end that counts."""
    return state.outcome is not None and state.outcome.reason in ("completed", "early stopping", "converged")


def _metrics(state: TrialState) -> dict[str, float]:
    return {} if state.outcome is None else state.outcome.metrics


def _combinations(states: list[TrialState]) -> Iterable[Combination]:
    groups: dict[tuple[tuple[str, Value], ...], list[TrialState]] = {}
    for state in states:
        groups.setdefault(tuple(state.trial.values.items()), []).append(state)
    for values, group in groups.items():
        trained = [_metrics(state) for state in group if is_trained(state)]
        names = [name for name in (trained[0] if trained else {}) if all(name in metrics for metrics in trained)]
        metrics = {name: tuple(one[name] for one in trained) for name in names}
        yield Combination(dict(values), tuple(state.trial.number for state in group), metrics)
