"""Learning rate schedules: how the step size changes while training goes on."""

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, ClassVar

from engine.core.class_settings import ClassSetting, read_settings, settings_of
from engine.errors import ConfigurationError
from engine.optimizers.learning_rates import (
    CosineDecayRestarts,
    ExponentialDecay,
    InverseTimeDecay,
    LearningRateSchedule,
    PiecewiseConstantDecay,
    PolynomialDecay,
)


class Schedule:
    """Base class of all schedules: a constant rate.

    `begin` tells a schedule the size of the run; `rate` then gives the learning rate of each step (from 0).
    """

    kind: ClassVar[str] = "constant"
    # False leaves the optimizer's rate alone, so that a callback may set it.
    changes_rate: ClassVar[bool] = True

    def __init__(self) -> None:
        self.base_rate = 0.0
        self.total_steps = 1
        self.steps_per_epoch = 1

    @classmethod
    def settings(cls) -> tuple[ClassSetting, ...]:
        """What it can be told."""
        return settings_of(cls)

    def begin(self, base_rate: float, total_steps: int, steps_per_epoch: int, resumed: bool = False) -> None:
        """Take the configured rate α₀ and the length of the run; a resumed run keeps what the schedule has learnt."""
        self.base_rate = base_rate
        self.total_steps = max(1, total_steps)
        self.steps_per_epoch = max(1, steps_per_epoch)

    def rate(self, step: int) -> float:
        """The learning rate of this step."""
        return self.base_rate

    def epoch_ended(self, loss: float) -> None:
        """Take the watched loss: the validation loss, or the training loss without validation data."""

    def state_dict(self) -> dict[str, Any]:
        """What an exact resume needs, as plain JSON values."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave."""


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
        _require(0 < factor <= 1, f"The factor of a step schedule must be greater than 0 and at most 1, not {factor}.")
        _require(epochs is None or epochs >= 1, f"The interval of a step schedule must be at least 1, not {epochs}.")
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
        _require(0 <= final_fraction <= 1, f"The final fraction must be from 0 to 1, not {final_fraction}.")
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
        _require(0 < warm_up < 1, f"The warm-up must be between 0 and 1, not {warm_up}.")
        _require(start_divisor >= 1 and final_divisor >= 1, "The divisors of a one-cycle schedule must be at least 1.")
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
    """A cut whenever the loss has stopped falling.

    Args:
        factor: what a cut multiplies the rate by, in (0, 1).
        patience: epochs without improvement before a cut, ≥ 1.
        threshold: relative improvement that counts, ≥ 0.
        lowest_fraction: the rate never falls below this part of α₀.
    """

    kind: ClassVar[str] = "reduce_on_plateau"

    def __init__(
        self, factor: float = 0.5, patience: int = 3, threshold: float = 1e-4, lowest_fraction: float = 1e-4
    ) -> None:
        super().__init__()
        _require(0 < factor < 1, f"The factor must be between 0 and 1, not {factor}.")
        _require(patience >= 1, f"The patience must be at least 1, not {patience}.")
        self.factor = factor
        self.patience = patience
        self.threshold = threshold
        self.lowest_fraction = lowest_fraction
        self.best = math.inf
        self.waited = 0
        self.fraction = 1.0

    def begin(self, base_rate: float, total_steps: int, steps_per_epoch: int, resumed: bool = False) -> None:
        """Start anew at the full rate, unless the run is resumed."""
        super().begin(base_rate, total_steps, steps_per_epoch, resumed)
        if not resumed:
            self.best, self.waited, self.fraction = math.inf, 0, 1.0

    def rate(self, step: int) -> float:
        """The learning rate of this step."""
        return self.base_rate * self.fraction

    def epoch_ended(self, loss: float) -> None:
        """Count the epochs without improvement, cut the rate when there were too many."""
        if loss < self.best * (1 - self.threshold) or math.isinf(self.best):
            self.best, self.waited = loss, 0
            return
        self.waited += 1
        if self.waited >= self.patience:
            self.fraction = max(self.lowest_fraction, self.fraction * self.factor)
            self.waited = 0

    def state_dict(self) -> dict[str, Any]:
        """What an exact resume needs, as plain JSON values (None for "no loss yet")."""
        best = None if math.isinf(self.best) else self.best
        return {"best": best, "waited": self.waited, "fraction": self.fraction}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave."""
        self.best = math.inf if state["best"] is None else float(state["best"])
        self.waited = int(state["waited"])
        self.fraction = float(state["fraction"])


class RateSchedule(Schedule):
    """α = schedule(step) of one of Keras' schedules, which starts from α₀ and has the settings of its class.

    Attributes:
        made: the class.
        length: which of its settings says how many steps it takes; without a word a `share` of the run.
        usual: settings that the class wants to be told.
    """

    made: ClassVar[type[LearningRateSchedule]]
    length: ClassVar[str] = "decay_steps"
    share: ClassVar[float] = 0.25
    usual: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 (numbers, or lists of them)
        super().__init__()
        self._settings = settings
        self._of(1.0)  # Refuses what makes no sense before the run begins.

    @classmethod
    def settings(cls) -> tuple[ClassSetting, ...]:
        """Those of the class."""
        return settings_of(cls.made, cls.usual)

    def _of(self, rate: float) -> LearningRateSchedule:
        length = {self.length: max(1, round(self.share * self.total_steps))}
        return self.made(**({"initial_learning_rate": rate} | length | dict(self.usual) | self._settings))

    def rate(self, step: int) -> float:
        """The learning rate of this step."""
        return self._of(self.base_rate)(step)


class Exponential(RateSchedule):
    """`ExponentialDecay`; without a word to half the rate in each quarter of the run."""

    kind: ClassVar[str] = "exponential"
    made = ExponentialDecay
    usual: ClassVar[Mapping[str, Any]] = {"decay_rate": 0.5}


class InverseTime(RateSchedule):
    """`InverseTimeDecay`; without a word the rate is α₀ / (1 + quarters of the run)."""

    kind: ClassVar[str] = "inverse_time"
    made = InverseTimeDecay
    usual: ClassVar[Mapping[str, Any]] = {"decay_rate": 1.0}


class Polynomial(RateSchedule):
    """`PolynomialDecay`; without a word a straight line to 0 over the whole run."""

    kind: ClassVar[str] = "polynomial"
    made = PolynomialDecay
    share: ClassVar[float] = 1.0
    usual: ClassVar[Mapping[str, Any]] = {"end_learning_rate": 0.0}


class CosineRestarts(RateSchedule):
    """`CosineDecayRestarts`; without a word the first half cosine takes a quarter of the run."""

    kind: ClassVar[str] = "cosine_restarts"
    made = CosineDecayRestarts
    length: ClassVar[str] = "first_decay_steps"


class PiecewiseConstant(RateSchedule):
    """`PiecewiseConstantDecay`; without a word α₀, after half of the run α₀/10, after three quarters α₀/100.

    A turn of the rate in the middle of a run multiplies all values.
    """

    kind: ClassVar[str] = "piecewise_constant"
    made = PiecewiseConstantDecay
    usual: ClassVar[Mapping[str, Any]] = {"boundaries": (), "values": ()}

    # Before the run begins nothing is turned.
    _first = 1.0

    def begin(self, base_rate: float, total_steps: int, steps_per_epoch: int, resumed: bool = False) -> None:
        """Take the rate that the values are meant for."""
        super().begin(base_rate, total_steps, steps_per_epoch, resumed)
        if not resumed:
            self._first = base_rate

    def _of(self, rate: float) -> LearningRateSchedule:
        if not self._settings:
            steps = self.total_steps
            return PiecewiseConstantDecay((steps // 2, 3 * steps // 4), (rate, rate / 10, rate / 100))
        settings = {**self.usual, **self._settings}
        values = [value * (rate / self._first) for value in settings["values"]]
        made = PiecewiseConstantDecay(settings["boundaries"], values)
        rising = all(one < other for one, other in pairwise(made.boundaries))
        _require(rising and min(values) > 0, "Boundaries rise from one to the next, and values are greater than 0.")
        return made

    def state_dict(self) -> dict[str, Any]:
        """The rate that the values are meant for."""
        return {"first": self._first}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take it back."""
        self._first = float(state["first"])


SCHEDULES: dict[str, type[Schedule]] = {
    schedule.kind: schedule
    for schedule in (
        Constant, StepDecay, CosineDecay, OneCycle, ReduceOnPlateau,
        Exponential, InverseTime, Polynomial, CosineRestarts, PiecewiseConstant,
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


def _require(condition: bool, sentence: str) -> None:
    if not condition:
        raise ConfigurationError(sentence, "schedule")


def _cosine_between(start: float, end: float, done: float) -> float:
    """Half a cosine from `start` (done = 0) to `end` (done = 1)."""
    return end + (start - end) / 2 * (1 + math.cos(math.pi * min(1.0, max(0.0, done))))
