"""A trainer that does what a test tells it, and a few real digits to train on."""

import threading
import time
from dataclasses import replace
from functools import cache

import numpy as np

from engine.data import bundled_split
from engine.training.messages import EpochEnded, TrainingFinished
from engine.training.run_state import RunState

EPOCH_STEPS = 10


@cache
def few_digits():
    training, validation = bundled_split()
    return training.subset(np.arange(400)), validation.subset(np.arange(100))


def epoch_ended(epoch, loss=0.5, validation=0.6, best=True, metrics=None, penalty=0.0, validation_metrics=None):
    metrics = {"accuracy": 0.9} if metrics is None else metrics
    return EpochEnded(
        epoch=epoch,
        step=epoch * EPOCH_STEPS,
        loss=loss + penalty,
        data_loss=loss,
        metrics=metrics,
        validation_loss=validation,
        validation_metrics=metrics if validation_metrics is None else validation_metrics,
        learning_rate=0.1,
        images_per_second=1000.0,
        seconds=0.1,
        best=best,
    )


class FakeTrainer:
    """Trains nothing: ten batches an epoch, each as long as `batch_seconds`, through the real monitor and control."""

    def __init__(self, network, config, monitor, control, batch_seconds=0.001, error=None, reason="completed"):
        self.network, self.config, self.monitor, self.control = network, config, monitor, control
        self.batch_seconds, self.error, self.reason = batch_seconds, error, reason
        self.thread = None
        self.state = RunState()
        # Steps of the run that this one continues.
        self.done = 0

    def fit(self, inputs, targets, validation=None):
        self.thread = threading.current_thread()
        self.monitor.begin(self.config.epochs, EPOCH_STEPS, self.done, divmod(self.done, EPOCH_STEPS))
        step, history, reason = self.done, [], self.reason
        while step < self.config.epochs * EPOCH_STEPS:
            self.monitor.record_paused(self.control.paused)
            if not self.control.wait():
                reason = "stopped"
                break
            self.monitor.record_paused(False)
            time.sleep(self.batch_seconds)
            step += 1
            self.state.epoch, self.state.batch = divmod(step, EPOCH_STEPS)
            self.state.step = step
            self.network.store.values += 1
            self.monitor.record_batches([1 / step], [1 / step], [0.5])
            self.monitor.record_rate(24310.0, 3.0)
            self.monitor.offer_weights(self.network.store, step)
            if self.error is not None and step == 3:
                raise self.error
            if step % EPOCH_STEPS == 0:
                history.append(epoch_ended(step // EPOCH_STEPS))
                self.monitor.record_epoch(history[-1])
                self.monitor.offer_epoch_weights(self.network.store, step)
                self.control.epoch_done()
            self.control.batch_done()
        self.monitor.offer_weights(self.network.store, step, always=True)
        message = {"diverged": "The loss is not finite any more; lower the learning rate."}.get(reason, "Finished.")
        finished = TrainingFinished(
            reason, message, len(history), len(history), tuple(history), 24310.0, 1.5, history[-1] if history else None
        )
        self.monitor.finish(finished)
        return finished

    def checkpoint(self):
        return self

    def longer(self, config):
        """The settings of a run that goes on for so many epochs more."""
        return replace(config, epochs=self.state.epoch + config.epochs)

    def resume(self, checkpoint):
        self.network.store.restore(checkpoint.network.store.snapshot())
        self.done = checkpoint.state.step


def make_fake(**settings):
    """A factory for `TrainingSession(make_trainer=…)`; `.trainers` holds what it made."""

    def factory(network, preset, config, monitor, control, callbacks):
        factory.trainers.append(FakeTrainer(network, config, monitor, control, **settings))
        return factory.trainers[-1]

    factory.trainers = []
    return factory


def short(preset, **settings):
    """The preset's settings for a quick test."""
    return replace(preset.defaults, **{"epochs": 2, "augment": False, "threads": 1, **settings})
