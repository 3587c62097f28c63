"""Learning rate schedules: how the step size changes while training goes on, and all of them by name."""

import math
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from engine.core.class_settings import read_settings
from engine.core.metric_names import higher_is_better
from engine.errors import ConfigurationError
from engine.optimizers.rate_schedules import (
    CosineRestarts,
    CosineWarmUp,
    EpochTable,
    Exponential,
    InverseTime,
    PiecewiseConstant,
    Polynomial,
)
from engine.optimizers.schedule import Schedule, require


class Constant(Schedule):
    """The same rate from the first step to the last: α = α₀."""

    changes_rate: ClassVar[bool] = False


class StepDecay(Schedule):
    """A cut at regular intervals: α = α₀·factorᵏ after k intervals.

    Args:
        factor: what each cut multiplies the rate by, in (0, 1].
        epochs: length of an interval; None for a third of the run.
    """

    kind: ClassVar[str] = "step"

    def __init__(self, factor: float = 0.1, epochs: int | None = None) -> None:
        super().__init__()
        require(0 < factor <= 1, f"The factor of a step schedule must be greater than 0 and at most 1, not {factor}.")
        require(epochs is None or epochs >= 1, f"The interval of a step schedule must be at least 1, not {epochs}.")
        self.factor = factor
        self.epochs = epochs

    def rate(self, step: int) -> float:
        """The learning rate of this step."""
        epochs = self.epochs or max(1, math.ceil(self.total_steps / self.steps_per_epoch / 3))
        return self.base_rate * self.factor ** (step // (epochs * self.steps_per_epoch))


class CosineDecay(Schedule):
    """Half a cosine from α₀ to almost nothing:  α = α₀·(a + (1−a)·½(1 + cos(π·step/steps))).

    I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017, without the restarts.

    Args:
        final_fraction: a, what part of α₀ is left at the end, in [0, 1].
    """

    kind: ClassVar[str] = "cosine"

    def __init__(self, final_fraction: float = 0.0) -> None:
        super().__init__()
        require(0 <= final_fraction <= 1, f"The final fraction must be from 0 to 1, not {final_fraction}.")
        self.final_fraction = final_fraction

    def rate(self, step: int) -> float:
        """The learning rate of this step."""
        done = min(1.0, step / self.total_steps)
        return self.base_rate * (self.final_fraction + (1 - self.final_fraction) * 0.5 * (1 + math.cos(math.pi * done)))


class OneCycle(Schedule):
    """Up to α₀ and down again: a warm-up from α₀/25, then a long decline to α₀/250,000, both half cosines.

    L. N. Smith and N. Topin, "Super-convergence", 2018, with PyTorch's numbers (`OneCycleLR`).

    Args:
        warm_up: part of the run that goes up, in (0, 1).
        start_divisor: the run starts at α₀ divided by this.
        final_divisor: and ends at the starting rate divided by this.
    """

    kind: ClassVar[str] = "one_cycle"

    def __init__(self, warm_up: float = 0.3, start_divisor: float = 25.0, final_divisor: float = 1e4) -> None:
        super().__init__()
        require(0 < warm_up < 1, f"The warm-up must be between 0 and 1, not {warm_up}.")
        require(start_divisor >= 1 and final_divisor >= 1, "The divisors of a one-cycle schedule must be at least 1.")
        self.warm_up = warm_up
        self.start_divisor = start_divisor
        self.final_divisor = final_divisor

    def rate(self, step: int) -> float:
        """The learning rate of this step."""
        start = self.base_rate / self.start_divisor
        peak = self.warm_up * self.total_steps - 1
        last = self.total_steps - 1
        if step <= peak:
            return _cosine_between(start, self.base_rate, step / max(peak, 1e-12))
        done = (min(step, last) - peak) / max(last - peak, 1e-12)
        return _cosine_between(self.base_rate, start / self.final_divisor, done)


class ReduceOnPlateau(Schedule):
    """A cut whenever the watched metric has stopped getting better: Keras' `ReduceLROnPlateau`.

    Args:
        factor: what a cut multiplies the rate by, in (0, 1).
        patience: epochs without improvement before a cut, ≥ 1.
        threshold: relative improvement that counts, ≥ 0.
        lowest_fraction: the rate never falls below this part of α₀.
        monitor: the metric, such as "val_loss" or "val_accuracy".
        mode: "min" or "max" for what is better; "auto" takes it from the name.
        min_delta: improvement that counts, ≥ 0, beside `threshold`.
        cooldown: epochs after a cut that are not counted, ≥ 0.
        min_lr: nor does the rate fall below this.
    """

    kind: ClassVar[str] = "reduce_on_plateau"

    def __init__(
        self,
        factor: float = 0.5,
        patience: int = 3,
        threshold: float = 1e-4,
        lowest_fraction: float = 1e-4,
        monitor: str = "val_loss",
        mode: str = "auto",
        min_delta: float = 0.0,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        super().__init__()
        require(0 < factor < 1, f"The factor must be between 0 and 1, not {factor}.")
        require(patience >= 1, f"The patience must be at least 1, not {patience}.")
        require(min(min_delta, cooldown, min_lr) >= 0, "Min delta, cooldown and min lr are at least 0.")
        self._rises = higher_is_better(monitor, mode)
        self.monitor, self.mode, self.min_delta, self.cooldown, self.min_lr = monitor, mode, min_delta, cooldown, min_lr
        self.factor = factor
        self.patience = patience
        self.threshold = threshold
        self.lowest_fraction = lowest_fraction
        self.best = math.inf
        self.waited = self.cooling = 0
        self.fraction = 1.0

    def begin(self, base_rate: float, total_steps: int, steps_per_epoch: int, resumed: bool = False) -> None:
        """Start anew at the full rate, unless the run is resumed."""
        super().begin(base_rate, total_steps, steps_per_epoch, resumed)
        if not resumed:
            self.best, self.waited, self.cooling, self.fraction = math.inf, 0, 0, 1.0

    def rate(self, step: int) -> float:
        """The learning rate of this step."""
        return max(self.base_rate * self.fraction, min(self.min_lr, self.base_rate))

    def epoch_ended(self, metric: Callable[[str], float]) -> None:
        """Count the epochs without improvement, cut the rate when there were too many."""
        # As if less were better.
        now, part = (-metric(self.monitor), 1 + self.threshold) if self._rises else (
            metric(self.monitor), 1 - self.threshold
        )  # fmt: skip
        if self.cooling:
            self.cooling, self.waited = self.cooling - 1, 0
        if math.isinf(self.best) or now < self.best * part - self.min_delta:
            self.best, self.waited = now, 0
        elif not self.cooling:
            self.waited += 1
            if self.waited >= self.patience:
                self.fraction = max(self.lowest_fraction, self.fraction * self.factor)
                self.waited, self.cooling = 0, self.cooldown

    def state_dict(self) -> dict[str, Any]:
        """What an exact resume needs, as plain JSON values (None for "no loss yet")."""
        best = None if math.isinf(self.best) else self.best
        return {"best": best, "waited": self.waited, "fraction": self.fraction, "cooling": self.cooling}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave."""
        self.best = math.inf if state["best"] is None else float(state["best"])
        self.waited = int(state["waited"])
        self.fraction = float(state["fraction"])
        self.cooling = int(state.get("cooling", 0))


SCHEDULES: dict[str, type[Schedule]] = {
    schedule.kind: schedule
    for schedule in (
        Constant, StepDecay, CosineDecay, OneCycle, ReduceOnPlateau,
        Exponential, InverseTime, Polynomial, CosineRestarts, CosineWarmUp, PiecewiseConstant, EpochTable,
    )
}  # fmt: skip


def make_schedule(kind: str, settings: str = "") -> Schedule:
    """A schedule by its key in `SCHEDULES`, with settings of its own such as "factor=0.5 patience=3".

    Raises:
        ConfigurationError: there is no such schedule, or it does not have such a setting.
    """
    if kind not in SCHEDULES:
        raise ConfigurationError(f"There is no schedule {kind!r}; choose one of {', '.join(SCHEDULES)}.", "schedule")
    made = SCHEDULES[kind]
    return made(**read_settings(made.settings(), settings, "schedule_settings"))


def _cosine_between(start: float, end: float, done: float) -> float:
    """Half a cosine from `start` (done = 0) to `end` (done = 1)."""
    return end + (start - end) / 2 * (1 + math.cos(math.pi * min(1.0, max(0.0, done))))
