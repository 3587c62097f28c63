"""Sweeps: what is varied, how trials are handed out and counted, and what a sweep says as a whole."""

import multiprocessing
import os
import signal
import threading
from collections import Counter

import numpy as np
import pytest
from sweep_workers import Threads, few_digits

from engine.errors import ConfigurationError
from engine.network.draft import NetworkDraft
from engine.storage.runs.run_store import RunStore
from models import PRESETS
from models.presets.own import OwnPreset
from models.presets.own_files import own_folder, save_own
from models.recipes.training_data import fewer_examples
from models.sweeps.local_processes import LocalProcesses
from models.sweeps.plan import make_plan
from models.sweeps.summary import summarize
from models.sweeps.sweep import Sweep, TrialState
from models.sweeps.trial import TrialOutcome
from models.sweeps.variation import FIELDS, Variation, parse_variation
from tests.tables import over


def plan_of(*texts, preset="softmax", repeat=1):
    return make_plan(preset, [parse_variation(text) for text in texts], repeat)


@over(
    ("text", "values"),
    [
        ("learning_rate=0.1,0.01", (0.1, 0.01)),
        ("learning-rate=0.001..0.1:3log", (0.001, 0.01, 0.1)),
        ("l2=0,1e-4..1e-2*3log", (0.0, 1e-4, 1e-3, 1e-2)),
        ("batch_size=32..128:3", (32, 80, 128)),
        ("batch_size=1..3:9", (1, 2, 3)),
        ("augment=yes,no", (True, False)),
        ("clip_norm=off,5", (None, 5.0)),
        ("patience=off,3", (None, 3)),
        ("optimizer=adam,lbfgs", ("adam", "lbfgs")),
        ("digits=0-1,3-8", ("0-1", "3-8")),
    ],
)
def test_values_and_ranges_are_read(text, values):
    variation = parse_variation(text)
    assert variation.values == values
    assert [type(value) for value in variation.values] == [type(value) for value in values]


@over(
    ("text", "word"),
    [
        ("color=red", "color"),
        ("learning_rate", "FIELD=V"),
        ("learning_rate=", "FIELD=V"),
        ("learning_rate=fast", "fast"),
        ("learning_rate=nan", "nan"),
        ("learning_rate=0,05", "'05'"),
        ("epochs=1,000", "'000'"),
        ("epochs=1.5", "1.5"),
        ("epochs=1..9:1", "from 2"),
        ("l2=0..1:3log", "above 0"),
        ("augment=maybe", "maybe"),
        ("optimizer=fastest", "fastest"),
        ("optimizer=a..b:3", "numbers"),
        ("digits=3/8", "3-8"),
    ],
)
def test_what_is_no_field_or_value_is_refused_in_one_sentence(text, word):
    with pytest.raises(ConfigurationError, match=r"^[^\n]+\.$") as caught:
        parse_variation(text)
    assert word in str(caught.value)


def test_every_setting_but_the_weights_of_classes_and_files_can_be_varied():
    settings = set(plan_of("epochs=1").trials[0].config.to_dict())
    # All trials would write the same file; each is kept as a run in any case.
    assert settings - set(FIELDS) == {"class_weights", "csv_settings", "checkpoint_settings"}


def test_a_plan_is_every_combination_with_every_seed():
    plan = plan_of("learning_rate=0.1,0.01", "l2=0,0.001", "epochs=1", repeat=3)
    assert len(plan.trials) == 12
    assert [variation.field for variation in plan.variations] == ["learning_rate", "l2"]
    assert {(one.config.learning_rate, one.config.l2, one.config.seed) for one in plan.trials} == {
        (rate, l2, seed) for rate in (0.1, 0.01) for l2 in (0.0, 0.001) for seed in (0, 1, 2)
    }
    assert [one.number for one in plan.trials] == list(range(12))
    assert len({one.run_id for one in plan.trials}) == 12
    assert all(one.config.threads == 1 and one.config.epochs == 1 for one in plan.trials)


def test_presets_and_optimizers_bring_their_own_settings():
    trials = plan_of("preset=softmax,mlp", "optimizer=adam,gradient_descent").trials
    assert {(one.preset, one.config.learning_rate) for one in trials} == {
        ("softmax", 0.003), ("softmax", 0.3), ("mlp", 0.002), ("mlp", 0.3),
    }  # fmt: skip
    [trial] = plan_of("digits=3-8", preset="logistic").trials
    assert trial.model_preset().labels == ("3", "8")


def test_a_network_of_ones_own_goes_to_its_worker_as_a_description():
    own = OwnPreset.of("mine", "Mine", PRESETS["softmax"], NetworkDraft((), 10))
    own = save_own(own, "Mine")
    trial = plan_of("epochs=1", "preset=softmax,mine").trials[1]
    (own_folder() / "mine.json").unlink()
    assert trial.model_preset().to_dict() == own.to_dict()


@over(
    ("preset", "texts", "repeat"),
    [
        ("softmax", ["learning_rate=-1"], 1),
        ("softmax", ["preset=softmax,resnet"], 1),
        ("softmax", ["l2=0", "l2=1"], 1),
        ("softmax", ["epochs=0"], 1),
        ("softmax", ["seed=1,2"], 2),
        ("softmax", ["epochs=1"], 0),
        ("softmax", ["examples=1"], 1),
        ("softmax", ["refuse=yes"], 1),
        ("softmax", ["digits=3-8"], 1),
        ("logistic", ["digits=3-3"], 1),
        ("softmax", ["l2=0..1:100", "l1=0..1:100"], 1),
        ("softmax", ["optimizer=lbfgs", "augment=yes"], 1),
    ],
)
def test_what_cannot_be_trained_is_refused_before_anything_begins(preset, texts, repeat):
    with pytest.raises(ConfigurationError, match=r"^[^\n]+\.$"):
        plan_of(*texts, preset=preset, repeat=repeat)


def test_fewer_examples_are_part_of_more():
    training = few_digits()[0]
    few, more = fewer_examples(training, 20, 1), fewer_examples(training, 60, 1)
    assert {image.tobytes() for image in few.images} < {image.tobytes() for image in more.images}
    assert fewer_examples(training, 20, 2).fingerprint != few.fingerprint


def test_each_trial_is_kept_as_a_run_of_the_sweep():
    store, told = RunStore(), []
    plan = plan_of("learning_rate=0.01,0.1", "epochs=2", "examples=100")
    states = Sweep(plan, Threads(store.root), store, told.append).run()
    assert [state.outcome.reason for state in states] == ["completed"] * 2
    assert [state.trial.number for state in told] == [0, 1]
    runs = {folder.run_id: (folder, entry) for folder, entry in store.list()[0]}
    assert set(runs) == {state.outcome.run for state in states} == {trial.run_id for trial in plan.trials}
    for state in states:
        folder, entry = runs[state.outcome.run]
        assert (entry.sweep, entry.outcome, entry.data.images) == (plan.sweep_id, "completed", 100)
        assert entry.data.arguments == {"examples": 100}
        assert entry.training_config() == state.trial.config
        assert (
            state.outcome.metrics["validation_loss"]
            == folder.epochs()[-1].validation_loss
            == state.epochs[-1].validation_loss
        )
        assert 0 < state.outcome.metrics["learned_accuracy"] <= 1
    # The same trial gives the same metrics again.
    again = Sweep(plan_of("learning_rate=0.1", "epochs=2", "examples=100"), Threads(store.root), store).run()
    assert again[0].outcome.metrics == states[1].outcome.metrics


def test_what_cannot_be_trained_with_these_digits_is_an_outcome():
    store = RunStore()
    states = Sweep(plan_of("examples=100,1000", "epochs=1"), Threads(store.root), store).run()
    assert [state.outcome.reason for state in states] == ["completed", "failed"]
    assert "1,000" in states[1].outcome.message
    assert len(store.list()[0]) == 1


def test_a_trial_whose_worker_was_lost_is_trained_again_and_counted_once():
    store, told = RunStore(), []
    workers = Threads(store.root, {0: 1, 2: 2})
    states = Sweep(plan_of("l2=0,0.1,0.2,0.3", "epochs=1"), workers, store, told.append).run()
    assert [state.outcome.reason for state in states] == ["completed"] * 4
    assert sorted(state.trial.number for state in told) == [0, 1, 2, 3]
    assert Counter(workers.begun) == {0: 2, 1: 1, 2: 3, 3: 1}
    assert len(store.list()[0]) == 4


def test_a_trial_that_ends_every_worker_is_given_up_and_the_others_are_not():
    store = RunStore()
    states = Sweep(plan_of("l2=0,0.1,0.2", "epochs=1"), Threads(store.root, {1: 99}), store).run()
    assert [state.outcome.reason for state in states] == ["completed", "failed", "completed"]
    assert "3 times" in states[1].outcome.message


def test_one_trial_or_all_are_stopped():
    store = RunStore()
    plan = plan_of("l2=0,0.1,0.2,0.3", "epochs=100000", "restore_best=no")
    workers, ended = Threads(store.root), []
    sweep = Sweep(plan, workers, store, ended.append)
    thread = threading.Thread(target=sweep.run)
    sweep.stop(3)
    thread.start()
    while not store.list()[0] or not store.list()[0][0][0].epochs():
        thread.join(0.01)
        assert thread.is_alive()
    sweep.stop(0)
    while len(store.list()[0]) < 2 or not all(folder.epochs() for folder, _ in store.list()[0]):
        thread.join(0.01)
        assert thread.is_alive()
    sweep.stop()
    thread.join()
    reasons = {state.trial.number: (state.outcome.reason, bool(state.outcome.run)) for state in sweep.states()}
    assert reasons[3] == ("stopped", False)
    assert reasons[0] == reasons[1] == ("stopped", True)
    assert reasons[2][0] == "stopped"
    assert len(ended) == 4
    assert {entry.outcome for _, entry in store.list()[0]} == {"stopped"}


def state_of(trial, accuracy, reason="completed"):
    metrics = {"validation_accuracy": accuracy, "validation_loss": 1 - accuracy}
    return TrialState(trial, "ended", TrialOutcome(trial.number, reason, "", metrics=metrics))


def test_the_summary_has_the_best_and_mean_and_deviation_over_seeds():
    trials = plan_of("l2=0,0.1", repeat=3).trials
    accuracies = [0.8, 0.9, 0.85, 0.95, 0.99, 0.7]
    states = [state_of(trial, value) for trial, value in zip(trials, accuracies, strict=True)]
    # Neither a trial that diverged nor one that was stopped counts, however good it looks.
    states[4] = state_of(trials[4], 0.99, "stopped")
    summary = summarize(states)
    assert summary.objective == "validation_accuracy"
    assert summary.best is states[3]
    first, second = summary.combinations
    assert (first.values, first.trials) == ({"l2": 0.0}, (0, 1, 2))
    assert first.mean("validation_accuracy") == pytest.approx(np.mean(accuracies[:3]))
    assert first.deviation("validation_accuracy") == pytest.approx(np.std(accuracies[:3], ddof=1))
    assert second.mean("validation_accuracy") == pytest.approx(0.825)
    assert summarize([TrialState(trial) for trial in trials]).best is None


def test_values_know_whether_they_are_powers():
    assert Variation("l2", (0.001, 0.01, 0.1)).is_logarithmic
    assert not Variation("l2", (0.0, 0.01, 0.1)).is_logarithmic
    assert not Variation("epochs", (1, 2, 3)).is_logarithmic
    assert not Variation("augment", (True, False)).is_number


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_processes_train_and_one_that_is_killed_costs_no_trial():
    store = RunStore()
    plan = plan_of("l2=0,0.01,0.02", "epochs=100")
    sweep = Sweep(plan, LocalProcesses(few_digits(), store.root, 2), store)
    before = set(multiprocessing.active_children())
    thread = threading.Thread(target=sweep.run)
    thread.start()
    while not any((store.root / trial.run_id / "epochs.jsonl").exists() for trial in plan.trials):
        thread.join(0.01)
        assert thread.is_alive()
    victim = next(iter(set(multiprocessing.active_children()) - before))
    os.kill(victim.pid, signal.SIGKILL)
    thread.join()
    states = sweep.states()
    assert [state.outcome.reason for state in states] == ["completed"] * 3
    assert sum(state.attempts for state in states) >= 1
    kept = store.list()[0]
    assert sorted(folder.run_id for folder, _ in kept) == [trial.run_id for trial in plan.trials]
    assert all(len(folder.epochs()) == 100 for folder, _ in kept)
    assert set(multiprocessing.active_children()) == before
