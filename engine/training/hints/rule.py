"""What a hint is: a rule that looks at a run, and what it finds there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.training.hints.observations import Observations

# The value of a setting of `TrainingConfig`, or of "preset".
Setting = str | float | int | bool | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has found.

    Attributes:
        saw: one sentence with the measured numbers.
        advice: one sentence that says what to try.
        change: the settings that do so, by their names in `TrainingConfig`; "preset" chooses another preset.
        first_epoch, last_epoch: between which epochs it was seen, counted as the charts do: 0 is the start.
    """

    saw: str
    advice: str
    change: Mapping[str, Setting]
    first_epoch: float
    last_epoch: float


@dataclass(frozen=True, slots=True)
class HintRule:
    """A rule.

    Attributes:
        key: its name in the registry.
        title: what is the matter, in a few words.
        why: why that matters and how it comes about, for a person, in two or three sentences.
        find: looks at a run; None where there is nothing to say.
        unless: rules that say more: while one of them finds something, this one is silent.
    """

    key: str
    title: str
    why: str
    find: Callable[[Observations], Finding | None]
    unless: tuple[str, ...] = ()


def lasting_share(run: Observations, kind: str, least: float) -> tuple[str, float, float, float] | None:
    """The layer with most "dead" or "saturated" units, their share in per cent, and from which epoch to which.

    None unless the share is at least `least`, 0 to 1, in two readings in a row, or in the last one of an ended run.
    """
    seen = [(reading.epoch, share) for reading in run.readings if (share := getattr(reading, kind)) is not None]
    needed = 1 if run.ending else 2
    if len(seen) <= needed or any(share < least for _, share in seen[-needed:]):
        return None
    below = max((number for number, (_, share) in enumerate(seen) if share < least), default=-1)
    worst = max(run.readings[-1].layers, key=lambda layer: getattr(layer, kind) or 0.0)
    return worst.name, 100 * getattr(worst, kind), seen[below + 1][0], seen[-1][0]


def tidy(value: float) -> float:
    """A number with one digit that counts: precise enough for advice."""
    return float(f"{value:.1g}")
