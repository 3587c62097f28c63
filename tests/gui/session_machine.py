"""What must hold of a training session whatever is done to it, and a machine that does everything, in any order."""

import threading
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import ClassVar

import numpy as np
from fake_training import few_digits
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from PySide6.QtCore import QEventLoop, QObject, QTimer, Slot

from engine.layers import Dense, Dropout, Flatten
from engine.training.knobs import KNOBS
from gui.lab.dataset_library import DatasetEntry
from gui.lab.lab import Lab
from gui.lab.session_state import SessionState
from gui.lab.training_session import TrainingSession
from gui.services.settings import Settings
from models import PRESETS
from models.presets.softmax import DIGITS, DigitPreset

IDLE, RUNNING, PAUSED, STOPPING = SessionState
LEGAL = {
    (IDLE, RUNNING), (RUNNING, PAUSED), (PAUSED, RUNNING), (RUNNING, STOPPING), (PAUSED, STOPPING), (RUNNING, IDLE),
    (PAUSED, IDLE), (STOPPING, IDLE),
}  # fmt: skip
TURNS = [
    ("learning_rate", 1e-3), ("learning_rate", 5.0), ("l2", 0.0), ("l2", 0.01), ("dropout", 0.0), ("dropout", 0.5),
    ("augmentation", 0.0), ("augmentation", 2.0), ("batch_size", 1), ("batch_size", 4), ("batch_size", 64),
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class TinyPreset(DigitPreset):
    """A network that can be edited: so many hidden units, or none."""

    hidden: int = 0

    def layers(self):
        within = [Dense(self.hidden, activation="relu"), Dropout(0.2)] if self.hidden else []
        return [Flatten(), *within, Dense(10)]


@cache
def tiny(hidden, epochs):
    defaults = PRESETS["softmax"].settings("adam")
    values = {"epochs": epochs, "batch_size": 8, "threads": 1}
    config = type(defaults)(**(defaults.to_dict() | values))
    return TinyPreset("tiny", "Tiny", "Tiny.", DIGITS, "multiclass", 1, config, hidden=hidden)


@cache
def tiny_digits(first):
    return few_digits()[0].subset(np.arange(first, first + 28), f"digits from {first}")


def pass_time(milliseconds):
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def training_threads():
    return [thread for thread in threading.enumerate() if thread.name.startswith(("training-", "engine-"))]


class Witness(QObject):
    """Writes down what a session says; `seen` counts over all of a machine's sessions."""

    def __init__(self, session, seen):
        super().__init__()
        self.seen = seen
        self.states, self.runs, self.open_run = [IDLE], [], None
        session.state_changed.connect(self.on_state)
        session.started.connect(self.on_started)
        session.progressed.connect(self.on_progress)
        session.finished.connect(self.on_end)
        session.failed.connect(self.on_failed)

    @Slot(object)
    def on_state(self, state):
        self.states.append(state)
        self.seen[state.value] += 1

    @Slot(object)
    def on_started(self, started):
        assert self.open_run is None
        self.open_run = started.run_id
        self.runs.append(started.run_id)

    @Slot(object)
    def on_progress(self, progress):
        assert progress.run_id == self.open_run
        assert 0 <= progress.step <= progress.total_steps
        assert 1 <= progress.epoch <= progress.total_epochs
        assert np.isfinite(progress.epochs_after(progress.step))
        assert all(change.knob in KNOBS for change in progress.changes)
        self.seen.update(change.knob for change in progress.changes)

    @Slot(object, object)
    def on_end(self, finished, model):
        # A run that was stopped while it loaded has not begun.
        assert finished.reason in ("completed", "stopped", "diverged")
        assert (model is None) == (finished.epochs == 0 and not finished.seconds)
        self.open_run = None
        self.seen[finished.reason] += 1

    @Slot(str)
    def on_failed(self, message):
        raise AssertionError(message)


class SessionMachine(RuleBasedStateMachine):
    """Drives a lab. A subclass may do the same things with the mouse."""

    steps: ClassVar[int] = 0
    seen: ClassVar[Counter[str]] = Counter()

    @initialize()
    def open(self):
        self.threads_before = len(training_threads())
        self.session = TrainingSession(load_data=few_digits)
        self.lab = Lab(Settings(), session=self.session)
        for first in (0, 50):
            entry = DatasetEntry(f"from {first}", f"from {first}", lambda first=first: tiny_digits(first))
            self.lab.datasets.add(entry)
        self.lab.datasets.choose("from 0")
        self.lab.models.choose_first()
        self.witness = Witness(self.session, self.seen)
        self.hidden = 0
        self.look()

    def look(self):
        """A subclass opens its window."""

    @rule(epochs=st.integers(1, 6), hold=st.sampled_from([None, "batch", "epoch"]))
    def start(self, epochs, hold):
        was_idle = self.session.state is IDLE
        preset = tiny(self.hidden, epochs)
        assert self.session.start(preset, preset.defaults, hold_after=hold) == was_idle
        assert self.session.active

    @rule()
    def train_further(self):
        was_idle = self.session.state is IDLE
        preset = tiny(self.hidden, 2)
        before = self.session.checkpoint
        if before is None:
            assert not self.session.train_further(preset, preset.defaults)
            return
        # Another network than the one that was trained cannot go on with its weights: that is refused beforehand.
        if len(before.weights) == preset.build().store.snapshot().size:
            assert self.session.train_further(preset, preset.defaults) == was_idle

    @rule()
    def pause(self):
        self.session.pause()
        assert self.session.state is not RUNNING

    @rule()
    def resume(self):
        self.session.resume()
        assert self.session.state is not PAUSED

    @rule(epoch=st.booleans())
    def step(self, epoch):
        if epoch:
            self.session.step_epoch()
        else:
            self.session.step()

    @rule()
    def stop(self):
        active = self.session.active
        self.session.stop()
        assert (self.session.state is STOPPING) == active

    @rule(turns=st.lists(st.sampled_from(TURNS), min_size=1, max_size=4), go_on=st.booleans())
    def turn_knobs(self, turns, go_on):
        for turn in turns:
            self.session.turn(*turn)
        if go_on:
            self.session.resume()

    @rule(hidden=st.sampled_from([0, 2, 5]))
    def edit_the_network(self, hidden):
        self.hidden = hidden

    @rule(key=st.sampled_from(["from 0", "from 50"]))
    def change_the_data(self, key):
        assert self.lab.datasets.choose(key)

    @rule(number=st.integers(0, 20))
    def switch_the_model(self, number):
        entries = [entry for entry in self.lab.models.entries if entry.key != "training"]
        self.lab.models.choose(entries[number % len(entries)].key)

    @rule(milliseconds=st.sampled_from([0, 1, 4, 10]))
    def wait(self, milliseconds):
        pass_time(milliseconds)

    @rule()
    def wait_until_it_has_begun(self):
        for _ in range(1000):
            if self.witness.open_run is not None or not self.session.active:
                break
            pass_time(1)

    @rule(patience=st.integers(0, 2))
    def see_it_through(self, patience):
        if patience or self.session.state is PAUSED:
            return
        for _ in range(3000):
            if self.session.state in (IDLE, PAUSED):
                break
            pass_time(1)

    @rule(patience=st.integers(0, 9))
    def close_and_open_again(self, patience):
        # As seldom as people do.
        if patience == 0:
            self.close()
            self.open()

    @invariant()
    def nothing_illegal(self):
        type(self).steps += 1
        state = self.session.state
        assert self.session.active == (state is not IDLE)
        assert set(pairwise(self.witness.states)) <= LEGAL
        assert self.witness.states[-1] is state
        assert self.witness.runs == sorted(set(self.witness.runs))
        trainers = [thread for thread in threading.enumerate() if thread.name.startswith("training-")]
        assert len(trainers) <= 1

    def close(self):
        assert self.lab.close(5.0)
        assert self.session.state is IDLE
        assert len(training_threads()) <= self.threads_before
        self.lab.deleteLater()

    def teardown(self):
        if hasattr(self, "lab"):
            self.close()
