"""Worker processes in the middle of a run: they sleep, end, or the process that trains fails."""

import os
import signal
import threading
import time

import numpy as np
import pytest

from engine import Adam, Dropout
from engine.parallel.processes import pool_run as team_run
from engine.parallel.processes import process_pool as team
from engine.parallel.processes.job_board import JobBoard
from engine.parallel.processes.pool_run import PoolRun
from engine.training.callbacks import Callback
from engine.training.config import TrainingConfig
from engine.training.messages import TrainingMonitor
from engine.training.trainer import Trainer
from tests.engine.process_runs import (
    THREADS,
    At,
    assert_equal_runs,
    digits,
    network,
    train,
    wait_until,
    without_processes,
)


def larger():
    """A network with so many parameters that the processes share in the optimizer's work."""
    return network(units=300)


@pytest.mark.parametrize("make", [network, lambda: network(Dropout(0.3))])
def test_a_process_that_ends_is_done_without(from_the_first_step, monkeypatch, make):
    expected = without_processes(monkeypatch, lambda: train(make()))

    def end_one(_):
        os.kill(team.process_ids()[-1], signal.SIGTERM)

    assert_equal_runs(train(make(), callbacks=[At(5, end_one)]), expected)
    # The next run has processes again.
    assert_equal_runs(train(make()), expected)
    assert len(from_the_first_step) == 2
    assert from_the_first_step[1]._ready


def test_members_that_sleep_are_woken(from_the_first_step, monkeypatch):
    expected = without_processes(monkeypatch, lambda: train(network()))
    pauses = [At(step, lambda _: time.sleep(0.02)) for step in (2, 3, 7)]
    pauses.append(At(9, lambda _: time.sleep(0.002)))
    assert_equal_runs(train(network(), callbacks=pauses), expected)


def test_a_failure_here_leaves_the_processes_usable(from_the_first_step, monkeypatch):
    expected = without_processes(monkeypatch, lambda: train(network()))
    made = network()
    value_and_gradient, calls = made.loss.value_and_gradient, []

    def fail(*arguments, **settings):
        calls.append(1)
        if len(calls) == 4:
            raise MemoryError("no room")
        return value_and_gradient(*arguments, **settings)

    made.loss.value_and_gradient = fail
    with pytest.raises(MemoryError):
        train(made)
    assert_equal_runs(train(network()), expected)
    assert len(from_the_first_step) == 2


def test_a_run_that_ends_before_its_first_step(from_the_first_step):
    class Never(Callback):
        def on_epoch_begin(self, run, epoch):
            raise RuntimeError("not now")

    with pytest.raises(RuntimeError):
        train(network(), callbacks=[Never()])
    assert len(from_the_first_step) == 1


class Weights(Callback):
    """Copies the weights after every step."""

    def __init__(self):
        self.copies = []

    def on_batch_end(self, run, batch):
        self.copies.append(run.network.store.values.copy())


@pytest.mark.parametrize("shift", [1 / 128, 0.3, 1.0])
def test_the_weights_are_whole_after_every_step_whoever_changes_them(from_the_first_step, monkeypatch, shift):
    """The share of this process in the optimizer's work may swing between nothing and everything."""
    monkeypatch.setattr(team_run, "_SHIFT", shift)
    together, alone = Weights(), Weights()
    train(larger(), callbacks=[together])
    assert len(from_the_first_step) == 1
    without_processes(monkeypatch, lambda: train(larger(), callbacks=[alone]))
    np.testing.assert_array_equal(together.copies, alone.copies)


def test_a_process_that_ends_before_it_changes_its_weights(from_the_first_step, monkeypatch, caplog):
    """A part of this one step is lost, and only that."""
    update, steps = PoolRun.update, []

    def update_without_one(self, function, size):
        steps.append(1)
        if len(steps) == 4:
            os.kill(team.process_ids()[-1], signal.SIGKILL)
            wait_until(lambda: not self._team.are_alive())
        update(self, function, size)

    monkeypatch.setattr(PoolRun, "update", update_without_one)
    made = larger()
    _, _, losses = train(made)
    assert len(steps) == 4
    assert "a part of which is lost" in caplog.text
    assert np.isfinite(made.store.values).all()
    assert losses[1][0] < losses[0][0]


def test_a_process_that_is_not_needed_may_end(from_the_first_step, monkeypatch, caplog):
    """A run with two workers, after one with three."""
    train(larger())
    expected = without_processes(monkeypatch, lambda: train(larger(), threads=2))

    def end_the_idle_one(_):
        os.kill(team.process_ids()[1], signal.SIGKILL)
        time.sleep(0.02)

    slow = [At(3, end_the_idle_one), *(At(step, lambda _: time.sleep(0.01)) for step in range(4, 9))]
    assert_equal_runs(train(larger(), callbacks=slow, threads=2), expected)
    assert not caplog.text
    assert from_the_first_step[1]._ready


def test_kept_processes_that_end_before_a_run_are_replaced(every_run_is_long, monkeypatch):
    train(network())
    acquire = team.acquire

    def borrow_ending(size, low_priority):
        borrowed = acquire(size, low_priority)
        for number in team.process_ids():
            os.kill(number, signal.SIGKILL)
        wait_until(lambda: not borrowed.are_alive())
        return borrowed

    with monkeypatch.context() as patch:
        patch.setattr(team, "acquire", borrow_ending)
        train(network())
    replaced = team.acquire(2, low_priority=False)
    assert replaced is not None
    assert replaced.are_alive()
    team.release(replaced)


def test_an_interrupt_before_a_job_is_announced(from_the_first_step, monkeypatch):
    announce, jobs = JobBoard.announce, []

    def interrupted(self, number):
        jobs.append(number)
        if len(jobs) == 6:
            raise KeyboardInterrupt
        announce(self, number)

    made = larger()
    store = made.store
    with monkeypatch.context() as patch:
        patch.setattr(JobBoard, "announce", interrupted)
        with pytest.raises(KeyboardInterrupt):
            train(made)
    assert made.store is store
    run = from_the_first_step[0]
    run.close()
    assert_equal_runs(train(larger()), without_processes(monkeypatch, lambda: train(larger())))


class Offers(TrainingMonitor):
    """Keeps the weights that were offered last."""

    __slots__ = ("weights",)

    def offer_weights(self, store, step, *, always=False):
        self.weights = store.values.copy()


def test_weights_are_whole_when_the_next_batch_fails(from_the_first_step):
    """The end of the run tells the watcher, while the processes may still be at the last step."""
    calls = []

    def augment(images, rng):
        calls.append(1)
        if len(calls) == 4:
            raise ValueError("no more")
        return images

    # So large that the processes take their time.
    made, monitor = network(units=3000), Offers()
    config = TrainingConfig(batch_size=100, epochs=2, threads=THREADS, augment=True)
    trainer = Trainer(made, config, optimizer=Adam(0.01), monitor=monitor, augment=augment)
    with pytest.raises(ValueError, match="no more"):
        trainer.fit(*digits())
    np.testing.assert_array_equal(monitor.weights, made.store.values)


def test_the_others_are_awaited_when_one_has_ended(from_the_first_step, monkeypatch):
    """One process ends before an update, another one is held up in the middle of it."""
    update, flush, numbers, later = PoolRun.update, PoolRun.flush, [], []

    def update_with_trouble(self, function, size):
        numbers.append(1)
        if len(numbers) == 4:
            slow, ending = team.process_ids()
            os.kill(ending, signal.SIGKILL)
            wait_until(lambda: not self._team.is_alive(1))
            os.kill(slow, signal.SIGSTOP)
            threading.Timer(0.05, os.kill, (slow, signal.SIGCONT)).start()
        update(self, function, size)

    def settle_and_look(self):
        flush(self)
        if len(numbers) == 4 and not later:
            weights = self._network.store.values.copy()
            time.sleep(0.1)
            later.append(np.array_equal(weights, self._network.store.values))

    monkeypatch.setattr(PoolRun, "update", update_with_trouble)
    monkeypatch.setattr(PoolRun, "flush", settle_and_look)
    train(larger())
    assert later == [True]


def test_a_team_that_is_closed_in_the_middle_of_a_run(from_the_first_step, monkeypatch):
    expected = without_processes(monkeypatch, lambda: train(larger()))
    assert_equal_runs(train(larger(), callbacks=[At(5, lambda _: team.close())]), expected)
