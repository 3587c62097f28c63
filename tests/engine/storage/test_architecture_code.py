"""Architecture as code: ours builds the same network again, PyTorch's has as many parameters and the same shapes."""

import pytest
from export_networks import random_draft

from engine.losses import SparseCategoricalCrossentropy
from engine.sequential import Sequential
from engine.storage.exporters.architecture import LANGUAGES
from models import PRESETS


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


@pytest.mark.parametrize("name", NETWORKS)
def test_our_code_builds_the_same_network(name):
    network = NETWORKS[name]
    again = run("DigitLab", network)["network"]
    assert [_without_names(one) for one in again.config()] == [_without_names(one) for one in network.config()]
    assert again.example_shape == network.example_shape
    assert again.loss.config() == network.loss.config()


@pytest.mark.parametrize("name", NETWORKS)
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


def _without_names(config):
    return {key: value for key, value in config.items() if key != "name"}
