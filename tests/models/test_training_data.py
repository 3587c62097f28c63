"""What is trained on, and what a model file says about it afterwards."""

import numpy as np
import pytest

from engine.data import load_bundled
from engine.errors import DataError
from engine.training.messages import EpochEnded, TrainingFinished
from models import PRESETS
from models.recipes.training_data import training_data
from models.recipes.training_summary import training_summary


def write_digits(path, count, wanted=range(10)):
    digits = load_bundled()
    chosen = np.flatnonzero(np.isin(digits.labels, list(wanted)))[:count]
    np.savez(path, images=digits.images[chosen], labels=digits.labels[chosen])
    return str(path)


def test_bundled_digits_keep_their_split():
    training, validation = training_data(PRESETS["cnn"])
    assert (len(training), len(validation)) == (8500, 1500)
    training, validation = training_data(PRESETS["logistic"])
    assert set(training.labels) == set(validation.labels) == {0, 1}


def test_own_data_are_cut_in_equal_shares(tmp_path):
    path = write_digits(tmp_path / "digits.npz", 400)
    training, validation = training_data(PRESETS["softmax"], path)
    assert (len(training), len(validation)) == (340, 60)
    assert set(validation.labels) == set(range(10))
    again = training_data(PRESETS["softmax"], path)[1]
    np.testing.assert_array_equal(validation.images, again.images)


@pytest.mark.parametrize(("count", "wanted"), [(1, [4]), (30, [4])])
def test_too_little_to_learn_from(tmp_path, count, wanted):
    path = write_digits(tmp_path / "digits.npz", count, wanted)
    with pytest.raises(DataError, match=r"digits\.npz"):
        training_data(PRESETS["softmax"], path)


def test_one_kind_of_digit_is_enough_for_angles(tmp_path):
    training, validation = training_data(PRESETS["angle"], write_digits(tmp_path / "digits.npz", 10, [4]))
    assert (len(training), len(validation)) == (8, 2)


def epoch(number):
    return EpochEnded(
        number, 10 * number, 0.5, 0.5, {"accuracy": 0.8}, 0.1 * number, {"accuracy": 0.9}, 0.1, 9, 1, False
    )


def finished(reason="completed", epochs=3):
    history = tuple(epoch(n + 1) for n in range(epochs))
    return TrainingFinished(reason, "Done.", epochs, 1, history, 100.0, 2.0, history[-1])


def test_the_summary_of_a_very_long_training_stays_short():
    summary = training_summary(PRESETS["cnn"].defaults, finished(epochs=2000), data="digits", images=8500)
    assert summary["epochs"] == 2000
    assert len(summary["history"]) == 500
    assert summary["history"][-1]["epoch"] == 2000
    assert summary["validation"] == {"accuracy": 0.9}
