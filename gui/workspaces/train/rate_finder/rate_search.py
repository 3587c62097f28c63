"""The work of the finder, beside the window: three short trainings of fresh networks, which are forgotten again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.training.config import TrainingConfig
from engine.training.rate_finder import RANGES, RateCurve, measure_rates
from engine.training.trainer import make_optimizer

if TYPE_CHECKING:
    from engine.data import Dataset
    from models.presets.preset import ModelPreset

# More digits say no more about a rate, and take longer to prepare.
_MOST_DIGITS = 6_000


@dataclass(frozen=True, slots=True)
class RateSearch:
    """What is asked: the rates for this preset and these settings, on these digits."""

    preset: "ModelPreset"
    config: TrainingConfig
    load_data: "Callable[[], tuple[Dataset, Dataset]]"

    def run(self, starts: int, report: Callable[[float], None], found: Callable[[list[RateCurve]], None]) -> None:
        """Measure a curve for each start.

        Args:
            starts: seeds, from that of the settings on.
            report: hears the share that is done; may raise to end the search.
            found: hears the curves so far, after each.
        """
        config, preset = self.config, self.preset
        training, _ = self.load_data()
        training = preset.select(training)
        rng = np.random.default_rng(config.seed)
        if len(training) > _MOST_DIGITS:
            training = training.subset(np.sort(rng.choice(len(training), _MOST_DIGITS, replace=False)))
        inputs, targets = preset.prepare(training, rng, lambda _share: report(0.0))
        curves: list[RateCurve] = []
        for start in range(starts):
            curves.append(
                measure_rates(
                    preset.build(config.seed + start, refuse=config.refuse),
                    make_optimizer(config),
                    inputs,
                    targets,
                    rates=RANGES.get(config.optimizer),
                    batch_size=config.batch_size,
                    l1=config.l1,
                    l2=config.l2,
                    seed=config.seed + start,
                    report=lambda share, done=start: report((done + share) / starts),  # type: ignore[misc]
                )
            )
            found(list(curves))
