"""Keras' learning rate schedules as schedules of a run: they start from its rate, and fit its length."""

import math
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, ClassVar

from engine.core.class_settings import ClassSetting, settings_of
from engine.errors import ConfigurationError
from engine.optimizers.learning_rates import (
    CosineDecay,
    CosineDecayRestarts,
    ExponentialDecay,
    InverseTimeDecay,
    LearningRateSchedule,
    PiecewiseConstantDecay,
    PolynomialDecay,
)
from engine.optimizers.schedule import Schedule, require


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
        return float(self._of(self.base_rate)(step))


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


class CosineWarmUp(RateSchedule):
    """`CosineDecay` with its warm-up: from 0 straight up to α₀, usually in a tenth of the run, and down again."""

    kind: ClassVar[str] = "cosine_warm_up"
    made = CosineDecay

    @classmethod
    def settings(cls) -> tuple[ClassSetting, ...]:
        """Those of the class; its target is α₀."""
        return tuple(one for one in super().settings() if one.name != "warmup_target")

    def _of(self, rate: float) -> LearningRateSchedule:
        rise = int(self._settings.get("warmup_steps", max(1, self.total_steps // 10)))
        usual = {"decay_steps": max(1, self.total_steps - rise), "warmup_steps": rise}
        return CosineDecay(0.0, warmup_target=rate, **(usual | self._settings))


class TypedRates(Schedule):
    """Rates that are said one by one; a turn of the knob in the middle of a run multiplies all of them."""

    # Before the run begins nothing is turned.
    _first = 1.0

    def begin(self, base_rate: float, total_steps: int, steps_per_epoch: int, resumed: bool = False) -> None:
        """Take the rate that the values are meant for."""
        super().begin(base_rate, total_steps, steps_per_epoch, resumed)
        if not resumed:
            self._first = base_rate

    def state_dict(self) -> dict[str, Any]:
        """The rate that the values are meant for."""
        return {"first": self._first}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take it back."""
        self._first = float(state["first"])


class PiecewiseConstant(TypedRates, RateSchedule):
    """`PiecewiseConstantDecay`; without a word α₀, after half of the run α₀/10, after three quarters α₀/100."""

    kind: ClassVar[str] = "piecewise_constant"
    made = PiecewiseConstantDecay
    usual: ClassVar[Mapping[str, Any]] = {"boundaries": (), "values": ()}

    def _of(self, rate: float) -> LearningRateSchedule:
        if not self._settings:
            steps = self.total_steps
            return PiecewiseConstantDecay((steps // 2, 3 * steps // 4), (rate, rate / 10, rate / 100))
        settings = {**self.usual, **self._settings}
        values = [value * (rate / self._first) for value in settings["values"]]
        made = PiecewiseConstantDecay(settings["boundaries"], values)
        rising = all(one < other for one, other in pairwise(made.boundaries))
        require(rising and min(values) > 0, "Boundaries rise from one to the next, and values are greater than 0.")
        return made


class EpochTable(TypedRates):
    """A rate from each of some epochs on, as Keras' `LearningRateScheduler` gives them; α₀ before the first one.

    Args:
        rates: such as "1:0.01,5:0.003": from epoch 1 on 0.01, from epoch 5 on 0.003; ";" stands for "," in a sweep.

    Raises:
        ConfigurationError: the text is no such table.
    """

    kind: ClassVar[str] = "epoch_table"

    def __init__(self, rates: str = "") -> None:
        super().__init__()
        wrong = f'The rates are a table such as "1:0.01,5:0.003", epochs rising and rates above 0, not {rates!r}.'
        try:
            pairs = [part.split(":") for part in re.split("[,;]", rates) if part.strip()]
            self.table = [(int(epoch), float(rate)) for epoch, rate in pairs]
        except ValueError:
            raise ConfigurationError(wrong, "schedule_settings") from None
        epochs = [0, *(epoch for epoch, _ in self.table)]
        rising = all(one < other for one, other in pairwise(epochs))
        require(rising and all(0 < rate < math.inf for _, rate in self.table), wrong)

    def rate(self, step: int) -> float:
        """The learning rate of this step."""
        epoch = step // self.steps_per_epoch + 1
        said = [rate for first, rate in self.table if first <= epoch]
        return said[-1] * (self.base_rate / self._first) if said else self.base_rate
