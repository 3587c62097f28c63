"""`Trainer`: settings, network, watchers and callbacks brought together for a training run."""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from engine.batches.batch_source import Augment
from engine.batches.examples import TrainingData, prepare_data
from engine.core.parameters import FloatArray
from engine.errors import ConfigurationError, EngineError
from engine.layers.dropout import Dropout
from engine.optimizers import Optimizer, make_optimizer
from engine.optimizers.schedules import Schedule, make_schedule
from engine.parallel.batch_evaluator import BatchEvaluator
from engine.threads.thread_pool import lower_thread_priority
from engine.training.callbacks import Callback, ConvergenceTolerance, EarlyStopping
from engine.training.checkpoint import Checkpoint
from engine.training.config import TrainingConfig
from engine.training.loop import Ending, TrainingLoop
from engine.training.messages import TrainingControl, TrainingFinished, TrainingMonitor
from engine.training.run_state import EpochMetrics, RunState
from engine.training.step_evaluation import SLICE

if TYPE_CHECKING:
    from engine.sequential import Sequential


class Trainer:
    """Trains a network.

    Args:
        network: built, with `network.loss` set.
        config: the settings.
        callbacks: heard in this order, after the ones that the settings ask for (early stopping, tolerance).
        monitor: mailbox for a watcher in another thread.
        control: pause, resume and stop from another thread.
        augment: gives a new, varied array for a batch of inputs, in a thread of its own; used when `config.augment`
            is set.
        optimizer, schedule: instead of those that the settings name.
        shuffle: whether every epoch visits the examples in a new order.
        low_priority: whether every thread that trains runs at a lower priority, so that a window stays responsive. That
            includes, for good, the thread that calls `fit`, unless it is the main one.

    Attributes:
        state: where the run is.
        figures: running figures of the epoch under way.
        resumed: whether the run goes on from a checkpoint.
        ending: reason and sentence with which a callback asked the run to end, or None.
        last_weights: where the run would go on, when `fit` gave back the weights of a better epoch; else None.
    """

    def __init__(
        self,
        network: "Sequential",
        config: TrainingConfig,
        *,
        callbacks: Sequence[Callback] = (),
        monitor: TrainingMonitor | None = None,
        control: TrainingControl | None = None,
        augment: Augment | None = None,
        optimizer: Optimizer | None = None,
        schedule: Schedule | None = None,
        shuffle: bool = True,
        low_priority: bool = False,
    ) -> None:
        network.require_built()
        network.require_loss()
        self.network = network
        self.config = config
        self.monitor = monitor if monitor is not None else TrainingMonitor()
        self.control = control if control is not None else TrainingControl()
        self.optimizer = optimizer if optimizer is not None else make_optimizer(config)
        self.schedule = schedule if schedule is not None else make_schedule(config.schedule)
        self.augment = augment if config.augment else None
        if self.augment is not None and self.optimizer.full_batch:
            raise ConfigurationError(
                f"The optimizer {self.optimizer.kind!r} needs the same data in every step; switch augmentation off.",
                "augment",
            )
        if self.optimizer.full_batch and any(isinstance(layer, Dropout) and layer.rate for layer in network.layers):
            raise ConfigurationError(
                f"The optimizer {self.optimizer.kind!r} needs the same function in every step, and dropout changes it; "
                "choose another optimizer, or a rate of 0.",
                "optimizer",
            )
        self.callbacks: tuple[Callback, ...] = (*_configured_callbacks(config), *callbacks)
        self.shuffle = shuffle
        self.low_priority = low_priority
        self.state = RunState()
        self.figures = EpochMetrics(network.output_shape, network.dtype)
        self.resumed = False
        self.ending: Ending | None = None
        self.last_weights: FloatArray | None = None
        self._base_rate = self.optimizer.learning_rate

    def fit(
        self, inputs: ArrayLike, targets: ArrayLike, validation: tuple[ArrayLike, ArrayLike] | None = None
    ) -> TrainingFinished:
        """Train until the epochs are done, something asks to stop, or the loss is not finite any more.

        Args:
            inputs: (n, *input_shape).
            targets: (n, …), as the loss takes them.
            validation: inputs and targets that are only looked at, after each epoch.

        Returns:
            how the run ended. A diverged run does not raise: the last finite weights are back, and the message names
            the setting to change.

        Raises:
            ShapeError, DataError, ConfigurationError: data or settings that do not fit the network.
        """
        if self.low_priority and threading.current_thread() is not threading.main_thread():
            lower_thread_priority()
        try:
            # Numbers that are not finite are expected and dealt with; the worker threads have the same setting.
            with np.errstate(all="ignore"):
                data = prepare_data(self.network, inputs, targets, self.config.class_weights)
                held_out = None if validation is None else prepare_data(self.network, *validation)
                finished = self._run(data, held_out)
        except Exception as error:
            message = str(error) if isinstance(error, EngineError) else f"Training failed: {error}"
            self.monitor.finish(self._finished("failed", message))
            raise
        finally:
            self.optimizer.close()
            self.resumed = False
        self.monitor.finish(finished)
        return finished

    def _run(self, data: TrainingData, held_out: TrainingData | None) -> TrainingFinished:
        self.ending = self.last_weights = None
        if not self.resumed:
            self.state = RunState()
            self.figures.reset()
        self.figures.make_room(len(data.inputs))
        with BatchEvaluator(self.network, self.config.threads, low_priority=self.low_priority) as evaluator:
            self._invite_processes(evaluator, data)
            loop = TrainingLoop(self, evaluator, data, held_out)
            self.schedule.begin(
                self._base_rate, loop.steps_per_epoch * self.config.epochs, loop.steps_per_epoch, self.resumed
            )
            for callback in self.callbacks:
                callback.on_train_begin(self)
            reason, message = loop.run()
            self.state.seconds = loop.watch.seconds()
        if self.schedule.changes_rate:
            # The optimizer keeps the rate that it was made with, not the last one of this run.
            self.optimizer.learning_rate = self._base_rate
        best = self.state.best_weights
        if best is not None and reason in ("completed", "early stopping", "converged"):
            self.last_weights = self.network.store.snapshot()
            self.network.store.restore(best)
        self.monitor.offer_weights(self.network.store, self.state.step, always=True)
        finished = self._finished(reason, message)
        for callback in self.callbacks:
            callback.on_train_end(self, finished)
        return finished

    def _invite_processes(self, evaluator: BatchEvaluator, data: TrainingData) -> None:
        count, config = len(data.inputs), self.config
        batch_size = min(config.batch_size, count)
        # Of the whole run, whatever is left of it: a resumed run has to round as if it had not been stopped.
        steps = config.epochs * -(-count // batch_size)
        evaluator.use_processes(self.optimizer, data, min(batch_size, SLICE), steps)

    def request_stop(self, reason: str = "stopped", message: str = "Stopped by a callback.") -> None:
        """For callbacks: end the run after this batch or epoch."""
        self.ending = (reason, message)

    def checkpoint(self) -> Checkpoint:
        """All that an exact resume needs, copied: between batches (in a callback) or after `fit` has returned."""
        return Checkpoint.of(self)

    def resume(self, checkpoint: Checkpoint) -> None:
        """Go back to a checkpoint: the next `fit`, given the same data, goes on from there."""
        checkpoint.restore(self)
        self.resumed = True

    def _finished(self, reason: str, message: str) -> TrainingFinished:
        state = self.state
        speed = state.images / state.seconds if state.seconds > 0 else 0.0
        return TrainingFinished(
            reason, message, state.epoch, state.best_epoch, tuple(state.history), speed, state.seconds
        )


def _configured_callbacks(config: TrainingConfig) -> list[Callback]:
    callbacks: list[Callback] = []
    if config.patience is not None:
        callbacks.append(EarlyStopping(config.patience))
    if config.tolerance is not None:
        callbacks.append(ConvergenceTolerance(config.tolerance))
    return callbacks
