"""Weights of Keras, PyTorch and our own exports: by name and in order, turned, checked, and refused in a sentence."""

import numpy as np
import pytest
from export_networks import MODELS, one_number, random_model

from engine import Sequential
from engine.errors import DataError, ModelFileError
from engine.layers import BatchNormalization, Conv2D, Dense, Dropout, Flatten, MaxPool2D
from engine.losses import SparseCategoricalCrossentropy
from engine.storage.exporters import EXPORTERS
from engine.storage.exporters.steps import export_plan
from engine.storage.importers import ArchitectureNeededError, ImportWish, import_model, is_model_of_elsewhere
from engine.storage.model import Model
from models import PRESETS, load

FOREIGN = (ModelFileError, DataError)
PROGRAMS = ("keras", "pytorch", "numpy")


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).random((5, 20, 20)).astype(np.float32)


def new_network(seed=0):
    network = Sequential(
        [Conv2D(3, 3, activation="relu", use_bias=False), BatchNormalization(), MaxPool2D(2), Flatten(), Dropout(0.2),
         Dense(7, "relu"), Dense(7, "tanh"), Dense(10)], seed=seed
    )  # fmt: skip
    network.build((20, 20, 1))
    network.loss = SparseCategoricalCrossentropy(from_logits=True)
    return network


def architecture():
    return Model(new_network(), "net", "Net", tuple("0123456789"), "multiclass")


WISH = ImportWish(architecture)


@pytest.fixture(scope="module")
def model():
    made = Model(new_network(9), "net", "Net", tuple("0123456789"), "multiclass")
    rng = np.random.default_rng(3)
    for parameter in made.network.store.parameters:
        positive = parameter.name in ("gamma", "moving_variance")
        shape = parameter.value.shape
        parameter.value[...] = rng.uniform(0.5, 1, shape) if positive else rng.normal(0, 0.2, shape)
    return made


@pytest.fixture(scope="module")
def state(model):
    """The weights as a PyTorch module of a person's own names holds them."""
    kernel, gamma, beta, mean, variance, w1, b1, w2, b2, w3, b3 = model.network.get_weights()
    flat = w1.reshape(9, 9, 3, 7).transpose(3, 2, 0, 1).reshape(7, 243)
    return {
        "features.0.weight": kernel.transpose(3, 2, 0, 1).copy(),
        "features.1.weight": gamma, "features.1.bias": beta,
        "features.1.running_mean": mean, "features.1.running_var": variance,
        "features.1.num_batches_tracked": np.array(12),
        "head.2.weight": flat.copy(), "head.2.bias": b1,
        "head.4.weight": w2.T.copy(), "head.4.bias": b2,
        "head.10.weight": w3.T.copy(), "head.10.bias": b3,
    }  # fmt: skip


def savez(path, *arrays, **named):
    np.savez(path, *arrays, **named)
    return path


def safetensors(path, arrays):
    from safetensors.numpy import save_file

    save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, str(path))
    return path


def agree(imported, model, images):
    np.testing.assert_allclose(imported.model.answer(images), model.answer(images), rtol=0, atol=1e-5)


def refuse(path, words, wish=WISH):
    with pytest.raises(FOREIGN, match=words) as caught:
        import_model(path, wish)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


# What was exported comes back equal.


def comes_back(model, key, images, path):
    files = EXPORTERS[key].write(export_plan(model), path / f"{key}.py")
    back = import_model(files[-1]).model
    expected = model.answer(images)
    scale = max(1.0, float(np.abs(expected).max())) if model.task == "regression" else 1.0
    np.testing.assert_allclose(back.answer(images) / scale, expected / scale, rtol=0, atol=1e-5)
    assert (back.labels, back.task, back.title) == (model.labels, model.task, model.title)
    assert back.calibration == model.calibration
    assert is_model_of_elsewhere(files[-1])


@pytest.mark.parametrize("name", PRESETS)
def test_each_preset_comes_back(name, images, tmp_path):
    for key in PROGRAMS:
        comes_back(load(name), key, images, tmp_path)


@pytest.mark.parametrize("name", ["along-one-axis", "every-activation", "one-probability", "one-number"])
def test_every_kind_of_layer_comes_back(name, images, tmp_path):
    for key in PROGRAMS:
        comes_back(MODELS[name](), key, images, tmp_path)


def test_an_export_fits_the_preset_that_it_is_of_and_keeps_its_calibration(images, tmp_path):
    model, preset = load("cnn"), PRESETS["cnn"]
    path = EXPORTERS["pytorch"].write(export_plan(model), tmp_path / "cnn.py")[-1]
    back = import_model(path, ImportWish(lambda: preset.model(preset.build()))).model
    np.testing.assert_allclose(back.answer(images), model.answer(images), rtol=0, atol=1e-5)
    assert back.calibration == model.calibration


# What other programs write.


def test_a_pytorch_state_is_read_by_order_and_by_names(model, state, images, tmp_path):
    for path in (
        savez(tmp_path / "named.npz", **state),
        savez(tmp_path / "bare.npz", *state.values()),
        safetensors(tmp_path / "sorted.safetensors", state),
    ):
        imported = import_model(path, WISH)
        agree(imported, model, images)
        assert "PyTorch's layout, images flattened with the channels first" in imported.told
        assert imported.model.title == path.stem
        assert is_model_of_elsewhere(path)


def test_keras_weights_are_read_in_order_and_by_paths(model, images, tmp_path):
    network = model.network
    paths = {
        f"sequential/{layer.name}/{spec.name}": array
        for layer in network.layers
        for spec, array in zip(layer.specs, layer.get_weights(), strict=True)
    }
    bare = import_model(savez(tmp_path / "bare.npz", *network.get_weights()), WISH)
    named = import_model(safetensors(tmp_path / "named.safetensors", paths), WISH)
    agree(bare, model, images)
    agree(named, model, images)
    assert "in order, in Keras' layout" in bare.told
    assert "by name, in Keras' layout" in named.told


def test_halves_and_shuffled_arrays_are_read(model, state, images, tmp_path):
    halves = {name: array.astype(np.float16) for name, array in state.items()}
    imported = import_model(safetensors(tmp_path / "half.safetensors", halves), WISH)
    np.testing.assert_allclose(imported.model.answer(images), model.answer(images), atol=0.02)
    kernel, bias = np.arange(400, dtype=np.float32).reshape(400, 1) / 400, np.ones(1, np.float32)
    single = Sequential([Flatten(), Dense(1)])
    single.build((20, 20))
    own = one_number()
    wish = ImportWish(lambda: Model(single, "n", "N", ("value",), "regression"))
    single.loss = own.network.loss
    imported = import_model(savez(tmp_path / "odd.npz", theta0=bias, Theta=kernel), wish)
    assert "by shape" in imported.told
    np.testing.assert_allclose(imported.model.answer(images), images.reshape(5, 400) @ kernel + 1, rtol=1e-5)


def test_another_order_of_flattening_can_be_said(model, state, images, tmp_path):
    path = savez(tmp_path / "w.npz", **state)
    other = import_model(path, ImportWish(architecture, flatten_order="channels-last"))
    assert "channels first" not in other.told
    assert np.abs(other.model.answer(images) - model.answer(images)).max() > 1e-4


def test_a_square_matrix_without_a_name_has_to_be_said_which_way_it_lies(images, tmp_path):
    def square():
        network = Sequential([Flatten(), Dense(400), Dense(400)])
        network.build((20, 20))
        network.loss = SparseCategoricalCrossentropy(from_logits=True)
        return Model(network, "n", "N", tuple(map(str, range(400))), "multiclass")

    path = savez(tmp_path / "w.npz", *square().network.get_weights())
    refuse(path, "say which .*--layout", ImportWish(square))
    import_model(path, ImportWish(square, layout="pytorch"))
    assert not is_model_of_elsewhere(tmp_path / "none.npz")


# What is refused.


def test_the_first_shape_that_does_not_fit_is_named(model, state, tmp_path):
    refuse(
        savez(tmp_path / "w.npz", **state | {"head.4.weight": np.ones((8, 7), np.float32)}),
        r"layer “dense_1” needs a kernel of shape \(7, 7\), and the file holds “head.4.weight” of shape \(8, 7\)",
    )
    short = dict(list(state.items())[:-2])
    refuse(savez(tmp_path / "short.npz", **short), "no array for the layer “dense_2”, which needs a kernel")
    more = state | {"head.12.weight": np.ones((3, 3), np.float32)}
    refuse(savez(tmp_path / "more.npz", **more), r"“head.12.weight” of shape \(3, 3\), for which there is no layer")
    biased = state | {"features.0.bias": np.ones(3, np.float32)}
    refuse(savez(tmp_path / "bias.npz", **biased), "has no use for")
    refuse(savez(tmp_path / "nan.npz", **state | {"head.2.bias": np.full(7, np.nan)}), "not finite in “head.2.bias”")
    with pytest.raises(ArchitectureNeededError):
        import_model(savez(tmp_path / "w.npz", **state))


def test_spoiled_weights_are_refused_in_one_sentence_or_fit(state, tmp_path):
    rng = np.random.default_rng(5)
    exported = EXPORTERS["numpy"].write(export_plan(random_model(3)), tmp_path / "own.py")[-1].read_bytes()
    goods = {
        "w.npz": savez(tmp_path / "w.npz", **state).read_bytes(),
        "own.npz": exported,
        "w.safetensors": safetensors(tmp_path / "w.safetensors", state).read_bytes(),
    }
    sentences = []
    for name, good in goods.items():
        for _ in range(25):
            data = bytearray(good)
            for _ in range(3):
                data[rng.integers(min(len(data), 1500)) if rng.random() < 0.5 else rng.integers(len(data))] ^= (
                    1 << rng.integers(8)
                )
            (tmp_path / name).write_bytes(data)
            try:
                import_model(tmp_path / name, WISH if name != "own.npz" else ImportWish())
            except FOREIGN as error:
                sentences.append(str(error))
            except ArchitectureNeededError:
                sentences.append("")
    assert len(sentences) > 20
    assert not any("\n" in sentence for sentence in sentences)
