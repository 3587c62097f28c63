"""Runs that go on with an earlier model, and runs that end before their first step."""

import threading

import numpy as np
import pytest
from fake_training import few_digits, short

from engine.data import bundled_split
from engine.storage.runs.run_store import RunStore
from gui.lab.training_session import TrainingSession
from models import PRESETS

SOFTMAX = PRESETS["softmax"]


class Heard:
    """What a session said, by the name of the signal."""

    def __init__(self, session):
        self.started, self.weights, self.finished, self.shares = [], [], [], []
        session.started.connect(self.started.append)
        session.weights_changed.connect(lambda _snapshot, epochs: self.weights.append(epochs))
        session.finished.connect(lambda finished, model: self.finished.append((finished, model)))
        session.loading.connect(self.shares.append)


@pytest.fixture
def make(qapp):
    sessions = []

    def make_session(load_data=few_digits):
        session = TrainingSession(load_data=load_data)
        session.heard = Heard(session)
        sessions.append(session)
        return session

    yield make_session
    for session in sessions:
        assert session.shutdown(2.0)


def wait_for_end(qtbot, session, times=1):
    qtbot.waitUntil(lambda: len(session.heard.finished) == times, timeout=20_000)


def continued(qtbot, session, config, times):
    """Train the last model further; how that run began and ended."""
    assert session.train_further(SOFTMAX, config)
    wait_for_end(qtbot, session, times)
    return session.heard.started[-1], *session.heard.finished[-1]


def test_epochs_and_steps_add_up_over_all_continuations(qtbot, make):
    session = make()
    session.start(SOFTMAX, short(SOFTMAX, epochs=2))
    wait_for_end(qtbot, session)
    steps = session.heard.finished[0][0].history[-1].step // 2
    shown = session.heard.weights

    # Equal settings go on exactly, others with the weights; either way so many epochs more.
    for number, (settings, first, total) in enumerate(
        [
            ({"epochs": 2}, 0, 4),
            ({"epochs": 3, "learning_rate": 0.0123}, 4, 7),
            ({"epochs": 1, "learning_rate": 0.0123}, 4, 8),
            ({"epochs": 2, "optimizer": "momentum", "learning_rate": 0.01}, 8, 10),
        ],
        start=2,
    ):
        started, finished, model = continued(qtbot, session, short(SOFTMAX, **settings), number)
        assert (started.first_epoch, started.first_step) == (first, first * steps)
        assert finished.epochs == total
        assert [event.epoch for event in finished.history] == list(range(1, total + 1))
        assert [event.step for event in finished.history] == [steps * epoch for epoch in range(1, total + 1)]
        assert model.training["epochs"] == total
        assert [epoch["epoch"] for epoch in model.training["history"]] == list(range(1, total + 1))
        assert shown[-1] == total
    # Nothing of what is shown goes back.
    assert shown == sorted(shown)


def test_to_train_further_with_equal_settings_is_exact(qtbot, make):
    session = make()
    session.start(SOFTMAX, short(SOFTMAX, epochs=2, seed=5))
    wait_for_end(qtbot, session)
    _, _, model = continued(qtbot, session, short(SOFTMAX, epochs=2, seed=5), 2)
    whole = make()
    whole.start(SOFTMAX, short(SOFTMAX, epochs=4, seed=5))
    wait_for_end(qtbot, whole)
    np.testing.assert_array_equal(model.network.store.values, whole.heard.finished[0][1].network.store.values)


def test_a_run_that_is_stopped_while_the_digits_are_prepared_ends_at_once_without_a_model(qtbot, make):
    angle = PRESETS["angle"]
    session = make(load_data=bundled_split)
    shares = session.heard.shares
    session.start(angle, short(angle))
    # Preparing all digits takes seconds; this is while it goes on.
    qtbot.waitUntil(lambda: any(0 < share < 1 for share in shares), timeout=20_000)
    session.stop()
    wait_for_end(qtbot, session)
    finished, model = session.heard.finished[0]
    assert (finished.reason, model) == ("stopped", None)
    assert not session.heard.started
    assert shares == sorted(shares)
    assert shares[-1] < 1
    assert session.checkpoint is None


def test_a_run_without_a_step_leaves_the_one_before_to_be_continued(qtbot, make):
    session, stopped = make(), threading.Event()
    session.start(SOFTMAX, short(SOFTMAX))
    wait_for_end(qtbot, session)
    checkpoint = session.checkpoint

    def digits_after_stop():
        stopped.wait(10)
        return few_digits()

    session.set_data_source(digits_after_stop)
    session.start(SOFTMAX, short(SOFTMAX, epochs=1000))
    session.stop()
    stopped.set()
    wait_for_end(qtbot, session, 2)
    assert session.heard.finished[1][1] is None
    assert session.checkpoint is checkpoint


def test_other_digits_are_learned_from_anew_with_the_weights(qtbot, make, tmp_path):
    data = [few_digits()]
    session = make(lambda: data[-1])
    session.set_run_store(lambda: RunStore(tmp_path))
    session.start(SOFTMAX, short(SOFTMAX))
    wait_for_end(qtbot, session)
    learned = session.heard.finished[-1][1].network.store.snapshot()
    training, validation = data[0]
    data.append((training.subset(np.arange(20)), validation))
    session.start(SOFTMAX, short(SOFTMAX), continue_from=session.checkpoint)
    wait_for_end(qtbot, session, 2)
    began = session.heard.started[-1]
    assert began.first_epoch == 2.0
    np.testing.assert_array_equal(began.model.network.store.snapshot(), learned)
