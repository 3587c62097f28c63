"""Each rule on a recorded run that shows it, on the healthy ones of the presets, and on those of the other rules."""

from dataclasses import replace

import numpy as np
import pytest
from hint_runs import FOLDER, SICK, few, load, observe

from engine.batches.examples import copied_examples
from engine.errors import ConfigurationError, DataError
from engine.training.config import TrainingConfig
from engine.training.hints.observations import DataFacts, median
from engine.training.hints.registry import HINTS, find_hints
from engine.training.trainer import Trainer
from models import PRESETS
from tests.tables import over

RUNS = {path.stem: load(path) for path in sorted(FOLDER.glob("*.json"))}
HEALTHY = sorted(name for name in RUNS if name.startswith("healthy-"))
# What a run shows beside what it was made for.
ALSO = {"dead_units": {"rate_too_high"}, "exploding_gradients": {"diverging"}}


def until(run, epochs):
    """The run as it was after some epochs."""
    seen = run.batch_epochs <= epochs
    return replace(
        run,
        epochs=run.epochs[:epochs],
        batch_losses=run.batch_losses[seen],
        batch_epochs=run.batch_epochs[seen],
        readings=tuple(reading for reading in run.readings if reading.epoch <= epochs),
        ending="",
    )


def test_every_rule_has_a_run_that_shows_it_and_every_preset_a_healthy_one():
    assert {name for name in RUNS if not name.startswith("healthy-")} == set(HINTS)
    assert set(SICK) == set(HINTS)
    assert [name.removeprefix("healthy-") for name in HEALTHY] == sorted(PRESETS)


@over("key", HINTS)
def test_a_rule_finds_what_it_is_for_in_numbers_and_says_what_to_change(key):
    run, rule = RUNS[key], HINTS[key]
    finding = find_hints(run)[key]
    assert any(letter.isdigit() for letter in finding.saw)
    for sentence in (finding.saw, finding.advice, rule.why):
        assert sentence.endswith(".")
    assert 0 <= finding.first_epoch <= finding.last_epoch <= len(run.epochs) + 1
    assert finding.change
    settings = {name: value for name, value in finding.change.items() if name != "preset"}
    changed = replace(run.config, **settings)
    assert changed != run.config or finding.change.get("preset") in PRESETS


@pytest.mark.parametrize("key", HINTS)
def test_a_rule_is_silent_on_runs_that_do_not_show_it(key):
    silent = [name for name in RUNS if name != key and key not in ALSO.get(name, ())]
    assert len(silent) >= 5
    for name in silent:
        assert key not in find_hints(RUNS[name]), name


@pytest.mark.parametrize("name", HEALTHY)
def test_no_rule_speaks_at_any_time_of_a_healthy_run(name):
    run = RUNS[name]
    for epochs in range(len(run.epochs) + 1):
        assert not find_hints(until(run, epochs)), epochs


@pytest.mark.parametrize("key", ["batch_too_large", "rate_too_high", "validation_leaking", "dead_units"])
def test_a_real_run_gives_what_was_recorded(key):
    run = SICK[key]()
    assert key in find_hints(run)
    np.testing.assert_allclose(run.losses[:1], RUNS[key].losses[:1], rtol=0.05)


def test_following_the_advice_ends_the_hint():
    preset = PRESETS["softmax"]
    config = replace(preset.defaults, batch_size=500, epochs=5)
    finding = find_hints(observe(preset, config, *few(600)))["batch_too_large"]
    better = observe(preset, replace(config, **finding.change), *few(600))
    assert not find_hints(better)


# ---- what the advice needs ----


@pytest.mark.parametrize("values", [(3.0,), (4.0, 1.0), (9.0, 1.0, 2.0), (5.0, 1.0, 8.0, 2.0)])
def test_the_middle_is_that_of_numpy(values):
    assert median(np.array(values)) == np.median(values)


def labelled(counts):
    draw = np.random.default_rng(0)
    labels = np.repeat(np.arange(len(counts)), counts)
    images = draw.random((len(labels), 20, 20)).astype(np.float32)
    return images, labels


def test_balanced_classes_count_the_same():
    preset = PRESETS["softmax"]
    images, labels = labelled([60, 20, 0, 10])
    config = TrainingConfig(epochs=1, batch_size=90, threads=1, optimizer="gradient_descent", learning_rate=1.0)
    networks = [preset.build(), preset.build()]
    Trainer(networks[0], replace(config, balance=True)).fit(images, labels)
    weights = [90 / (3 * 60), 90 / (3 * 20), 0, 90 / (3 * 10), 0, 0, 0, 0, 0, 0]
    Trainer(networks[1], replace(config, class_weights=tuple(weights))).fit(images, labels)
    np.testing.assert_array_equal(networks[0].store.values, networks[1].store.values)


def test_balance_needs_classes():
    preset = PRESETS["angle"]
    with pytest.raises(ConfigurationError, match="one class"):
        Trainer(preset.build(), TrainingConfig(balance=True)).fit(np.zeros((4, 20, 20, 1)), np.zeros((4, 1)))


def test_copies_are_found_and_left_out_of_validation():
    images, labels = labelled([30, 30])
    held_out = np.concatenate([images[:5], labelled([10])[0] / 2])
    np.testing.assert_array_equal(copied_examples(images, held_out), np.arange(15) < 5)
    facts = DataFacts.of(images, labels, held_out, classes=3)
    assert (facts.digits, facts.validation_digits, facts.class_counts, facts.copies) == (60, 15, (30, 30, 0), 5)
    config = TrainingConfig(epochs=1, threads=1, distinct=True)
    preset = PRESETS["softmax"]
    answers = np.zeros(15, np.int64)
    answers[:5] = 9
    losses = [
        Trainer(preset.build(), config).fit(images, labels, data).history[0].validation_loss
        for data in ((held_out, answers), (held_out[5:], answers[5:]))
    ]
    assert losses[0] == losses[1]
    with pytest.raises(DataError, match="also a training digit"):
        Trainer(preset.build(), config).fit(images, labels, (images[:3], labels[:3]))


def test_a_loss_that_jumps_about_does_not_diverge():
    preset = PRESETS["softmax"]
    config = replace(preset.defaults, learning_rate=3.0, epochs=5, batch_size=64)
    found = find_hints(observe(preset, config, *few(600)))
    assert "rate_too_high" in found
    assert "diverging" not in found
