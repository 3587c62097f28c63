"""A training in words."""

from dataclasses import replace

import pytest
from fake_training import epoch_ended

from engine.training.messages import TrainingFinished, TrainingMonitor
from gui.lab.training_validation import rule_of
from gui.workspaces.train.wording import duration_text, finished_text, progress_text


def finished(reason="completed", message="Finished 2 epochs."):
    return TrainingFinished(reason, message, 2, 2, (), 100.0, 1.5)


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0 s"), (59.4, "59 s"), (125, "2 min 5 s"), (4325, "1 h 12 min")])
def test_durations(seconds, text):
    assert duration_text(seconds) == text


def test_finished_in_words():
    assert finished_text(finished()) == "Finished 2 epochs · 1.5 s"


def test_rules_without_a_must_are_kept_whole():
    assert rule_of("There is no optimizer 'x'.") == "There is no optimizer 'x'."


def epoch(number, accuracy):
    return epoch_ended(number, validation_metrics={"accuracy": accuracy})


def test_the_figure_is_that_of_the_weights_that_are_kept():
    history = (epoch(1, 0.954), epoch(2, 0.961))
    run = TrainingFinished("completed", "Finished 2 epochs.", 2, 1, history, 100.0, 1.5, history[1])
    assert finished_text(run).endswith(" · validation accuracy 96.1 %")
    best = replace(run, kept=history[0])
    assert finished_text(best).endswith(" · kept epoch 1: validation accuracy 95.4 %")
    # What is finished counts from the model's beginning, as the charts do.
    on = replace(best, epochs=42, history=(epoch(41, 0.954), epoch(42, 0.961)), kept=epoch(41, 0.954))
    assert finished_text(on, 40).startswith("Finished 2 epochs, 42 in all · 1.5 s · kept epoch 41: ")
    # Measured when Stop came within an epoch.
    assert finished_text(replace(run, kept=epoch(2, 0.97))).endswith(" · validation accuracy 97.0 %")


def progress(**values):
    monitor = TrainingMonitor()
    monitor.begin(30, 10)
    monitor.record_paused(True)
    return replace(monitor.take(), **values)


def test_a_pause_in_words():
    assert (
        progress_text(progress(step=1, epoch=1), metrics="loss 2.31") == "Paused in epoch 1 of 30 · step 1 · loss 2.31"
    )
    # The epoch that has just ended, not the one that has not begun.
    assert progress_text(progress(step=10, epoch=2)) == "Paused after epoch 1 of 30 · step 10"
    assert progress_text(progress(step=10, epoch=2), 40, 400) == "Paused after epoch 41 of 70 · step 410"
    # A metric that was measured before the present weights names its epoch.
    known = "validation accuracy 97.0 %"
    assert progress_text(progress(step=10, epoch=2), metrics=known).endswith(f" · step 10 · {known}")
    within = progress_text(progress(step=14, epoch=2), 40, 400, known)
    assert within == f"Paused in epoch 42 of 70 · step 414 · epoch 41: {known}"


def test_a_continued_run_counts_on():
    assert progress_text(progress(epoch=2, paused=False), 10, 100) == "Epoch 12 of 40"
