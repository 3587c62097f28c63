"""The trials of a sweep: every combination of the varied values, with every seed."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from engine.errors import ConfigurationError
from engine.training.config import TrainingConfig
from engine.training.trainer import Trainer
from models.presets import PRESETS
from models.presets.own import OwnPreset
from models.presets.own_files import all_presets
from models.presets.preset import ModelPreset
from models.sweeps.variation import Value, Variation, value_text

MOST_TRIALS = 2000


@dataclass(frozen=True, slots=True)
class Trial:
    """One training of a sweep; made of plain values, so that it can be sent to another process.

    Attributes:
        number: from 0, its key among the sweep's.
        run_id: of the kept run that it becomes.
        preset: name of the preset.
        digits: the two digits that are told apart, or None.
        config: the settings.
        examples: how many of the training digits are used, or None for all.
        values: of the given fields, which are those of the other seeds too.
        network: description of a network of the user's own, which another machine need not have; else empty.
    """

    number: int
    run_id: str
    preset: str
    digits: tuple[int, int] | None
    config: TrainingConfig
    examples: int | None
    values: dict[str, Value]
    network: dict[str, Any] = field(default_factory=dict)

    def model_preset(self) -> ModelPreset:
        """What is trained."""
        preset = OwnPreset.from_dict(self.network, PRESETS) if self.network else PRESETS[self.preset]
        return preset if self.digits is None else preset.with_digits(*self.digits)

    @property
    def title(self) -> str:
        """The given values in words."""
        return ", ".join(f"{name} {value_text(value)}" for name, value in self.values.items()) or self.preset


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """What is going to be tried.

    Attributes:
        sweep_id: which its runs carry.
        variations: what is varied, fields with a single value left out.
        trials: all of them, the seeds of a combination side by side.
        arguments: the options of the command line that name the digits, which the runs remember.
    """

    sweep_id: str
    variations: tuple[Variation, ...]
    trials: tuple[Trial, ...]
    arguments: dict[str, Any] = field(default_factory=dict)


def make_plan(
    preset: str,
    variations: Sequence[Variation],
    repeat: int = 1,
    *,
    arguments: Mapping[str, Any] | None = None,
) -> SweepPlan:
    """All trials, each of which has been checked as far as that is possible without digits.

    Args:
        preset: what is trained, where the variations do not say.
        variations: fields and their values; a single value holds for all trials.
        repeat: how many seeds each combination is trained with, the preset's and the following ones.
        arguments: the options of the command line that name the digits.

    Raises:
        ConfigurationError: a field is given twice, a value does not fit, or there are too many trials.
    """
    names = [variation.field for variation in variations]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ConfigurationError(f"{twice} is varied twice; give all its values at once.", twice)
    if not 1 <= repeat <= MOST_TRIALS:
        raise ConfigurationError(f"A sweep repeats from 1 to {MOST_TRIALS:,} times, not {repeat}.", "repeat")
    if repeat > 1 and any(len(variation.values) > 1 for variation in variations if variation.field == "seed"):
        raise ConfigurationError("Several seeds and several repeats are the same wish; give one of them.", "seed")
    count = repeat
    for variation in variations:
        count *= len(variation.values)
    if count > MOST_TRIALS:
        raise ConfigurationError(f"These are {count:,} trials; a sweep has {MOST_TRIALS:,} at most.", "vary")
    sweep_id = f"{datetime.now():%Y%m%d-%H%M%S}-sweep-{uuid4().hex[:4]}"
    varied = tuple(variation for variation in variations if len(variation.values) > 1)
    trials: list[Trial] = []
    for combination in itertools.product(*(variation.values for variation in variations)):
        given = dict(zip(names, combination, strict=True))
        first = _trial(preset, given)
        for number in range(repeat):
            config = replace(first.config, seed=first.config.seed + number)
            run_id = f"{sweep_id}-{len(trials):04}"
            trials.append(replace(first, number=len(trials), run_id=run_id, config=config))
    return SweepPlan(sweep_id, varied, tuple(trials), dict(arguments or {}))


def _trial(preset_name: str, given: dict[str, Value]) -> Trial:
    """A combination as a trial that has no number yet; raises `ConfigurationError` where it cannot be trained."""
    settings: dict[str, Any] = dict(given)
    name = settings.pop("preset", preset_name)
    preset = PRESETS.get(name) or all_presets().get(name)
    if preset is None:
        raise ConfigurationError(f"There is no preset {name!r}; choose one of {', '.join(all_presets())}.", "preset")
    network = preset.to_dict() if isinstance(preset, OwnPreset) else {}
    pair, examples = settings.pop("digits", None), settings.pop("examples", None)
    digits = None
    if pair is not None:
        digits = (int(pair[0]), int(pair[2]))
        preset = preset.with_digits(*digits)
    if examples is not None and examples < 2:
        raise ConfigurationError(f"Examples must be at least 2, not {examples}.", "examples")
    # Several trials at once share the cores: each has one, unless it is a matter of the sweep how many.
    defaults = replace(preset.settings(settings.get("optimizer", preset.defaults.optimizer)), threads=1)
    config = replace(defaults, **settings)
    # Says what does not go together before anything is trained.
    Trainer(preset.build(config.seed, refuse=config.refuse), config, augment=preset.augmentation(config))
    return Trial(-1, "", name, digits, config, examples, given, network)
