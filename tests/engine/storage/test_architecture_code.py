"""Architecture as code: ours builds the same network again, PyTorch's has as many parameters and the same shapes."""

import numpy as np
import pytest
from export_networks import random_draft

from engine.layers import Dense, Rescaling, Reshape
from engine.losses import LOSSES, SparseCategoricalCrossentropy
from engine.sequential import Sequential
from engine.storage.exporters.architecture import LANGUAGES
from models import PRESETS
from models.presets.own import LOSSES_OF
from tests.tables import over


def networks():
    made = {name: preset.build(0) for name, preset in PRESETS.items()}
    for seed in range(20):
        draft = random_draft(seed)
        network = Sequential(draft.layers())
        network.build(draft.input_shape)
        network.loss = SparseCategoricalCrossentropy(from_logits=True)
        made[f"random-{seed}"] = network
    return made


NETWORKS = networks()


def run(language, network):
    space = {}
    exec(compile(LANGUAGES[language](network), language, "exec"), space)
    return space


@over("name", NETWORKS)
def test_our_code_builds_the_same_network(name):
    network = NETWORKS[name]
    again = run("DigitLab", network)["network"]
    assert [_without_names(one) for one in again.config()] == [_without_names(one) for one in network.config()]
    assert again.example_shape == network.example_shape
    assert again.loss.config() == network.loss.config()


@over("name", NETWORKS)
def test_pytorch_s_code_runs_and_has_as_many_parameters(name):
    torch = pytest.importorskip("torch")
    network = NETWORKS[name]
    module = run("PyTorch", network)["network"]
    inputs = torch.zeros(3, *network.example_shape)
    assert module.train()(inputs).shape == (3, *network.answer_shape)
    assert module.eval()(inputs).shape == (3, *network.answer_shape)
    if name in PRESETS:
        assert sum(one.numel() for one in module.parameters()) == network.count_params()


def test_what_is_usual_is_left_out():
    code = LANGUAGES["Keras"](PRESETS["cnn"].build(0))
    assert (
        'layers.Conv2D(16, kernel_size=3, padding="same", activation="relu", kernel_initializer="he_uniform")' in code
    )
    assert "layers.MaxPooling2D(2, strides=2)" in code
    assert "keras.losses.SparseCategoricalCrossentropy(from_logits=True)" in code


@pytest.mark.parametrize("task", LOSSES_OF)
def test_pytorch_s_losses_are_ours(task):
    torch = pytest.importorskip("torch")
    draw = np.random.default_rng(0)
    for kind, settings in LOSSES_OF[task].items():
        network = Sequential([Dense(4, activation=None if settings or task == "regression" else "softmax")], seed=1)
        network.build((6,))
        network.loss = LOSSES[kind](**settings)
        outputs = network.predict(draw.normal(size=(5, 6)).astype(np.float32))
        classes = draw.integers(0, 4, 5)
        rows = draw.normal(size=(5, 4)) if task == "regression" else np.eye(4)[classes]
        targets = classes if kind.startswith("sparse") else rows.astype(np.float32)
        theirs = run("PyTorch", network)["loss"](torch.tensor(outputs), torch.tensor(targets))
        assert float(theirs) == pytest.approx(network.loss.value(outputs, targets), rel=1e-5), kind


def test_penalties_are_a_function_in_pytorch():
    pytest.importorskip("torch")
    layer = Dense(3, kernel_regularizer={"l1": 0.1, "l2": 0.2}, bias_regularizer={"l1": 0.0, "l2": 0.3})
    network = Sequential([layer])
    network.build((2,))
    network.loss = SparseCategoricalCrossentropy(from_logits=True)
    space = run("PyTorch", network)
    weight, bias = (part.detach().numpy() for part in space["network"].dense.parameters())
    expected = 0.1 * np.abs(weight).sum() + 0.2 * (weight**2).sum() + 0.3 * (bias**2).sum()
    assert space["penalty"]().item() == pytest.approx(expected)


def test_shapes_and_scales_are_written_as_they_are():
    torch = pytest.importorskip("torch")
    network = Sequential([Reshape((3, 3)), Rescaling(2.0, -1.0)])
    network.build((9,))
    network.loss = SparseCategoricalCrossentropy(from_logits=True)
    assert run("DigitLab", network)["network"].answer_shape == (3, 3)
    assert "Reshape((3, 3))" in LANGUAGES["Keras"](network)
    assert run("PyTorch", network)["network"](torch.ones(1, 9)).unique().tolist() == [1.0]
    constant = Sequential([Dense(2, kernel_initializer="constant")])
    constant.build((2,))
    constant.loss = SparseCategoricalCrossentropy(from_logits=True)
    assert "keras.initializers.Constant()" in LANGUAGES["Keras"](constant)


def _without_names(config):
    return {key: value for key, value in config.items() if key != "name"}
