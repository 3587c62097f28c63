"""Settings that can be turned while a run goes on: which there are, and what a turn is."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.core.number_check import is_finite_number
from engine.errors import ConfigurationError

# Name → what a person calls it, least and greatest value.
KNOBS: dict[str, tuple[str, float, float]] = {
    "learning_rate": ("learning rate", 1e-12, 1e6),
    "l2": ("L2", 0.0, 1e6),
    "dropout": ("dropout", 0.0, 0.95),
    "augmentation": ("augmentation strength", 0.0, 3.0),
    "batch_size": ("batch size", 1, 1_000_000),
}


@dataclass(frozen=True, slots=True)
class KnobChange:
    """A turn of a knob.

    Attributes:
        step: batches that were done before it; the batch size follows at the next epoch.
        knob: key of `KNOBS`.
        value: the new value; of the augmentation a factor, 1 is as usual and 0 none.

    Raises:
        ConfigurationError: there is no such knob, or it does not go so far.
    """

    step: int
    knob: str
    value: float

    def __post_init__(self) -> None:
        if self.knob not in KNOBS:
            raise ConfigurationError(f"There is no knob {self.knob!r}; there are {', '.join(KNOBS)}.", self.knob)
        name, low, high = KNOBS[self.knob]
        title = name[0].upper() + name[1:]
        if not is_finite_number(self.value) or not low <= self.value <= high:
            raise ConfigurationError(f"{title} must be from {low:g} to {high:,.10g}, not {self.value!r}.", self.knob)
        if self.knob == "batch_size" and self.value != int(self.value):
            raise ConfigurationError(f"{title} must be a whole number, not {self.value!r}.", self.knob)

    @property
    def text(self) -> str:
        """Such as "learning rate 0.001"."""
        return f"{KNOBS[self.knob][0]} {self.value:g}"


def newest(changes: Sequence[KnobChange], knob: str, until_step: int | None = None) -> float | None:
    """The value of the last turn of a knob, of those after at most so many batches; None without one."""
    values = [one.value for one in changes if one.knob == knob and (until_step is None or one.step <= until_step)]
    return values[-1] if values else None
