"""`Trainer`: settings, network, watchers and callbacks brought together for a training run."""

import math
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from engine.batches.batch_source import Augment
from engine.batches.examples import ClassWeights, TrainingData, prepare_data, without_copies
from engine.core.class_settings import read_settings, settings_of
from engine.core.metric_names import metric_name
from engine.errors import ConfigurationError, EngineError
from engine.evaluation.metrics import METRICS_OF_TASK, USUAL_METRICS
from engine.layers.dropout import Dropout
from engine.network.network import Network
from engine.optimizers import WITH_MOMENTUM, Optimizer, optimizer_named
from engine.optimizers.schedule import Schedule
from engine.optimizers.schedules import ReduceOnPlateau, make_schedule
from engine.parallel.batch_evaluator import BatchEvaluator
from engine.threads.thread_pool import lower_thread_priority
from engine.training.callbacks import Callback, ConvergenceTolerance, EarlyStopping
from engine.training.checkpoint import Checkpoint
from engine.training.config import TrainingConfig
from engine.training.knobs import KnobChange
from engine.training.loop import TrainingLoop
from engine.training.messages import TrainingControl, TrainingFinished, TrainingMonitor
from engine.training.run import Run


class Trainer:
    """Trains a network.

    Args:
        network: built, with `network.loss` set.
        config: the settings.
        callbacks: heard in this order, after the ones that the settings ask for (early stopping, tolerance).
        monitor: keeps messages for a watcher in another thread.
        control: pause, resume and stop from another thread.
        augment: gives a new, varied array for a batch of inputs, in a thread of its own; used when `config.augment`
            is set, or its knob is turned up.
        optimizer, schedule: instead of those that the settings name.
        shuffle: whether every epoch visits the examples in a new order.
        low_priority: whether every thread that trains runs at a lower priority, so that a window stays responsive. That
            includes, for good, the thread that calls `fit`, unless it is the main one.
        changes: turns of knobs, each made after so many batches: those of a run that this one repeats.

    Attributes:
        run: network, optimizer, settings, position and history; what the loop and the callbacks get.

    Raises:
        ConfigurationError: settings that do not fit the network or each other.
    """

    def __init__(
        self,
        network: Network,
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
        changes: Sequence[KnobChange] = (),
    ) -> None:
        network.require_built()
        network.require_loss()
        optimizer = optimizer if optimizer is not None else make_optimizer(config)
        source, augment = augment, augment if config.augment else None
        if augment is not None and optimizer.full_batch:
            raise ConfigurationError(
                f"The optimizer {optimizer.kind!r} needs the same data in every step; switch augmentation off.",
                "augment",
            )
        if optimizer.full_batch and any(isinstance(layer, Dropout) and layer.rate for layer in network.layers):
            raise ConfigurationError(
                f"The optimizer {optimizer.kind!r} needs the same function in every step, and dropout changes it; "
                "choose another optimizer, or a rate of 0.",
                "optimizer",
            )
        task = task_of(network)
        self.run = Run(
            network,
            optimizer,
            schedule if schedule is not None else make_run_schedule(config, task),
            config,
            (*_configured_callbacks(config, task), *callbacks),
            monitor if monitor is not None else TrainingMonitor(),
            control if control is not None else TrainingControl(),
            augment,
            shuffle,
            low_priority,
            None if optimizer.full_batch else source,
            tuple(changes),
            further_metrics(config.metrics, task),
        )
        self._base_rate = optimizer.rate

    def fit(
        self,
        inputs: ArrayLike,
        targets: ArrayLike,
        validation: tuple[ArrayLike, ArrayLike] | None = None,
        sample_weights: ArrayLike | None = None,
        validation_weights: ArrayLike | None = None,
    ) -> TrainingFinished:
        """Train until the epochs are done, something asks to stop, or the loss is not finite any more.

        Args:
            inputs: (n, *input_shape).
            targets: (n, …), as the loss takes them.
            validation: inputs and targets that are only looked at, after each epoch.
            sample_weights: (n,) factor of each example's loss, or None for 1 each.
            validation_weights: the same for the validation data.

        Returns:
            how the run ended. A diverged run does not raise: the last finite weights are back, and the message names
            the setting to change.

        Raises:
            ShapeError, DataError, ConfigurationError: data or settings that do not fit the network.
        """
        run = self.run
        if run.low_priority and threading.current_thread() is not threading.main_thread():
            lower_thread_priority()
        try:
            # Numbers that are not finite are expected and dealt with; the worker threads have the same setting.
            with np.errstate(all="ignore"):
                config = run.config
                class_weights: ClassWeights = "balanced" if config.balance else config.class_weights
                data = prepare_data(run.network, inputs, targets, class_weights, sample_weights)
                held_out = (
                    None
                    if validation is None
                    else prepare_data(run.network, *validation, sample_weights=validation_weights)
                )
                if config.distinct and held_out is not None:
                    held_out = without_copies(data, held_out)
                finished = self._train(data, held_out)
        except Exception as error:
            message = str(error) if isinstance(error, EngineError) else f"Training failed: {error}"
            run.monitor.finish(run.finished("failed", message))
            raise
        finally:
            run.resumed = False
        run.monitor.finish(finished)
        return finished

    def _train(self, data: TrainingData, held_out: TrainingData | None) -> TrainingFinished:
        run = self.run
        if run.resumed and run.metrics.seen > len(data.inputs):
            raise ConfigurationError(
                f"The run had seen {run.metrics.seen:,} examples of its epoch and cannot go on exactly with "
                f"{len(data.inputs):,}: begin a new one with its weights."
            )
        run.begin()
        run.optimizer.begin(run.resumed)
        run.metrics.make_room(len(data.inputs))
        with BatchEvaluator(run.network, run.config.threads, low_priority=run.low_priority) as evaluator:
            loop = TrainingLoop(run, evaluator, data, held_out)
            run.schedule.begin(
                self._base_rate, loop.steps_per_epoch * run.config.epochs, loop.steps_per_epoch, run.resumed
            )
            for callback in run.callbacks:
                callback.on_train_begin(run)
            reason, message = loop.train()
            run.state.seconds = loop.watch.seconds()
            run.optimizer.finalize(run.network.store.values)
            self._settle(loop, reason)
        if run.schedule.changes_rate or run.state.changes:
            # The optimizer keeps the rate that it was made with, not the last one of this run.
            run.optimizer.learning_rate = self._base_rate
        run.monitor.offer_weights(run.network.store, run.state.step, always=True)
        finished = run.finished(reason, message)
        for callback in run.callbacks:
            callback.on_train_end(run, finished)
        return finished

    def _settle(self, loop: TrainingLoop, reason: str) -> None:
        """Go back to the best epoch, where that was asked for; the metrics are those of the weights that stay."""
        run, state = self.run, self.run.state
        if state.best_weights is not None and reason in ("completed", "early stopping", "converged"):
            run.last_weights = run.network.store.snapshot()
            run.network.store.restore(state.best_weights)
            run.kept = next(event for event in state.history if event.epoch == state.best_epoch)
        elif state.step and (state.batch or reason == "diverged" or run.optimizer.use_ema):
            # No epoch ended with these weights.
            judged = loop.judge()
            told = judged.validation_loss is not None and math.isfinite(judged.validation_loss)
            run.kept = judged if told else replace(judged, validation_loss=None)

    def checkpoint(self) -> Checkpoint:
        """All that an exact resume needs, copied, after `fit` has returned; callbacks call `Checkpoint.of(run)`."""
        return Checkpoint.of(self.run)

    def resume(self, checkpoint: Checkpoint) -> None:
        """Go back to a checkpoint: the next `fit`, given the same data, goes on from there."""
        checkpoint.restore(self.run)
        self.run.resumed = True


def make_optimizer(config: TrainingConfig) -> Optimizer:
    """The optimizer that a training configuration asks for; `ConfigurationError` for an unknown one."""
    settings: dict[str, Any] = {"learning_rate": config.learning_rate, "clip_norm": config.clip_norm}
    if config.optimizer in WITH_MOMENTUM:
        settings["momentum"] = config.momentum
    if config.optimizer == "adamw":
        settings["weight_decay"] = config.weight_decay
    return optimizer_named(config.optimizer, **settings)


def task_of(network: Network) -> str:
    """Key of `METRICS_OF_TASK`."""
    task = network.require_loss().task
    return "label" if task == "labels" and network.answer_shape[-1] == 1 else task


def further_metrics(names: str, task: str) -> tuple[str, ...]:
    """The metrics that a configuration names; `ConfigurationError` for one that the task does not have."""
    found, offered = tuple(names.replace(",", " ").split()), METRICS_OF_TASK[task]
    for name in found:
        if name not in offered:
            raise ConfigurationError(f"Metrics for this model are {', '.join(offered)}; not {name!r}.", "metrics")
    return found


def make_run_schedule(config: TrainingConfig, task: str) -> Schedule:
    """The schedule that a configuration asks for, for a key of `METRICS_OF_TASK`.

    Raises:
        ConfigurationError: there is none of this name or with such settings, or it watches what is not computed.
    """
    schedule = make_schedule(config.schedule, config.schedule_settings)
    if isinstance(schedule, ReduceOnPlateau):
        require_computed(schedule.monitor, config, task, "schedule_settings")
    return schedule


def early_stopping(config: TrainingConfig, task: str) -> EarlyStopping | None:
    """What a configuration says of stopping early, for a key of `METRICS_OF_TASK`; None without patience.

    Raises:
        ConfigurationError: a setting that it does not have, or a metric to watch that the run does not compute.
    """
    if config.patience is None:
        return None
    # Runs of 2026-11-28 may have kept another word for it.
    text = config.stopping_settings.replace("minimum_change=", "min_delta=")
    told = read_settings(settings_of(EarlyStopping), text, "stopping_settings")
    stopping = EarlyStopping(**({"patience": config.patience} | told))
    require_computed(stopping.monitor, config, task, "stopping_settings")
    return stopping


def require_computed(monitor: str, config: TrainingConfig, task: str, field: str) -> None:
    """Refuse to watch what the run does not compute; `field` holds the setting that names it.

    Raises:
        ConfigurationError: there is no such metric, with a list of those that there are.
    """
    computed = computed_metrics(config, task)
    if metric_name(monitor) not in computed:
        names = ", ".join(computed)
        raise ConfigurationError(
            f"What is watched is one of {names}, or one of them after “val_”; not {monitor!r}. "
            "More are computed as further metrics.", field,
        )  # fmt: skip


def computed_metrics(config: TrainingConfig, task: str) -> tuple[str, ...]:
    """What a run computes in every epoch, of the training and after "val_" of the validation."""
    return ("loss", *USUAL_METRICS[task], *further_metrics(config.metrics, task))


def _configured_callbacks(config: TrainingConfig, task: str) -> list[Callback]:
    callbacks: list[Callback] = [one for one in (early_stopping(config, task),) if one is not None]
    if config.tolerance is not None:
        callbacks.append(ConvergenceTolerance(config.tolerance))
    return callbacks
