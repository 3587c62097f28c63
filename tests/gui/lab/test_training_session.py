import random
import threading

import numpy as np
import pytest
from fake_training import EPOCH_STEPS, few_digits, make_fake, short
from PySide6.QtCore import QObject, QThread, Slot

from engine.errors import DataError
from engine.training.events import StepMeasure
from gui.lab.session_state import SessionState
from gui.lab.training_session import TrainingSession
from models import PRESETS

SOFTMAX = PRESETS["softmax"]


class Listener(QObject):
    """Writes down every signal, and in which thread it came."""

    def __init__(self, session):
        super().__init__()
        self.events, self.threads = [], set()
        session.state_changed.connect(self.on_state)
        session.started.connect(self.on_started)
        session.progressed.connect(self.on_progress)
        session.weights_changed.connect(self.on_weights)
        session.finished.connect(self.on_finished)
        session.failed.connect(self.on_failed)

    def note(self, *event):
        self.events.append(event)
        self.threads.add(QThread.currentThread())

    @Slot(object)
    def on_state(self, state):
        self.note("state", state)

    @Slot(object)
    def on_started(self, started):
        self.note("started", started)

    @Slot(object)
    def on_progress(self, progress):
        self.note("progress", progress)

    @Slot(object, float)
    def on_weights(self, snapshot, epochs):
        self.note("weights", snapshot, epochs)

    @Slot(object, object)
    def on_finished(self, finished, model):
        self.note("finished", finished, model)

    @Slot(str)
    def on_failed(self, message):
        self.note("failed", message)

    def of(self, name):
        return [event[1:] for event in self.events if event[0] == name]

    def names(self):
        return [event[0] for event in self.events]


@pytest.fixture
def make(qtbot):
    sessions = []

    def make_session(trainer=None, load_data=few_digits):
        session = TrainingSession(load_data=load_data, make_trainer=trainer)
        sessions.append(session)
        session.listener = Listener(session)
        return session

    yield make_session
    for session in sessions:
        assert session.shutdown(2.0)


def wait_for_end(qtbot, session):
    qtbot.waitUntil(lambda: bool(session.listener.of("finished") or session.listener.of("failed")), timeout=10_000)


def test_a_run_in_its_order(qtbot, qapp, make):
    session = make()
    assert session.start(SOFTMAX, short(SOFTMAX))
    wait_for_end(qtbot, session)
    listener = session.listener
    names = listener.names()
    assert names[0] == "state"
    assert names.index("started") < names.index("progress") < names.index("finished")
    assert names[-1] == "finished"
    assert names.count("finished") == 1
    assert [state for (state,) in listener.of("state")] == [SessionState.RUNNING, SessionState.IDLE]
    assert listener.threads == {qapp.thread()}
    (started,) = listener.of("started")[0]
    assert (started.training_count, started.validation_count) == (400, 100)
    losses = np.concatenate([progress.batch_losses for (progress,) in listener.of("progress")])
    finished, model = listener.of("finished")[0]
    assert finished.reason == "completed"
    assert len(losses) == 2 * finished.history[0].step
    assert model.answer(few_digits()[0].images[:3]).shape == (3, 10)
    assert model.training["epochs"] == 2
    # The watcher's model is another one, still untrained: the window may write snapshots into it.
    assert started.model.network is not model.network
    assert not np.array_equal(started.model.network.store.values, model.network.store.values)
    snapshot, epochs = listener.of("weights")[-1]
    assert epochs == 2.0
    assert not snapshot.flags.writeable
    started.model.network.store.restore(snapshot)
    features = few_digits()[1].images[:5]
    np.testing.assert_array_equal(started.model.answer(features), model.answer(features))


def test_a_second_start_is_refused(qtbot, make):
    session = make(make_fake(batch_seconds=0.002))
    assert session.start(SOFTMAX, short(SOFTMAX))
    assert not session.start(SOFTMAX, short(SOFTMAX))
    wait_for_end(qtbot, session)
    assert len(session.listener.of("started")) == 1


def test_pause_and_resume(qtbot, make):
    session = make(factory := make_fake())
    session.start(SOFTMAX, short(SOFTMAX, epochs=1000))
    qtbot.waitUntil(lambda: bool(session.listener.of("progress")), timeout=5000)
    session.pause()
    assert session.state is SessionState.PAUSED
    qtbot.waitUntil(lambda: session.listener.of("progress")[-1][0].paused, timeout=5000)
    step = session.listener.of("progress")[-1][0].step
    # What a step was like may be known before its loss is, and is told then.
    factory.trainers[0].monitor.record_measure(StepMeasure(step, 0.1, 1.0, 0.01))
    qtbot.waitUntil(lambda: bool(session.listener.of("progress")[-1][0].measures), timeout=5000)
    assert session.listener.of("progress")[-1][0].step == step
    session.resume()
    assert session.state is SessionState.RUNNING
    qtbot.waitUntil(lambda: session.listener.of("progress")[-1][0].step > step, timeout=5000)


def test_stop_keeps_the_present_weights(qtbot, make):
    factory = make_fake()
    session = make(factory)
    session.start(SOFTMAX, short(SOFTMAX, epochs=1000))
    qtbot.waitUntil(lambda: bool(session.listener.of("progress")), timeout=5000)
    session.stop()
    assert session.state is SessionState.STOPPING
    wait_for_end(qtbot, session)
    finished, model = session.listener.of("finished")[0]
    assert finished.reason == "stopped"
    assert session.state is SessionState.IDLE
    np.testing.assert_array_equal(model.network.store.values, factory.trainers[0].network.store.values)
    assert np.any(model.network.store.values >= 1)


def test_stop_wakes_a_paused_run(qtbot, make):
    session = make(make_fake())
    session.start(SOFTMAX, short(SOFTMAX, epochs=1000))
    session.pause()
    session.stop()
    wait_for_end(qtbot, session)
    assert session.listener.of("finished")[0][0].reason == "stopped"


@pytest.mark.parametrize(("hold_after", "steps"), [("batch", 1), ("epoch", EPOCH_STEPS)])
def test_single_steps_from_idle_and_while_paused(qtbot, make, hold_after, steps):
    session = make(make_fake())

    def held_at(step):
        shown = session.listener.of("progress")
        return session.state is SessionState.PAUSED and bool(shown) and shown[-1][0].step == step

    session.start(SOFTMAX, short(SOFTMAX, epochs=1000), hold_after=hold_after)
    qtbot.waitUntil(lambda: held_at(steps), timeout=5000)
    for count in (2, 3):
        (session.step if hold_after == "batch" else session.step_epoch)()
        qtbot.waitUntil(lambda count=count: held_at(count * steps), timeout=5000)


def test_a_failure_is_told_once_and_the_next_run_works(qtbot, make, caplog):
    trainers = [make_fake(error=ZeroDivisionError("nothing")), make_fake()]
    session = make(lambda *arguments: trainers.pop(0)(*arguments))
    session.start(SOFTMAX, short(SOFTMAX))
    wait_for_end(qtbot, session)
    assert len(session.listener.of("failed")) == 1
    assert "ZeroDivisionError" in session.listener.of("failed")[0][0]
    assert session.state is SessionState.IDLE
    assert session.checkpoint is None
    session.start(SOFTMAX, short(SOFTMAX))
    qtbot.waitUntil(lambda: bool(session.listener.of("finished")), timeout=5000)


def test_bad_data_are_refused_in_the_engines_own_words(qtbot, make):
    def no_data():
        raise DataError("digits.npz is missing.")

    session = make(make_fake(), load_data=no_data)
    session.start(SOFTMAX, short(SOFTMAX))
    wait_for_end(qtbot, session)
    assert session.listener.of("failed") == [("digits.npz is missing.",)]
    assert not session.listener.of("started")


def test_shutdown_in_the_middle_is_quick_and_silent(qtbot, make):
    session = make()
    session.start(PRESETS["cnn"], short(PRESETS["cnn"], epochs=500))
    qtbot.waitUntil(lambda: bool(session.listener.of("progress")), timeout=10_000)
    count = len(session.listener.events)
    assert session.shutdown(2.0)
    qtbot.wait(100)
    assert len(session.listener.events) == count
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("training-")]


def test_shutdown_of_a_paused_run(qtbot, make):
    session = make(make_fake())
    session.start(SOFTMAX, short(SOFTMAX, epochs=1000))
    session.pause()
    assert session.shutdown(2.0)
    assert not session.active


def test_a_receiver_may_shut_down(qtbot, make):
    """News that came together with the ones that made it do so are dropped."""
    session = make(make_fake())
    session.progressed.connect(lambda progress: session.shutdown())
    session.start(SOFTMAX, short(SOFTMAX, epochs=1000))
    qtbot.waitUntil(lambda: bool(session.listener.of("progress")), timeout=5000)
    qtbot.wait(100)
    assert len(session.listener.of("progress")) == 1
    assert not session.listener.of("weights")


def test_a_storm_of_clicks_leaves_a_legal_state(qtbot, make):
    """Start, pause, resume, step and stop in any order: one thread at most, and the last stop ends it."""
    session = make(make_fake(batch_seconds=0.0005))
    choice = random.Random(7)
    actions = [
        lambda: session.start(SOFTMAX, short(SOFTMAX, epochs=3), hold_after=choice.choice([None, "batch", "epoch"])),
        session.pause,
        session.resume,
        session.step,
        session.step_epoch,
        session.stop,
        lambda: qtbot.wait(choice.randrange(12)),
    ]
    for _ in range(300):
        choice.choice(actions)()
        assert session.active == (session.state is not SessionState.IDLE)
        assert sum(thread.name.startswith("training-") for thread in threading.enumerate()) <= 1
    session.stop()
    qtbot.waitUntil(lambda: session.state is SessionState.IDLE, timeout=5000)
    assert len(session.listener.of("finished")) >= 1
    assert not session.listener.of("failed")


def test_continue_equals_a_run_that_was_never_stopped(qtbot, make):
    config = short(SOFTMAX, epochs=2, seed=5)
    session = make()
    session.start(SOFTMAX, config)
    wait_for_end(qtbot, session)
    first = session.listener.of("finished")[0][1]
    longer = short(SOFTMAX, epochs=4, seed=5)
    session.start(SOFTMAX, longer, continue_from=session.checkpoint)
    qtbot.waitUntil(lambda: len(session.listener.of("finished")) == 2, timeout=10_000)
    (started,) = session.listener.of("started")[1]
    assert started.continued
    assert started.first_epoch == 0.0
    np.testing.assert_array_equal(started.model.network.store.values, first.network.store.values)
    continued = session.listener.of("finished")[1][1]

    whole = make()
    whole.start(SOFTMAX, longer)
    wait_for_end(qtbot, whole)
    (_, expected), *_ = whole.listener.of("finished")
    np.testing.assert_array_equal(continued.network.store.values, expected.network.store.values)


def test_continue_with_another_learning_rate_takes_the_weights_over(qtbot, make):
    session = make()
    session.start(SOFTMAX, short(SOFTMAX))
    wait_for_end(qtbot, session)
    first = session.listener.of("finished")[0][1]
    session.start(SOFTMAX, short(SOFTMAX, learning_rate=0.0123), continue_from=session.checkpoint)
    qtbot.waitUntil(lambda: len(session.listener.of("finished")) == 2, timeout=10_000)
    (started,) = session.listener.of("started")[1]
    assert started.first_epoch == 2.0
    np.testing.assert_array_equal(started.model.network.store.values, first.network.store.values)
    assert session.listener.of("weights")[-1][1] == 4.0


def test_a_diverging_run_gives_finite_weights_and_names_the_setting(qtbot, make):
    session = make()
    angle = PRESETS["angle"]
    session.start(angle, short(angle, optimizer="gradient_descent", learning_rate=1e6, schedule="constant"))
    wait_for_end(qtbot, session)
    finished, model = session.listener.of("finished")[0]
    assert finished.reason == "diverged"
    assert "learning rate" in finished.message.lower()
    assert np.isfinite(model.network.store.values).all()
