"""A model learns from somebody's few digits without forgetting the others, and stays as careful as it was."""

import numpy as np
import pytest

from engine.data import Dataset, bundled_split
from engine.errors import ConfigurationError, DataError
from models import PRESETS, load
from models.presets.own import OwnPreset, as_own
from models.presets.question import preset_of_model
from models.recipes.fine_tuning import FineTuning, carried_calibration, fine_tune

QUICK = FineTuning(epochs=1, old=300, styles=1)


def _mirrored(count=6):
    """Digits of somebody who writes 3 and 7 as in a mirror."""
    digits = bundled_split()[0]
    places = np.concatenate([np.flatnonzero(digits.labels == digit)[:count] for digit in (3, 7)])
    return Dataset(digits.images[places][:, :, ::-1].copy(), digits.labels[places], "mirrored")


@pytest.fixture(scope="module")
def tuned():
    reported = []
    model = load("mlp")
    before = model.network.store.snapshot()
    learned = fine_tune(
        model, _mirrored(), reported.append, FineTuning(learning_rate=0.005, epochs=3, old=600, styles=1)
    )
    return model, before, learned, reported


def test_it_learns_and_the_given_model_is_unchanged(tuned):
    model, before, learned, reported = tuned
    mine = _mirrored()
    right = [(one.answer(mine.images).argmax(axis=1) == mine.labels).mean() for one in (model, learned)]
    assert right[0] < 0.5
    assert right[1] > 0.9
    np.testing.assert_array_equal(model.network.store.snapshot(), before)
    assert reported == sorted(reported)
    assert reported[-1] == 1.0
    assert learned.labels == model.labels


def test_equal_seeds_give_equal_models(tuned):
    model, _, learned, _ = tuned
    again = fine_tune(model, _mirrored(), None, FineTuning(learning_rate=0.005, epochs=3, old=600, styles=1))
    np.testing.assert_array_equal(learned.network.store.snapshot(), again.network.store.snapshot())
    assert learned.calibration == again.calibration


def test_what_would_be_forgotten_is_taken_back_on_the_way_to_the_old_weights():
    model, validation = load("softmax"), bundled_split()[1]
    wrong = _mirrored(20)
    far, near = (
        fine_tune(model, wrong, None, FineTuning(learning_rate=0.03, epochs=1, old=200, styles=0, most_lost=lost))
        for lost in (1.0, 0.002)
    )
    old, new, kept = (one.network.store.snapshot() for one in (model, far, near))
    right = [(one.answer(validation.images).argmax(axis=1) == validation.labels).mean() for one in (model, far, near)]
    assert right[1] < right[0] - 0.002
    assert right[1] < right[2]
    share = float((kept - old) @ (new - old) / ((new - old) @ (new - old)))
    assert 0.49 < share < 1
    np.testing.assert_allclose(kept, old + np.float32(share) * (new - old), rtol=0, atol=1e-5)


def test_a_model_that_refuses_refuses_the_same_share_of_validation_digits():
    model, validation = load("cnn"), bundled_split()[1]
    learned = fine_tune(model, _mirrored(), None, QUICK, none=np.ones((2, 20, 20), np.float32))
    assert learned.calibration.threshold != model.calibration.threshold
    shares = [one.rejects(validation.images).mean() for one in (model, learned)]
    assert shares[1] == pytest.approx(shares[0], abs=1.01 / len(validation))


@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "categorical_crossentropy", "huber"])
def test_a_network_of_ones_own_learns_whatever_its_loss(loss):
    shipped = as_own(PRESETS["softmax"])
    own = OwnPreset.of("mine", "Mine", shipped.question, shipped.draft, loss)
    model = own.model(own.build(1))
    learned = fine_tune(model, _mirrored(), None, QUICK)
    assert learned.answer(_mirrored().images).shape == (12, 10)
    targets = preset_of_model(model).targets(np.array([3, 7]))
    np.testing.assert_array_equal(targets, own.targets(np.array([3, 7])))


def test_two_other_digits_are_told_apart():
    """Not those of the preset as it comes with us."""
    pair = PRESETS["logistic"].with_digits(3, 7)
    model = pair.model(pair.build(0))
    assert preset_of_model(model).labels == model.labels == ("3", "7")
    learned = fine_tune(model, _mirrored(), None, FineTuning(learning_rate=0.01, epochs=3, old=300, styles=1))
    answered = np.array([3, 7])[np.asarray(learned.answer(_mirrored().images)).argmax(axis=1)]
    assert np.mean(answered == _mirrored().labels) > 0.7


def test_an_unchanged_model_keeps_its_calibration():
    model, validation = load("cnn"), bundled_split()[1].subset(np.arange(300))
    kept = carried_calibration(model, model, PRESETS["cnn"], validation)
    assert kept.temperature == pytest.approx(model.calibration.temperature, rel=1e-3)
    shares = [(kept if one else model.calibration).rejects(model.logits(validation.images)).mean() for one in (0, 1)]
    assert shares[1] == pytest.approx(shares[0], abs=1.01 / 300)


@pytest.mark.parametrize("name", ["logistic", "softmax", "multilabel", "angle"])
def test_models_of_every_task_learn(name):
    digits = bundled_split()[0].subset(np.arange(40))
    model = load(name)
    learned = fine_tune(model, digits, None, QUICK)
    assert (learned.network.store.snapshot() != model.network.store.snapshot()).any()
    assert np.isfinite(learned.answer(digits.images)).all()


def test_only_the_last_layers_learn_where_that_is_asked():
    model = load("cnn")
    learned = fine_tune(model, _mirrored(), None, FineTuning(epochs=1, old=300, styles=0, last_layers=1))
    changed = [
        any((a != b).any() for a, b in zip(old.get_weights(), new.get_weights(), strict=True))
        for old, new in zip(model.network.layers, learned.network.layers, strict=True)
        if old.parameters
    ]
    assert changed == [False, False, False, True]


def test_what_cannot_be_learned_is_refused_in_words():
    model = load("logistic")
    with pytest.raises(DataError, match="no 0 and no 1"):
        fine_tune(model, _mirrored(), None, QUICK)
    with pytest.raises(DataError, match="no digit to learn from"):
        fine_tune(load("softmax"), _mirrored(0), None, QUICK)
    model.labels = ("cat", "dog")
    with pytest.raises(ConfigurationError, match="no question about digits"):
        fine_tune(model, _mirrored(), None, QUICK)


def test_whoever_hears_of_the_progress_may_end_it():
    def stop(share):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        fine_tune(load("softmax"), _mirrored(), stop, QUICK)
