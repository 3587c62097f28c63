"""Settings of a class as text and as a form: its constructor is the only place that knows them."""

import inspect
from types import SimpleNamespace

import numpy as np
import pytest

from engine.core.class_settings import ClassSetting, read_settings, settings_of
from engine.errors import ConfigurationError
from engine.optimizers.learning_rates import ExponentialDecay
from engine.optimizers.rate_schedules import RateSchedule
from engine.optimizers.schedules import SCHEDULES, ReduceOnPlateau, make_schedule
from engine.sequential.watching import EarlyStopping as KerasStopping
from engine.training.config import TrainingConfig
from engine.training.messages import EpochEnded
from engine.training.trainer import Trainer, early_stopping, further_metrics
from models import PRESETS
from tests.tables import over


def test_the_constructor_says_what_there_is():
    assert settings_of(ReduceOnPlateau) == (
        ClassSetting("factor", 0.5),
        ClassSetting("patience", 3),
        ClassSetting("threshold", 1e-4),
        ClassSetting("lowest_fraction", 1e-4),
        ClassSetting("monitor", "val_loss"),
        ClassSetting("mode", "auto"),
        ClassSetting("min_delta", 0.0),
        ClassSetting("cooldown", 0),
        ClassSetting("min_lr", 0.0),
    )
    assert [one.name for one in settings_of(ExponentialDecay)] == ["decay_steps", "decay_rate", "staircase"]


@over("kind", SCHEDULES)
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
        epochs=30, patience=1, stopping_settings="min_delta=10", metrics="macro_f1, calibration_error", threads=1
    )
    draw = np.random.default_rng(0)
    x, y = draw.random((40, 20, 20)), draw.integers(0, 10, 40)
    finished = Trainer(training, config).fit(x, y)
    assert finished.reason == "early stopping"
    assert finished.epochs == 2
    assert list(finished.history[0].metrics) == ["accuracy", "macro_f1", "calibration_error"]
    with pytest.raises(ConfigurationError, match="top_3_accuracy"):
        further_metrics("rmse", "classes")


def test_a_rate_in_stages_follows_the_knob():
    schedule = make_schedule("piecewise_constant", "boundaries=10,20 values=0.1,0.05,0.001")
    schedule.begin(0.1, 100, 10)
    assert [schedule.rate(step) for step in (0, 10, 11, 20, 21)] == [0.1, 0.1, 0.05, 0.05, 0.001]
    schedule.base_rate = 0.2
    assert schedule.rate(15) == pytest.approx(0.1)
    later = make_schedule("piecewise_constant", "boundaries=10,20 values=0.1,0.05,0.001")
    later.load_state_dict(schedule.state_dict())
    later.begin(0.2, 100, 10, resumed=True)
    assert later.rate(15) == schedule.rate(15)
    usual = make_schedule("piecewise_constant")
    usual.begin(0.1, 100, 10)
    assert [usual.rate(step) for step in (50, 51, 76)] == pytest.approx([0.1, 0.01, 0.001])
    for text in ("boundaries=10", "boundaries=10,5 values=1,2,3", "values=-1", "boundaries=ten values=1,2"):
        with pytest.raises(ConfigurationError, match=r"\.$"):
            make_schedule("piecewise_constant", text)


def epochs(**metrics):
    """Events of epochs whose metrics are these lists."""
    count = len(next(iter(metrics.values())))
    return [
        EpochEnded(
            number + 1, number, 1.0, 1.0, {"accuracy": 0.5}, metrics.get("loss", [1.0] * count)[number],
            {"accuracy": metrics.get("accuracy", [0.5] * count)[number]}, 0.1, 1.0, 1.0, False,
        )
        for number in range(count)
    ]  # fmt: skip


@over(
    ("settings", "metrics", "stops_after"),
    [
        ("", {"loss": [3, 2, 1, 2, 2, 2]}, 5),
        ("monitor=val_accuracy", {"accuracy": [0.1, 0.3, 0.2, 0.3, 0.9, 0.9]}, 4),
        ("monitor=val_accuracy mode=min", {"accuracy": [0.3, 0.2, 0.1, 0.1, 0.2, 0.2]}, 5),
        ("monitor=val_accuracy min_delta=0.05", {"accuracy": [0.1, 0.11, 0.12, 0.9, 0.9, 0.9]}, 3),
        ("start_from_epoch=2", {"loss": [1, 2, 3, 3, 3, 3]}, 5),
        ("baseline=1.5", {"loss": [4, 3, 2.5, 2, 2, 2]}, 5),
        ("monitor=loss", {"loss": [4, 3, 2, 1, 0.5, 0.1]}, 3),
    ],
)
def test_stopping_early_counts_as_keras_does(settings, metrics, stops_after):
    """Against the same callback under Keras' name, which is compared with Keras itself elsewhere."""
    config = TrainingConfig(patience=2, stopping_settings=settings)
    ours, stopped = early_stopping(config, "classes"), []
    run = SimpleNamespace(resumed=False, stop=lambda _reason, message: stopped.append(message))
    told = {
        name: value if name in ("monitor", "mode") else float(value)
        for name, value in (part.split("=") for part in settings.split())
    }
    theirs = KerasStopping(patience=2, **told)
    theirs.model = SimpleNamespace(stop_training=False)
    ours.on_train_begin(run)
    theirs.on_train_begin()
    ends = []
    for number, event in enumerate(epochs(**metrics)):
        ours.on_epoch_end(run, event)
        logs = {
            "loss": event.loss,
            "val_loss": event.validation_loss,
            "val_accuracy": event.validation_metrics["accuracy"],
        }
        theirs.on_epoch_end(number, logs)
        assert bool(stopped) == theirs.model.stop_training
        if stopped:
            ends.append(event.epoch)
    assert ends[0] == stops_after


def test_what_a_run_does_not_compute_is_not_watched():
    with pytest.raises(ConfigurationError, match="val_macro_f1"):
        early_stopping(TrainingConfig(patience=2, stopping_settings="monitor=val_macro_f1"), "classes")
    config = TrainingConfig(patience=2, stopping_settings="monitor=val_macro_f1", metrics="macro_f1")
    assert early_stopping(config, "classes").monitor == "val_macro_f1"
    with pytest.raises(ConfigurationError, match="mode"):
        early_stopping(TrainingConfig(patience=2, stopping_settings="mode=up"), "classes")


def test_the_word_of_older_runs_is_understood():
    config = TrainingConfig(patience=2, stopping_settings="minimum_change=0.5")
    assert early_stopping(config, "classes").min_delta == 0.5
