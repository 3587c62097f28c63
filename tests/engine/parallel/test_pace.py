"""The number of workers follows what pays."""

import pytest

from engine.parallel import pace
from engine.parallel.pace import Pace


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until a test moves it."""
    now = [100.0]
    monkeypatch.setattr(pace.time, "perf_counter", lambda: now[0])
    return now


def record(made, seconds, steps):
    """Steps in which the calling thread computed a half for 1 ms."""
    for _ in range(steps):
        made.record(seconds, 0.001, 0.5)


def test_shared_steps_go_on_while_they_are_faster_than_one_thread(clock):
    made = Pace()
    record(made, 0.0019, steps=100)
    assert made.workers(2) == 2


def test_slow_steps_send_the_others_to_rest_at_once_and_longer_each_time(clock):
    made = Pace()
    for rest in (0.25, 0.5, 1.0, 2.0, 4.0, 4.0):
        record(made, 0.0021, steps=12)
        assert made.workers(2) == 1
        clock[0] += 0.99 * rest
        assert made.workers(2) == 1
        clock[0] += 0.02 * rest
        assert made.workers(2) == 2
    # A good try, and the next rest is short again.
    record(made, 0.0012, steps=21)
    record(made, 0.0021, steps=8)
    assert made.workers(2) == 1
    clock[0] += 0.26
    assert made.workers(2) == 2


def test_a_single_hiccup_is_no_reason(clock):
    made = Pace()
    record(made, 0.0012, steps=30)
    record(made, 0.0050, steps=1)
    record(made, 0.0012, steps=30)
    assert made.workers(2) == 2


def test_the_first_steps_after_a_rest_are_not_compared(clock):
    made = Pace()
    for _ in range(3):
        record(made, 0.0030, steps=3)
        record(made, 0.0012, steps=14)
        assert made.workers(2) == 2
        record(made, 0.0030, steps=6)
        assert made.workers(2) == 1
        clock[0] += 5.0


def test_one_worker_stays_one():
    assert Pace().workers(1) == 1
