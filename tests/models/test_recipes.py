"""The full recipe: who is held out, what is never trained on, and that a run refuses what is no digit."""

import numpy as np
import pytest

from engine.data import bundled_split, load_bundled
from engine.data.synthetic.writing_styles import WRITING_STYLES
from engine.errors import ConfigurationError, DataError
from engine.ink.drawing import Drawing, Stroke
from engine.ink.drawing_files import write_drawings
from main import main
from models import load
from models.recipes.full_recipe import HeldOut, full_recipe, vary_digit_images
from models.recipes.refusal import with_negatives


@pytest.fixture
def small(small_recipe):
    """Nothing but small amounts."""


def test_whole_writers_are_held_out(small, pen_file):
    data = full_recipe([pen_file], HeldOut(fold=1), seed=0)
    assert len(data.validation) == 2 * 3
    trained = {image.tobytes() for image in data.training.images}
    assert not any(image.tobytes() in trained for image in data.validation.images)
    # The bundled digits, eight writers' drawings with two variants each, and the habits.
    assert len(data.training) == 8_500 + 8 * 3 * 3 + len(WRITING_STYLES) * 3
    assert data.negatives.shape[1:] == (20, 20)


def test_the_bundled_validation_digits_are_never_trained_on(small):
    data = full_recipe(["bundled"], HeldOut(), seed=0)
    trained = {image.tobytes() for image in data.training.images}
    assert not any(image.tobytes() in trained for image in bundled_split()[1].images)
    assert len(data.validation) == 1_500


def test_what_was_not_met_is_the_writers_and_the_last_images(small, pen_file):
    data = full_recipe([pen_file, "bundled"], HeldOut(fold=1, last_images=200), seed=0)
    writers, images = data.held_out
    assert writers is data.validation
    np.testing.assert_array_equal(images.images, load_bundled().images[-200:])
    np.testing.assert_array_equal(images.labels, load_bundled().labels[-200:])
    assert full_recipe([pen_file], HeldOut(), seed=0).held_out[0].name == bundled_split()[1].name
    assert len(full_recipe([pen_file], HeldOut(), seed=0).held_out) == 1


def test_equal_seeds_give_equal_data(small, pen_file):
    first, second = (full_recipe([pen_file], HeldOut(), seed=4) for _ in range(2))
    np.testing.assert_array_equal(first.training.images, second.training.images)
    np.testing.assert_array_equal(first.negatives, second.negatives)


def test_what_cannot_be_held_out_is_refused(small, pen_file):
    with pytest.raises(ConfigurationError, match="fold"):
        full_recipe([pen_file], HeldOut(fold=5), seed=0)
    with pytest.raises(DataError, match="writer"):
        full_recipe([], HeldOut(fold=0), seed=0)
    with pytest.raises(ConfigurationError, match="cannot be left out"):
        full_recipe(["bundled"], HeldOut(last_images=10_000), seed=0)


@pytest.fixture
def others_file(tmp_path):
    """Drawings without a label: a letter, one that is a digit's shape, and a slash."""
    stroke = Stroke(np.array([[0.0, 0.0], [3.0, 9.0], [9.0, 2.0]]))
    drawings = [Drawing((stroke,), None, {"what": what}) for what in ("Latin/character01", "Latin/character09", "/")]
    path = tmp_path / "others.jsonl"
    write_drawings(path, drawings)
    return str(path)


def test_a_whole_source_is_held_out_and_the_others_stay_the_same(small, pen_file, others_file, small_digits):
    paths = [pen_file, others_file, str(small_digits)]
    data = full_recipe(paths, HeldOut(), seed=0)
    without = full_recipe(paths, HeldOut(sources=("pen.jsonl",)), seed=0)
    assert [group.name for group in without.held_out] == ["pen.jsonl"]
    assert without.validation is without.held_out[0]
    assert len(without.validation) == 30
    assert len(data.training) - len(without.training) == 30 * 3
    trained = {image.tobytes() for image in data.training.images}
    assert {image.tobytes() for image in without.training.images} - trained == set()
    assert not any(image.tobytes() in _bytes(without) for image in without.validation.images)
    with pytest.raises(ConfigurationError, match="nowhere is none of the --data"):
        full_recipe([pen_file], HeldOut(sources=("nowhere",)), seed=0)


def _bytes(data):
    return {image.tobytes() for image in data.training.images}


def test_drawings_without_a_label_are_no_digits_unless_they_are_a_digits_shape(small, pen_file, others_file):
    plain = full_recipe([pen_file], HeldOut(), seed=0)
    data = full_recipe([pen_file, others_file], HeldOut(), seed=0)
    # The letter as it is and its two variants.
    assert len(data.negatives) == len(plain.negatives) + 3
    assert len(full_recipe([pen_file, others_file], HeldOut(sources=(others_file,)), 0).negatives) == 20


def test_negatives_get_the_target_of_no_class():
    digits, negatives = np.ones((3, 20, 20, 1), np.float32), np.zeros((2, 20, 20), np.float32)
    inputs, targets = with_negatives((digits, np.array([1, 2, 3])), negatives)
    assert inputs.shape == (5, 20, 20, 1)
    assert targets.tolist() == [1, 2, 3, -1, -1]


def test_tiles_are_varied_in_any_shape_of_the_presets():
    images = bundled_split()[1].images[:4, :, :, None]
    varied = vary_digit_images(images, np.random.default_rng(0))
    assert varied.shape == images.shape
    assert not np.array_equal(varied, images)
    # Its strength is a knob, as that of the usual variation is.
    changes = [
        float(np.abs(vary_digit_images.at_strength(strength)(images, np.random.default_rng(0)) - images).mean())
        for strength in (0.1, 1.0)
    ]
    assert changes[0] < changes[1]


def test_a_model_of_the_recipe_carries_its_rule(small, pen_file, tmp_path, capsys):
    target = tmp_path / "model.safetensors"
    arguments = [
        "train",
        "--preset",
        "mlp",
        "--recipe",
        "full",
        "--no-augment",
        "--data",
        pen_file,
        "--epochs",
        "1",
        "--threads",
        "1",
    ]
    assert main([*arguments, "--save", str(target), "--json"]) == 0
    model = load(target)
    assert model.calibration.threshold is not None
    assert model.rejects(bundled_split()[1].images).mean() == pytest.approx(0.008, abs=0.003)


def test_training_starts_from_the_weights_of_a_model(small_digits, tmp_path, capsys):
    first, second = str(tmp_path / "first.safetensors"), str(tmp_path / "second.safetensors")
    arguments = ["train", "--preset", "softmax", "--data", str(small_digits), "--no-augment", "--threads", "1"]
    assert main([*arguments, "--epochs", "3", "--save", first]) == 0
    still = ["--start-from", first, "--epochs", "1", "--learning-rate", "1e-12"]
    assert main([*arguments, *still, "--save", second]) == 0
    for before, after in zip(load(first).network.get_weights(), load(second).network.get_weights(), strict=True):
        np.testing.assert_allclose(before, after, atol=1e-6)
    assert main(["train", "--preset", "mlp", "--start-from", first]) == 2
    assert "a model of softmax, whose weights do not fit mlp" in capsys.readouterr().err
