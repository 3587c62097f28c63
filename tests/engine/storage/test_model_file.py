"""Model files: what was saved comes back, in a form that others can read, and saving never destroys."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from layer_cases import EXAMPLES
from model_files import convolutional_model, small_model
from safetensors import safe_open

from engine.errors import ModelFileError, ShapeError
from engine.ink import OLDEST_LIKE_PREPROCESSING_VERSION, PREPROCESSING_NAME, PREPROCESSING_VERSION
from engine.layers import LAYERS, BatchNormalization, Conv2D, Dense, Flatten, Reshape
from engine.losses import LOSSES, MeanSquaredError, SparseCategoricalCrossentropy
from engine.sequential import Sequential
from engine.storage.model import Model
from engine.storage.model_file import from_bytes, load_model, save_model, to_bytes
from tests.tables import over


@pytest.mark.parametrize("make", [small_model, convolutional_model])
def test_a_saved_model_answers_the_same(make, tmp_path, rng):
    model = make(seed=7)
    path = tmp_path / "žółw 数字.safetensors"
    save_model(path, model)
    loaded = load_model(path)
    images = rng.random((5, 20, 20), dtype=np.float32)
    np.testing.assert_array_equal(loaded.answer(images), model.answer(images))
    assert (loaded.name, loaded.title, loaded.labels, loaded.task) == (
        model.name,
        model.title,
        model.labels,
        model.task,
    )
    assert loaded.training == model.training
    assert loaded.preprocessing == (PREPROCESSING_NAME, PREPROCESSING_VERSION)
    assert loaded.network.config() == model.network.config()
    assert [path.name for path in tmp_path.iterdir()] == ["žółw 数字.safetensors"]


def test_a_model_of_slightly_older_features_answers_and_tells_so(tmp_path):
    model = small_model()
    model.preprocessing = (PREPROCESSING_NAME, OLDEST_LIKE_PREPROCESSING_VERSION)
    save_model(tmp_path / "a", model)
    assert load_model(tmp_path / "a").preprocessing == model.preprocessing
    model.preprocessing = (PREPROCESSING_NAME, OLDEST_LIKE_PREPROCESSING_VERSION - 1)
    with pytest.raises(ModelFileError, match="which this version of DigitLab cannot do"):
        save_model(tmp_path / "b", model)


def test_float64_is_kept(tmp_path):
    model = small_model(dtype=np.float64)
    save_model(tmp_path / "a", model)
    loaded = load_model(tmp_path / "a")
    assert loaded.network.dtype == np.float64
    np.testing.assert_array_equal(loaded.network.store.values, model.network.store.values)


def test_state_that_is_not_trained_is_kept(tmp_path, rng):
    network = Sequential([Conv2D(2, 3), BatchNormalization(), Flatten(), Dense(10)])
    network.build((20, 20, 1))
    network.loss = SparseCategoricalCrossentropy(from_logits=True)
    network.store.state[...] = rng.uniform(0.5, 1.5, network.store.state.size)
    model = Model(network, "x", "x", tuple("0123456789"), "multiclass")
    save_model(tmp_path / "a", model)
    np.testing.assert_array_equal(load_model(tmp_path / "a").network.store.state, network.store.state)


@over("kind", LAYERS)
def test_every_kind_of_layer_survives(kind):
    """Also the kinds that are added later: the registry decides, and the contract tests ask for an example."""
    settings, shape = EXAMPLES[kind][0]
    images = len(shape) == 3 and kind not in ("reshape", "normalization")
    before = [] if images else [Flatten(), Dense(int(np.prod(shape))), Reshape(shape)]
    network = Sequential([*before, LAYERS[kind](**settings), Flatten(), Dense(1)], seed=3)
    network.build((20, 20, 1))
    network.loss = MeanSquaredError()
    loaded = from_bytes(to_bytes(Model(network, "x", "x", ("degrees",), "regression")))
    assert loaded.network.config() == network.config()
    np.testing.assert_array_equal(loaded.network.store.values, network.store.values)


@over("kind", LOSSES)
def test_every_loss_survives(kind):
    model = convolutional_model()
    model.network.loss = LOSSES[kind]()
    loss = from_bytes(to_bytes(model)).network.loss
    assert type(loss) is LOSSES[kind]
    assert loss.config() == model.network.loss.config()


def test_any_safetensors_library_reads_it(tmp_path):
    model = convolutional_model()
    save_model(tmp_path / "a.safetensors", model)
    with safe_open(tmp_path / "a.safetensors", framework="np") as file:
        document = json.loads(file.metadata()["digitlab"])
        kernel = file.get_tensor("3.kernel")
        assert set(file.keys()) == {"0.kernel", "0.bias", "3.kernel", "3.bias"}
    np.testing.assert_array_equal(kernel, model.network.get_weights()[2])
    assert document["format_version"] == 1
    assert document["labels"] == list("0123456789")
    assert document["preprocessing"] == {"name": PREPROCESSING_NAME, "version": PREPROCESSING_VERSION}
    assert document["layers"][0]["kind"] == "conv2d"
    assert document["loss"]["kind"] == "sparse_categorical_crossentropy"
    assert len(document["checksum"]) == 64


def test_a_failed_save_keeps_the_old_file(tmp_path):
    path = tmp_path / "model.safetensors"
    save_model(path, small_model(1))
    before = path.read_bytes()
    model = small_model(2)
    model.network.store.values[0] = np.nan
    with pytest.raises(ModelFileError, match="cannot be saved: it holds numbers that are not finite in layer 2"):
        save_model(path, model)
    model = small_model(2)
    model.training["odd"] = object()
    with pytest.raises(ModelFileError, match="cannot be stored"):
        save_model(path, model)
    model.training = {"history": list(range(300_000))}
    with pytest.raises(ModelFileError, match="too long"):
        save_model(path, model)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["model.safetensors"]


def test_a_failing_disk_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "model.safetensors"
    save_model(path, small_model(1))
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ModelFileError, match="no space left on device"):
        save_model(path, small_model(2))
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["model.safetensors"]


@pytest.mark.parametrize("where", ["", "missing/model.safetensors", "file/model.safetensors"])
def test_places_that_cannot_be_written(where, tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(ModelFileError, match="cannot be saved to"):
        save_model(tmp_path / where, small_model())


def test_answers_have_the_shape_of_the_task(rng):
    one, many = rng.random((20, 20)), rng.random((4, 20, 20))
    binary = small_model()
    assert binary.answer(one).shape == (1, 2)
    np.testing.assert_allclose(binary.answer(many).sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(binary.answer(many)[:, 1:], binary.network.probabilities(many))
    classes = convolutional_model()
    assert classes.answer(many).shape == (4, 10)
    np.testing.assert_allclose(classes.answer(many).sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(classes.answer(one)[0], classes.answer(one[np.newaxis])[0])


@pytest.mark.parametrize("shape", [(400,), (28, 28), (3, 28, 28), (1, 20, 20, 1)])
def test_other_images_are_refused(shape):
    with pytest.raises(ShapeError, match="20, 20"):
        small_model().answer(np.zeros(shape))


def test_files_of_format_1_can_be_read_for_ever():
    """A file that was written on the day the format was made; never write it anew."""
    model = load_model(Path(__file__).with_name("golden") / "model-format-1.safetensors")
    assert (model.name, model.labels, model.task) == ("logistic", ("3", "8"), "binary")
    assert model.training == {"epochs": 3, "loss": 0.25}
    kernel, bias = model.network.get_weights()
    np.testing.assert_array_equal(kernel[:, 0], np.linspace(-0.05, 0.04, 400, dtype=np.float32))
    assert bias[0] == 0.5
    logit = 0.5 + np.eye(20).ravel() @ np.linspace(-0.05, 0.04, 400)
    np.testing.assert_allclose(model.answer(np.eye(20))[0, 1], 1 / (1 + np.exp(-logit)), rtol=1e-5)
