"""Every preset, also those that are added later: what it promises and that it can learn."""

from dataclasses import replace

import numpy as np
import pytest

from engine.data import Dataset, load_bundled
from engine.errors import ConfigurationError, DataError
from engine.network.gradient_check import check_gradients
from engine.storage.model import TASKS
from engine.storage.model_file import from_bytes, to_bytes
from engine.training.trainer import Trainer
from models import PRESETS
from models.presets.multilabel import PROPERTIES

EVERY = pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)


@pytest.fixture(scope="module")
def digits():
    return load_bundled().subset(np.arange(400))


@EVERY
def test_the_record_is_true(preset):
    network = preset.build(seed=1)
    assert network.count_params() == preset.parameter_count
    assert network.example_shape == preset.input_shape
    assert network.loss is not None
    assert PRESETS[preset.name] is preset
    assert preset.task in TASKS
    assert preset.title
    assert preset.description.endswith((".", "?"))
    outputs = {"binary": 1, "regression": 1}.get(preset.task, len(preset.labels))
    assert network.answer_shape == (outputs,)


@EVERY
def test_equal_seeds_give_equal_networks(preset):
    one, two = preset.build(seed=5), preset.build(seed=5)
    np.testing.assert_array_equal(one.store.values, two.store.values)


@EVERY
def test_what_is_fed_to_the_trainer(preset, digits):
    inputs, targets = preset.prepare(digits, np.random.default_rng(0))
    assert inputs.shape[1:] == preset.input_shape
    assert inputs.dtype == np.float32
    assert len(inputs) == len(targets)
    assert inputs.min() >= 0
    assert inputs.max() <= 1
    again, _ = preset.prepare(digits, np.random.default_rng(0))
    np.testing.assert_array_equal(inputs, again)


@EVERY
def test_the_gradients_are_right(preset, digits):
    chosen = preset.select(digits).subset(np.arange(4))
    inputs, targets = preset.prepare(chosen, np.random.default_rng(0))
    assert check_gradients(preset.build(0), inputs[:4], targets[:4], samples=8).passed


@EVERY
def test_it_learns_and_survives_a_file(preset, digits):
    inputs, targets = preset.prepare(digits.subset(np.arange(96)), np.random.default_rng(0))
    network = preset.build(0)
    before = network.loss.value(network.logits(inputs), network.loss.prepare_targets(targets, network.answer_shape))
    config = replace(preset.defaults, epochs=8, batch_size=32, augment=False, threads=1)
    finished = Trainer(network, config).fit(inputs, targets)
    assert finished.history[-1].data_loss < 0.8 * before
    model = preset.model(network, {"epochs": 2})
    answers = model.answer(digits.images[:3])
    assert answers.shape == (3, len(preset.labels))
    np.testing.assert_array_equal(from_bytes(to_bytes(model)).answer(digits.images[:3]), answers)


def test_logistic_for_any_two_digits(digits):
    preset = PRESETS["logistic"].with_digits(7, 4)
    assert preset.labels == ("7", "4")
    assert "7" in preset.description
    assert PRESETS["logistic"].labels == ("0", "1")
    inputs, targets = preset.prepare(digits, np.random.default_rng(0))
    chosen = digits.labels[np.isin(digits.labels, (4, 7))]
    np.testing.assert_array_equal(targets, chosen == 4)
    assert len(inputs) == len(chosen)


@pytest.mark.parametrize("pair", [(3, 3), (-1, 2), (2, 10)])
def test_impossible_pairs(pair):
    with pytest.raises(ConfigurationError, match="two different ones"):
        PRESETS["logistic"].with_digits(*pair)


def test_only_logistic_has_a_pair():
    with pytest.raises(ConfigurationError, match="logistic"):
        PRESETS["cnn"].with_digits(1, 2)


def test_data_without_the_two_digits():
    only_nines = Dataset(np.ones((3, 20, 20), np.float32), np.full(3, 9), "nines")
    with pytest.raises(DataError, match="nines: there is no 0 and no 1"):
        PRESETS["logistic"].select(only_nines)


def test_logistic_and_softmax_start_at_zero():
    for name in ("logistic", "softmax"):
        assert not PRESETS[name].build(3).store.values.any()


@EVERY
def test_a_fresh_classifier_is_undecided(preset, digits):
    if preset.task == "regression":
        assert preset.build(3).predict(preset.prepare(digits, np.random.default_rng(0))[0]) == pytest.approx(0)
        return
    inputs, targets = preset.prepare(digits, np.random.default_rng(0))
    network = preset.build(seed=3)
    loss, _ = network.loss.value_and_gradient(
        network.logits(inputs), network.loss.prepare_targets(targets, network.answer_shape)
    )
    assert loss == pytest.approx(np.log(10 if preset.task == "multiclass" else 2), rel=1e-3)


def test_properties_of_the_digits():
    targets = PRESETS["multilabel"].targets(np.arange(10))
    holding = {label: np.flatnonzero(targets[:, place]).tolist() for place, label in enumerate(PROPERTIES)}
    assert holding == {
        "even": [0, 2, 4, 6, 8],
        "prime": [2, 3, 5, 7],
        "at least 5": [5, 6, 7, 8, 9],
        "has a closed loop": [0, 6, 8, 9],
    }


def test_angles_are_spread_over_the_whole_range(digits):
    _, degrees = PRESETS["angle"].prepare(digits, np.random.default_rng(0))
    assert -45 <= degrees.min() < -40
    assert 40 < degrees.max() <= 45
    assert abs(degrees.mean()) < 3


def test_augmentation_only_where_it_keeps_the_answer(digits):
    angle = PRESETS["angle"]
    with pytest.raises(ConfigurationError, match="would change the answer"):
        angle.augmentation(replace(angle.defaults, augment=True))
    cnn = PRESETS["cnn"]
    assert cnn.augmentation(replace(cnn.defaults, augment=False)) is None
    vary = cnn.augmentation(replace(cnn.defaults, augment=True))
    inputs, _ = cnn.prepare(digits, np.random.default_rng(0))
    varied = vary(inputs[:32], np.random.default_rng(1))
    assert varied.shape == (32, 20, 20, 1)
    assert not np.array_equal(varied, inputs[:32])
    # The same digits still: nearer to themselves than to the others.
    distances = ((varied[:, None] - inputs[None, :32]) ** 2).sum(axis=(2, 3, 4))
    assert (distances.argmin(axis=1) == np.arange(32)).mean() > 0.7
