"""Worker processes in the middle of a run: they sleep, end, or the process that trains fails."""

import os
import signal
import threading
import time

import pytest

from engine import Dropout
from engine.parallel.processes import process_pool
from engine.parallel.processes.pool_run import PoolRun
from engine.training.callbacks import Callback
from tests.engine.process_runs import (
    At,
    assert_equal_runs,
    network,
    train,
    wait_until,
    without_processes,
)


@pytest.mark.parametrize("make", [network, lambda: network(Dropout(0.3))])
def test_a_process_that_ends_is_done_without(from_the_first_step, monkeypatch, make):
    expected = without_processes(monkeypatch, lambda: train(make()))

    def end_one(_):
        os.kill(process_pool.process_ids()[-1], signal.SIGTERM)

    assert_equal_runs(train(make(), callbacks=[At(5, end_one)]), expected)
    # The next run has processes again.
    assert_equal_runs(train(make()), expected)
    assert len(from_the_first_step) == 2
    assert from_the_first_step[1].ready


def test_workers_that_sleep_are_woken(from_the_first_step, monkeypatch):
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


def test_kept_processes_that_end_before_a_run_are_replaced(every_run_is_long, monkeypatch):
    train(network())
    acquire = process_pool.acquire

    def acquire_ending(size, low_priority):
        pool = acquire(size, low_priority)
        for number in process_pool.process_ids():
            os.kill(number, signal.SIGKILL)
        wait_until(lambda: not pool.are_alive())
        return pool

    with monkeypatch.context() as patch:
        patch.setattr(process_pool, "acquire", acquire_ending)
        train(network())
    replaced = process_pool.acquire(2, low_priority=False)
    assert replaced is not None
    assert replaced.are_alive()
    process_pool.release(replaced)


def test_a_pool_that_is_closed_in_the_middle_of_a_run(from_the_first_step, monkeypatch):
    expected = without_processes(monkeypatch, lambda: train(network()))
    assert_equal_runs(train(network(), callbacks=[At(5, lambda _: process_pool.close())]), expected)


def test_an_interrupt_while_a_worker_computes(from_the_first_step, monkeypatch):
    """Its answer must not be taken for one to the next run."""
    expected = without_processes(monkeypatch, lambda: train(network()))
    collect, calls = PoolRun.collect, []

    def interrupted(self):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return collect(self)

    with monkeypatch.context() as patch:
        patch.setattr(PoolRun, "collect", interrupted)
        with pytest.raises(KeyboardInterrupt):
            train(network())
    assert_equal_runs(train(network()), expected)
    assert len(from_the_first_step) == 2


def test_a_worker_that_ends_in_the_middle_of_a_shard(from_the_first_step, monkeypatch):
    """It is stopped before it gets its task, and killed while this process waits for the answer."""
    expected = without_processes(monkeypatch, lambda: train(network()))
    begin, calls = PoolRun.begin, []

    def begin_with_trouble(self, batch, shards):
        calls.append(1)
        if len(calls) == 4:
            worker = process_pool.process_ids()[0]
            os.kill(worker, signal.SIGSTOP)
            threading.Timer(0.05, os.kill, (worker, signal.SIGKILL)).start()
        return begin(self, batch, shards)

    monkeypatch.setattr(PoolRun, "begin", begin_with_trouble)
    assert_equal_runs(train(network()), expected)
    assert len(calls) == 4
