"""Wrong labels are found by models that never saw the digit."""

from dataclasses import replace

import numpy as np
import pytest

from engine.data import bundled_split
from engine.errors import DataError
from models import label_check


class Enough(Exception):
    pass


@pytest.fixture(scope="module")
def digits():
    return bundled_split()[0].subset(np.arange(1500))


def test_wrong_labels_come_first(digits, monkeypatch):
    # A dense network learns 1,500 digits in no time; what is tested is who judges whom.
    monkeypatch.setattr(label_check, "PRESET", "mlp")
    wrong = np.arange(0, 1500, 60)
    labels = digits.labels.copy()
    labels[wrong] = (labels[wrong] + 5) % 10
    noisy = replace(digits, labels=labels)
    told = []
    probabilities = label_check.out_of_sample_probabilities(noisy, told.append)
    ranked = label_check.rank_suspicious(noisy, probabilities)
    assert np.isin(ranked[:8], wrong).mean() > 0.7
    assert told == sorted(told)
    assert told[0] == 0
    assert 0.5 < told[-1] <= 1
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-4)


def test_no_digit_is_judged_by_a_model_that_learned_it(digits, monkeypatch):
    seen, judged = [], []

    class Spy(label_check.Trainer):
        def fit(self, inputs, targets, validation=None):
            seen.append([image.tobytes() for image in np.asarray(inputs)])

    class Answers:
        def answer(self, images):
            judged.append([image.tobytes() for image in images])
            return np.zeros((len(images), 10), np.float32)

    monkeypatch.setattr(label_check, "Trainer", Spy)
    preset = type(label_check.PRESETS["cnn"])
    monkeypatch.setattr(preset, "model", lambda self, network: Answers())
    people = replace(digits, writers=np.arange(1500) // 100)
    label_check.out_of_sample_probabilities(people)
    assert sum(map(len, judged)) == 1500
    for learned, asked in zip(seen, judged, strict=True):
        assert len(learned) + len(asked) == 1500
        assert not set(learned) & set(asked)
        # Folds are whole writers.
        assert len(asked) % 100 == 0


def test_it_can_be_ended_and_refuses_too_few(digits):
    def enough(share):
        raise Enough

    with pytest.raises(Enough):
        label_check.out_of_sample_probabilities(digits, enough)
    with pytest.raises(DataError, match="50 digits are too few"):
        label_check.out_of_sample_probabilities(digits.subset(np.arange(50)))
