"""Callbacks, the control and the monitor: how a run is watched and steered."""

import threading
import time

import numpy as np
import pytest

from engine.batches.seeds import epoch_order
from engine.evaluation.metrics import batch_accuracy
from engine.losses import BinaryCrossentropy, MeanSquaredError, SparseCategoricalCrossentropy
from engine.training.callbacks import Callback
from engine.training.messages import TrainingControl, TrainingMonitor
from engine.training.trainer import Trainer
from tests.engine.training_cases import config, digits, network


class Diary(Callback):
    def __init__(self, name, lines):
        self.name, self.lines = name, lines

    def on_train_begin(self, run):
        self.lines.append(f"{self.name} begin")

    def on_epoch_begin(self, run, epoch):
        self.lines.append(f"{self.name} epoch {epoch}")

    def on_batch_end(self, run, batch):
        self.lines.append(f"{self.name} batch {batch.step}")

    def on_epoch_end(self, run, event):
        self.lines.append(f"{self.name} epoch {event.epoch} done")

    def on_train_end(self, run, event):
        self.lines.append(f"{self.name} {event.reason}")


def test_callbacks_are_heard_in_order():
    x, y = digits(30)
    lines = []
    Trainer(network(), config(epochs=1), callbacks=[Diary("a", lines), Diary("b", lines)]).fit(x, y)
    moments = ["begin", "epoch 1", "batch 1", "batch 2", "epoch 1 done", "completed"]
    assert lines == [f"{name} {moment}" for moment in moments for name in "ab"]


class StopAtBatch(Callback):
    def __init__(self, step):
        self.step = step

    def on_batch_end(self, run, batch):
        if batch.step == self.step:
            run.stop("stopped", "Enough.")


def test_a_callback_stops_the_run_within_an_epoch():
    x, y = digits(64)
    trainer = Trainer(network(), config(epochs=5), callbacks=[StopAtBatch(6)])
    finished = trainer.fit(x, y)
    assert (finished.reason, finished.message, finished.epochs, trainer.run.state.step) == ("stopped", "Enough.", 1, 6)


class Watched:
    """A run in a thread of its own, as the window does it."""

    def __init__(self, **settings):
        self.monitor, self.control = TrainingMonitor(run_id=7), TrainingControl()
        self.network = network()
        x, y = digits(64)
        trainer = Trainer(self.network, config(**settings), monitor=self.monitor, control=self.control)
        self.thread = threading.Thread(target=trainer.fit, args=(x, y))
        self.step = 0

    def wait_for(self, condition):
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            progress = self.monitor.take()
            self.step = progress.step
            if condition(progress):
                return progress
            time.sleep(0.002)
        raise AssertionError("it did not happen within 5 seconds")


def test_single_steps_pause_and_stop():
    run = Watched(epochs=100_000)
    run.control.pause()
    run.thread.start()
    progress = run.wait_for(lambda p: p.paused)
    assert progress.step == 0
    for count, total in ((1, 1), (2, 3)):
        run.control.run_batches(count)
        run.wait_for(lambda p, total=total: p.paused and p.step == total)
    run.control.run_epochs(1)
    progress = run.wait_for(lambda p: p.paused and p.step == 4)
    run.control.run_epochs(2)
    run.wait_for(lambda p: p.paused and p.step == 12)
    held = run.network.store.values.copy()
    time.sleep(0.02)
    np.testing.assert_array_equal(run.network.store.values, held)
    run.control.resume()
    run.monitor.request_weights()
    progress = run.wait_for(lambda p: p.weights is not None)
    assert not progress.weights.flags.writeable
    assert progress.weights_step > 12
    run.control.stop()
    finished = run.wait_for(lambda p: p.finished).finished
    run.thread.join(5)
    assert finished.reason == "stopped"
    assert np.isfinite(run.network.store.values).all()


def test_stop_ends_a_held_run():
    run = Watched()
    run.control.pause()
    run.thread.start()
    run.wait_for(lambda p: p.paused)
    run.control.stop()
    assert run.wait_for(lambda p: p.finished).finished.epochs == 0
    run.thread.join(5)


@pytest.mark.parametrize("optimizer", ["adam", "lbfgs"])
def test_the_monitor_hears_every_batch_once(optimizer):
    x, y = digits(40)
    monitor = TrainingMonitor(run_id=3)
    finished = Trainer(network(), config(optimizer=optimizer, epochs=4), monitor=monitor).fit(x, y)
    progress = monitor.take()
    steps = 4 * (1 if optimizer == "lbfgs" else 3)
    assert progress.run_id == 3
    assert len(progress.batch_losses) == progress.step == progress.total_steps == steps
    assert np.isfinite(progress.batch_accuracies).all()
    assert progress.epochs == finished.history
    assert progress.finished is finished
    assert progress.images_per_second > 0
    np.testing.assert_allclose(progress.batch_losses, progress.batch_data_losses)
    assert monitor.take().batch_losses.size == 0


@pytest.mark.parametrize(
    "loss", [SparseCategoricalCrossentropy(from_logits=True), BinaryCrossentropy(from_logits=True), MeanSquaredError()]
)
def test_accuracies_do_not_depend_on_when_they_are_counted(loss):
    x, labels = digits(40)
    y = labels if loss.task == "classes" else np.eye(10)[labels]
    told = []

    class Listener(Callback):
        def on_batch_end(self, run, batch):
            # With a listener every batch is counted at once.
            told.append((batch.loss, batch.accuracy))
            expected = batch_accuracy(loss, run.metrics.outputs[: run.metrics.seen][-8:], y[order(run)])
            np.testing.assert_equal(batch.accuracy, expected)

    def order(run):
        return epoch_order(0, run.state.epoch, 40)[: run.metrics.seen][-8:]

    watched, alone = TrainingMonitor(), TrainingMonitor()
    histories = [
        Trainer(network(loss=loss), config(batch_size=8), callbacks=callbacks, monitor=monitor).fit(x, y).history
        for callbacks, monitor in (([Listener()], watched), ([], alone))
    ]
    first, second = watched.take(), alone.take()
    np.testing.assert_array_equal(first.batch_losses, second.batch_losses)
    np.testing.assert_array_equal(first.batch_accuracies, second.batch_accuracies)
    np.testing.assert_array_equal(np.array(told).T, [first.batch_losses, first.batch_accuracies])
    assert histories[0][-1].metrics == histories[1][-1].metrics
    if loss.task == "classes":
        assert histories[0][0].metrics["accuracy"] == pytest.approx(first.batch_accuracies[:5].mean())


class StopWhenAskedOften(TrainingControl):
    """Asks to stop as soon as the trainer has looked a number of times."""

    def __init__(self, looks):
        super().__init__()
        self.looks = looks

    @property
    def stop_requested(self):
        self.looks -= 1
        return self.looks < 0


@pytest.mark.parametrize("optimizer", ["gradient_descent", "lbfgs"])
def test_stop_is_seen_within_a_large_batch(optimizer):
    x, y = digits(5000)
    net = network()
    before = net.store.values.copy()
    trainer = Trainer(net, config(batch_size=5000, optimizer=optimizer), control=StopWhenAskedOften(3))
    finished = trainer.fit(x, y)
    assert (finished.reason, finished.epochs, trainer.run.state.step) == ("stopped", 0, 0)
    np.testing.assert_array_equal(net.store.values, before)


def test_a_large_batch_is_one_batch():
    x, y = digits(2500)
    sliced, whole = network(dtype=np.float64), network(dtype=np.float64)
    settings = config(batch_size=2500, optimizer="gradient_descent", epochs=1, learning_rate=0.1)
    event = Trainer(sliced, settings).fit(x, y).history[0]
    loss, _ = whole.loss_and_gradients(x, y)
    assert event.loss == pytest.approx(loss, rel=1e-12)
    stepped = whole.store.values - 0.1 * whole.store.gradients
    np.testing.assert_allclose(sliced.store.values, stepped, rtol=1e-12, atol=1e-15)
    assert event.metrics["accuracy"] == (whole.predict(x).argmax(axis=1) == y).mean()


def test_a_run_is_held_for_a_moment_only():
    run = Watched(epochs=100_000)
    run.thread.start()
    run.wait_for(lambda p: p.step > 0)
    run.control.hold()
    assert run.control.stop_requested is False
    # Nobody releases it, and still the run goes on.
    step = run.step
    run.wait_for(lambda p: p.step > step + 50)
    assert not run.control.held
    # Neither a stop nor a release has to wait for the moment to end.
    run.control.hold()
    run.control.release()
    run.control.hold()
    run.control.stop()
    run.thread.join(5)
    assert not run.thread.is_alive()


def test_a_large_batch_is_held_between_its_slices_too():
    class Counted(TrainingControl):
        asked = 0

        def wait_while_held(self):
            self.asked += 1

    control = Counted()
    x, y = digits(2500)
    Trainer(network(), config(batch_size=2500, optimizer="gradient_descent", epochs=1), control=control).fit(x, y)
    assert control.asked == 3


def test_a_hold_without_a_release_ends_by_itself():
    control = TrainingControl()
    control.wait_while_held()
    control.hold()
    assert control.held
    # Nobody releases it.
    control.wait_while_held()
    assert not control.held
