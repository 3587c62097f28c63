"""A training in words."""

import pytest

from engine.training.messages import TrainingFinished
from gui.lab.training_validation import rule_of
from gui.workspaces.train.wording import duration_text, finished_text


def finished(reason="completed", message="Finished 2 epochs."):
    return TrainingFinished(reason, message, 2, 2, (), 100.0, 1.5)


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0 s"), (59.4, "59 s"), (125, "2 min 5 s"), (4325, "1 h 12 min")])
def test_durations(seconds, text):
    assert duration_text(seconds) == text


def test_finished_in_words():
    assert finished_text(finished()) == "Finished 2 epochs · 1.5 s"


def test_rules_without_a_must_are_kept_whole():
    assert rule_of("There is no optimizer 'x'.") == "There is no optimizer 'x'."
