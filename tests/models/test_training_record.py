"""A training summary read back, also one of an earlier version and a damaged one."""

import pytest

from models import PRESETS, load
from models.recipes.earlier_training import EarlierTraining
from models.recipes.training_record import recorded_training
from tests.tables import over


@over("name", PRESETS)
def test_the_record_of_a_shipped_model(name):
    training = load(name).training
    record = recorded_training(training)
    assert record.epochs == training["epochs"]
    assert [event.epoch for event in record.history] == list(range(1, record.epochs + 1))
    assert [event.step for event in record.history] == sorted({event.step for event in record.history})
    assert record.steps == record.history[-1].step > 0
    assert record.history[-1].validation_loss == training["history"][-1]["validation_loss"]


@pytest.mark.parametrize(
    "summary", [{}, {"history": 3}, {"history": [1, {"epoch": "x"}], "epochs": True, "images": -1}]
)
def test_nonsense_is_no_record(summary):
    assert recorded_training(summary) == EarlierTraining()
