"""Turns the knobs of a run between two batches, and remembers each turn in its state.

What a turn changes follows from the turns so far and the position alone: a run that is repeated with the same turns,
or resumed after them, gives the same bits.
"""

from collections.abc import Sequence
from typing import Protocol

from engine.batches.batch_source import Augment, BatchSource
from engine.errors import ConfigurationError
from engine.layers.dropout import Dropout
from engine.network.network import Network
from engine.training.config import TrainingConfig
from engine.training.knobs import KnobChange, newest
from engine.training.run import Run


class Turned(Protocol):
    """What is turned: `engine.training.loop.TrainingLoop`.

    Attributes:
        run: whose knobs these are.
        batches: give the examples of each step.
        batch_size: of the epoch under way.
    """

    run: Run
    batches: BatchSource
    batch_size: int

    def set_l2(self, l2: float) -> None:
        """Penalize the weights more or less."""

    def set_batch_size(self, size: int) -> None:
        """Cut the epochs into batches of another size."""

    def renew(self) -> None:
        """Let whoever computes know that a layer has changed."""


class KnobTurning:
    """The knobs of a loop.

    Args:
        loop: whose run is turned.
    """

    def __init__(self, loop: Turned) -> None:
        self._loop, self._run = loop, loop.run
        run = loop.run
        full_batch = run.optimizer.full_batch
        self._first = first_values(run.config, run.network, full_batch=full_batch, augment=run.augment_source)
        self._rates = {id(layer): layer.rate for layer in run.network.layers if isinstance(layer, Dropout)}
        self._planned = {change.step for change in run.planned}

    def start(self) -> None:
        """Before the first batch: put every knob where the turns before have left it."""
        for name in self._first:
            value = newest(self._run.state.changes, name)
            if value is not None and name != "batch_size":
                self._apply(name, value)
        self.begin_epoch()

    def begin_epoch(self) -> None:
        """Take the batch size that was asked for before the epoch under way began."""
        state = self._run.state
        size = newest(self._run.state.changes, "batch_size", state.step - state.batch)
        if size is not None and int(size) != self._loop.batch_size:
            self._loop.set_batch_size(int(size))

    def take(self) -> None:
        """Before a batch: turn what was asked for, by somebody who watches or by the plan of a repeated run."""
        state = self._run.state
        if state.step in self._planned:
            for change in self._run.planned:
                if change.step == state.step and change not in state.changes:
                    self._turn(change)
        for knob, value in self._run.control.take_turns():
            self._turn(KnobChange(state.step, knob, value))
        if not state.batch:
            self.begin_epoch()

    def finish(self) -> None:
        """After the last batch: the network's layers are what they were made as."""
        for layer in self._run.network.layers:
            if isinstance(layer, Dropout):
                layer.rate = self._rates[id(layer)]

    def _turn(self, change: KnobChange) -> None:
        if change.knob not in self._first:
            return
        self._run.state.changes.append(change)
        self._run.monitor.record_change(change)
        if change.knob != "batch_size":
            self._apply(change.knob, change.value)

    def _apply(self, knob: str, value: float) -> None:
        run, loop = self._run, self._loop
        if knob == "learning_rate":
            if run.schedule.changes_rate:
                run.schedule.base_rate = value
            else:
                run.optimizer.learning_rate = value
        elif knob == "l2":
            loop.set_l2(value)
        elif knob == "dropout":
            for layer in run.network.layers:
                if isinstance(layer, Dropout):
                    layer.rate = value
            loop.renew()
        else:
            source = run.augment_source
            strengthened = getattr(source, "at_strength", None)
            if strengthened is None:
                raise ConfigurationError("These digits cannot be varied more or less.", "augmentation")
            loop.batches.set_augment(strengthened(value) if value else None)


def first_values(
    config: TrainingConfig,
    network: Network,
    *,
    full_batch: bool,
    augment: Augment | None,
    turns: Sequence[KnobChange] = (),
) -> dict[str, float]:
    """The knobs that a run has, with their values at its start.

    Args:
        config: its settings.
        network: that is trained.
        full_batch: whether the optimizer needs the same function in every step: then there are none.
        augment: what can vary the digits, if anything can.
        turns: of the run that goes on: its knobs are where they were left.
    """
    if full_batch:
        return {}
    values: dict[str, float] = {"learning_rate": config.learning_rate, "l2": config.l2}
    rates = [layer.rate for layer in network.layers if isinstance(layer, Dropout)]
    if rates:
        values["dropout"] = rates[0]
    if hasattr(augment, "at_strength"):
        values["augmentation"] = float(config.augment)
    values["batch_size"] = config.batch_size
    return values | {change.knob: change.value for change in turns if change.knob in values}
