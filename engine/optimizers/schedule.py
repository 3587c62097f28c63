"""The base of learning rate schedules: how the step size changes while training goes on."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from engine.core.class_settings import ClassSetting, settings_of
from engine.errors import ConfigurationError


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

    def epoch_ended(self, metric: Callable[[str], float]) -> None:
        """Take the metrics of an epoch by their names, such as "val_loss"."""

    def state_dict(self) -> dict[str, Any]:
        """What an exact resume needs, as plain JSON values."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave."""


def require(condition: bool, sentence: str) -> None:
    """Refuse a schedule in words; raises `ConfigurationError`."""
    if not condition:
        raise ConfigurationError(sentence, "schedule")
