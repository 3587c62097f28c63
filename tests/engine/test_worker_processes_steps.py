"""Worker processes in the middle of a run: they sleep, end, or the process that trains fails."""

import os
import signal
import time

import numpy as np
import pytest

from engine.training.callbacks import Callback
from engine.training.processes import team, team_run
from engine.training.processes.team_run import TeamRun
from tests.engine.process_runs import At, assert_equal_runs, network, train, wait_until, without_processes


def larger():
    """A network with so many parameters that the processes share in the optimizer's work."""
    return network(units=300)


def test_a_process_that_ends_is_done_without(from_the_first_step, monkeypatch):
    expected = without_processes(monkeypatch, lambda: train(network()))

    def end_one(_):
        os.kill(team.process_ids()[-1], signal.SIGTERM)

    assert_equal_runs(train(network(), callbacks=[At(5, end_one)]), expected)
    # The next run has processes again.
    assert_equal_runs(train(network()), expected)
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
        def on_epoch_begin(self, trainer, epoch):
            raise RuntimeError("not now")

    with pytest.raises(RuntimeError):
        train(network(), callbacks=[Never()])
    assert len(from_the_first_step) == 1


class Weights(Callback):
    """Copies the weights after every step."""

    def __init__(self):
        self.copies = []

    def on_batch_end(self, trainer, batch):
        self.copies.append(trainer.network.store.values.copy())


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
    update, steps = TeamRun.update, []

    def update_without_one(self, function, size):
        steps.append(1)
        if len(steps) == 4:
            os.kill(team.process_ids()[-1], signal.SIGKILL)
            wait_until(lambda: not self._team.are_alive())
        update(self, function, size)

    monkeypatch.setattr(TeamRun, "update", update_without_one)
    made = larger()
    _, _, losses = train(made)
    assert len(steps) == 4
    assert "a part of which is lost" in caplog.text
    assert np.isfinite(made.store.values).all()
    assert losses[1][0] < losses[0][0]
