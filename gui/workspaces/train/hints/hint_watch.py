"""Gathers what the rules look at, from the news of a run, and asks them."""

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.training.messages import EpochEnded, TrainingFinished, TrainingProgress
from gui.charts.live_series import LiveSeries
from gui.lab.run_started import RunStarted
from gui.workspaces.train.layer_watch import LayerWatch

if TYPE_CHECKING:
    from engine.training.hints.rule import Finding

# Knobs that are settings of the same name; a new batch size changes what hints say only with the next run.
_SETTINGS = ("learning_rate", "l2")
# The next larger preset.
_LARGER = {"softmax": "mlp", "mlp": "cnn", "cnn": "cnn-large"}


class HintWatch:
    """What has been seen of the newest run.

    Args:
        layers: looks at the network's layers.
    """

    def __init__(self, layers: LayerWatch) -> None:
        self._layers = layers
        self._started: RunStarted | None = None
        # The settings that knobs have turned since the start.
        self._turned: dict[str, Any] = {}
        self._epochs: list[EpochEnded] = []
        self._losses = LiveSeries()
        self._first_loss = math.nan
        self._steps_per_epoch = 0
        self._ending = ""

    @property
    def offset(self) -> float:
        """What to add to an epoch of the run for the charts."""
        return 0.0 if self._started is None else self._started.first_epoch

    def begin(self, started: RunStarted) -> None:
        """A run begins; one that goes on exactly has been seen already."""
        goes_on = started.continued and not started.first_epoch
        if not goes_on:
            self._epochs, self._losses = [], LiveSeries()
            known = math.log(started.preset.classes) if started.preset.classes else math.nan
            self._first_loss = known if started.continued or started.first_epoch else math.nan
        self._fresh = not started.continued and not started.first_epoch
        self._started, self._ending, self._turned = started, "", {}

    def add(self, progress: TrainingProgress) -> None:
        """Take in batches and epochs."""
        count = progress.batch_losses.size
        self._steps_per_epoch = progress.steps_per_epoch
        if count:
            if self._fresh and not len(self._losses):
                self._first_loss = float(progress.batch_data_losses[0])
            self._losses.append(
                progress.epochs_after(progress.first_step + 1 + np.arange(count)), progress.batch_data_losses
            )
        self._turned |= {turn.knob: turn.value for turn in progress.changes if turn.knob in _SETTINGS}
        self._epochs += [event for event in progress.epochs if event.epoch > len(self._epochs)]

    def finish(self, finished: TrainingFinished) -> None:
        """The run is over."""
        self._ending = finished.reason

    def find(self) -> "dict[str, Finding]":
        """What the rules say now, by their keys."""
        from engine.optimizers import OPTIMIZERS
        from engine.training.hints.observations import Observations
        from engine.training.hints.registry import find_hints

        started = self._started
        if started is None or started.facts is None:
            return {}
        preset, config, offset = started.preset, replace(started.config, **self._turned), started.first_epoch
        readings = [replace(one, epoch=one.epoch - offset) for one in self._layers.readings if one.epoch >= offset]
        return find_hints(
            Observations(
                config=config,
                usual=preset.settings(config.optimizer),
                task=preset.task,
                data=started.facts,
                epochs=self._epochs,
                batch_losses=self._losses.y,
                batch_epochs=self._losses.x,
                steps_per_epoch=self._steps_per_epoch,
                first_loss=self._first_loss,
                readings=readings,
                ending=self._ending,
                full_batch=OPTIMIZERS[config.optimizer]().full_batch,
                larger=_LARGER.get(preset.name, ""),
                can_vary=preset.can_augment,
            )
        )
