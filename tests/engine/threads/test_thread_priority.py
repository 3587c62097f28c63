"""Polite training: every thread that trains gives way to a window's, and only when asked."""

import os
import sys
import threading

import numpy as np
import pytest

from engine.sequential import Sequential
from engine.threads.thread_pool import WorkerPool, lower_thread_priority
from engine.training.trainer import Trainer
from tests.engine.training_cases import config, digits, network

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives single threads a priority")


def own_niceness():
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def in_a_thread(work):
    results = []
    thread = threading.Thread(target=lambda: results.append(work()))
    thread.start()
    thread.join()
    return results[0]


def test_a_thread_lowers_itself_alone():
    before = own_niceness()
    assert in_a_thread(lambda: (lower_thread_priority(), own_niceness())) == (True, max(10, before))
    assert own_niceness() == before


def test_a_refusal_is_no_error(monkeypatch):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(os, "setpriority", refuse)
    assert lower_thread_priority() is False


@pytest.mark.parametrize("low_priority", [False, True])
def test_workers_are_lowered_on_demand(low_priority):
    found = {}
    before = own_niceness()
    with WorkerPool(3, low_priority) as pool:
        pool.run(lambda number: found.update({number: own_niceness()}))
    lowered = max(10, before) if low_priority else before
    assert found == {0: before, 1: lowered, 2: lowered}


@pytest.mark.parametrize("low_priority", [False, True])
def test_all_threads_of_a_run_are_lowered_on_demand(low_priority, monkeypatch):
    before = own_niceness()
    seen = set()
    propagate = Sequential.propagate

    def watched(self, inputs, training):
        seen.add(own_niceness())
        return propagate(self, inputs, training)

    def vary(images, rng):
        seen.add(own_niceness())
        return images

    monkeypatch.setattr(Sequential, "propagate", watched)
    x, y = digits(60)

    def run():
        settings = config(epochs=1, augment=True)
        return Trainer(network(), settings, augment=vary, low_priority=low_priority).fit(x, y).reason

    assert in_a_thread(run) == "completed"
    assert seen == {max(10, before) if low_priority else before}


def test_the_main_thread_keeps_its_priority():
    before = own_niceness()
    x, y = digits(20)
    Trainer(network(), config(epochs=1), low_priority=True).fit(x, y)
    assert own_niceness() == before


def test_politeness_changes_no_number():
    x, y = digits(60)
    results = []
    for low_priority in (False, True):
        made = network()
        Trainer(made, config(threads=2), low_priority=low_priority).fit(x, y)
        results.append(made.store.values.copy())
    np.testing.assert_array_equal(*results)
