"""Settings of a class as text and as a form: its constructor is the only place that knows them."""

import inspect

import numpy as np
import pytest

from engine.core.class_settings import ClassSetting, read_settings, settings_of
from engine.errors import ConfigurationError
from engine.optimizers.learning_rates import ExponentialDecay
from engine.optimizers.schedules import SCHEDULES, RateSchedule, ReduceOnPlateau, make_schedule
from engine.training.config import TrainingConfig
from engine.training.trainer import Trainer, further_metrics
from models import PRESETS


def test_the_constructor_says_what_there_is():
    assert settings_of(ReduceOnPlateau) == (
        ClassSetting("factor", 0.5),
        ClassSetting("patience", 3),
        ClassSetting("threshold", 1e-4),
        ClassSetting("lowest_fraction", 1e-4),
    )
    assert [one.name for one in settings_of(ExponentialDecay)] == ["decay_steps", "decay_rate", "staircase"]


@pytest.mark.parametrize("kind", SCHEDULES)
def test_every_setting_of_a_schedule_is_an_argument_of_its_class(kind):
    made = SCHEDULES[kind]
    described = made.made if issubclass(made, RateSchedule) else made
    known = inspect.signature(described).parameters
    assert {one.name for one in made.settings()} <= set(known)


def test_settings_change_what_the_schedule_does():
    usual = make_schedule("exponential")
    told = make_schedule("exponential", "decay_steps=10 decay_rate=0.1 staircase=yes")
    for schedule in (usual, told):
        schedule.begin(1.0, 100, 10)
    assert told.rate(19) == pytest.approx(0.1)
    assert told.rate(20) == pytest.approx(0.01)
    assert usual.rate(25) == pytest.approx(0.5)


@pytest.mark.parametrize("text", ["factor", "speed=3", "factor=fast", "factor=1.5", "patience=0"])
def test_what_makes_no_sense_is_refused_in_words(text):
    with pytest.raises(ConfigurationError, match=r"\.$"):
        make_schedule("reduce_on_plateau", text)


def test_yes_and_no():
    offered = settings_of(ExponentialDecay)
    assert read_settings(offered, "staircase=no", "x") == {"staircase": False}
    with pytest.raises(ConfigurationError, match="yes or no"):
        read_settings(offered, "staircase=maybe", "x")


def test_a_run_uses_them_and_adds_its_metrics():
    preset = PRESETS["softmax"]
    training = preset.build()
    config = TrainingConfig(
        epochs=30, patience=1, stopping_settings="minimum_change=10", metrics="macro_f1, calibration_error", threads=1
    )
    draw = np.random.default_rng(0)
    x, y = draw.random((40, 20, 20)), draw.integers(0, 10, 40)
    finished = Trainer(training, config).fit(x, y)
    assert finished.reason == "early stopping"
    assert finished.epochs == 2
    assert list(finished.history[0].metrics) == ["accuracy", "macro_f1", "calibration_error"]
    with pytest.raises(ConfigurationError, match="top_3_accuracy"):
        further_metrics("rmse", "classes")
