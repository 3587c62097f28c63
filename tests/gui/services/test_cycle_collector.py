"""Cycles are taken apart in the window's thread, never by a training that makes many objects."""

import gc
import threading

import pytest

from gui.services import cycle_collector
from gui.services.cycle_collector import CycleCollector, hand_back


class Part:
    """Refers to itself, and tells in which thread it was taken apart."""

    def __init__(self, ends):
        self.own, self._ends = self, ends

    def __del__(self):
        self._ends.append(threading.current_thread())


@pytest.fixture
def pen():
    return {"down": False}


@pytest.fixture
def collector(qapp, pen):
    collector = CycleCollector(qapp, lambda: pen["down"])
    collector.start()
    yield collector
    collector.deleteLater()
    hand_back()
    assert gc.isenabled()


def make_many_objects():
    kept = [[] for _ in range(50_000)]
    assert kept


def test_a_thread_that_makes_many_objects_takes_nothing_apart(collector, qtbot):
    ends = []
    Part(ends)
    thread = threading.Thread(target=make_many_objects)
    thread.start()
    thread.join()
    assert ends == []
    kept = [[] for _ in range(5_000)]
    qtbot.waitUntil(lambda: ends == [threading.main_thread()])
    assert kept


def test_everything_is_looked_through_now_and_then_while_the_pen_is_up(collector, pen, monkeypatch):
    monkeypatch.setattr(cycle_collector, "WHOLE_SECONDS", 0.0)
    ends = []
    part = Part(ends)
    # Old by now: the new ones alone are looked through while somebody draws.
    gc.collect(1)
    gc.collect(1)
    del part
    pen["down"] = True
    collector.collect()
    assert ends == []
    pen["down"] = False
    collector.collect()
    assert ends == [threading.main_thread()]
