"""The thread that makes the next thing."""

import threading

import pytest

from engine.threads.prefetch import Prefetcher


def fail():
    raise ValueError("no")


@pytest.mark.parametrize("low_priority", [False, True])
def test_results_come_in_order_and_spare_jobs_are_done(low_priority):
    ahead, spare = Prefetcher(low_priority), threading.Event()
    ahead.begin(lambda: 1, spare.set)
    assert ahead.result() == 1
    assert spare.wait(5)
    ahead.begin(lambda: 2)
    assert ahead.result() == 2
    ahead.close()


def test_failures_are_raised_where_the_result_is_taken():
    ahead = Prefetcher()
    ahead.begin(fail)
    with pytest.raises(ValueError, match="no"):
        ahead.result()
    # A spare job has no result of its own: the next one tells.
    ahead.begin(lambda: 1, fail)
    assert ahead.result() == 1
    ahead.begin(lambda: 2)
    with pytest.raises(ValueError, match="no"):
        ahead.result()
    ahead.close()


def test_closing_ends_the_thread_with_or_without_work():
    ahead = Prefetcher()
    ahead.close()
    ahead.begin(lambda: 1)
    ahead.close()
    ahead.close()
    assert not any(thread.name == "engine-batches" for thread in threading.enumerate())
