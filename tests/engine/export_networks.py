"""Networks of every kind of layer, for the tests of exporters: twenty random ones, and one for each activation."""

from dataclasses import replace

import numpy as np

from engine import Sequential
from engine.evaluation.calibration import Calibration
from engine.layers import (
    ACTIVATION_LAYERS,
    AveragePool1D,
    Conv1D,
    Dense,
    Flatten,
    GaussianNoise,
    GlobalAveragePool1D,
    MaxPool1D,
    Normalization,
    RepeatVector,
    Reshape,
)
from engine.losses import BinaryCrossentropy, MeanSquaredError, OpenSetCrossentropy, SparseCategoricalCrossentropy
from engine.network.draft import NetworkDraft, new_row
from engine.network.draft_analysis import analyze
from engine.storage.model import Model

DIGITS = tuple("0123456789")
_ON_IMAGES = (
    "conv2d", "depthwise_conv2d", "max_pool2d", "average_pool2d", "batch_normalization", "layer_normalization",
    "rescaling", "zero_padding2d", "up_sampling2d", "permute", "dropout", "gaussian_noise", "activation",
)  # fmt: skip
_TO_ROWS = ("flatten", "global_average_pool2d", "global_max_pool2d")
_ON_ROWS = ("dense", "batch_normalization", "layer_normalization", "activation", "dropout", "rescaling")
_CHOICES = {
    "strides": (1, 2), "padding": ("same", "valid"), "kernel_size": (1, 3, [2, 3]), "pool_size": (2, 3, [2, 1]),
    "filters": (2, 5), "units": (4, 9), "depth_multiplier": (1, 2), "use_bias": (True, False), "center": (True, False),
    "activation": (None, "relu", "tanh", "gelu", {"kind": "leaky_relu", "alpha": 0.2}), "size": (2, [1, 2]),
    "kernel_regularizer": (None, {"l1": 0.0, "l2": 0.01}), "kernel_initializer": ("he_normal", "orthogonal"),
}  # fmt: skip


def model_of(network, loss, labels=DIGITS, task="multiclass", calibration=None, seed=1):
    """A built model with random weights everywhere, moving averages and biases too."""
    rng = np.random.default_rng(seed)
    for layer in network.layers:
        for parameter in layer.parameters:
            value = parameter.value
            positive = "variance" in parameter.name or parameter.name == "gamma"
            value[...] = rng.uniform(0.5, 1.5, value.shape) if positive else rng.normal(0, 0.3, value.shape)
    network.loss = loss
    model = Model(network, "custom", "A network", labels, task)
    return model if calibration is None else replace(model, calibration=calibration)


def random_draft(seed):
    """A random network as somebody could build it from rows."""
    rng = np.random.default_rng(seed)

    def row(kind):
        made = new_row(kind)
        for name in made.settings:
            choices = _CHOICES.get(name)
            if choices and rng.random() < 0.5:
                made = made.with_setting(name, choices[rng.integers(len(choices))])
        return made

    kinds = [*rng.choice(_ON_IMAGES, rng.integers(1, 6)), rng.choice(_TO_ROWS), *rng.choice(_ON_ROWS, 2)]
    rows = [row(str(kind)) for kind in kinds]
    wrong = [place for place, _ in analyze(NetworkDraft(tuple(rows), 10)).errors]
    return NetworkDraft(tuple(made for place, made in enumerate(rows) if place not in wrong), 10)


def random_model(seed):
    """A random network from images to ten calibrated answers that may be refused."""
    draft = random_draft(seed)
    network = Sequential(draft.layers())
    network.build(draft.input_shape)
    return model_of(network, OpenSetCrossentropy(), calibration=Calibration(1.3, 1.0), seed=seed)


def along_one_axis():
    """Every layer that sees steps in place of images."""
    network = Sequential(
        [
            Conv1D(4, 3, padding="same", strides=2, activation="relu"),
            MaxPool1D(2),
            AveragePool1D(2, padding="same"),
            GlobalAveragePool1D(),
            RepeatVector(3),
            Reshape((12,)),
            GaussianNoise(0.1),
            Dense(10),
        ]
    )
    network.build((20, 20))
    return model_of(network, SparseCategoricalCrossentropy(from_logits=True))


def every_activation():
    """All activations one after the other, and statistics that were adapted."""
    ends = [kind() for kind in ACTIVATION_LAYERS.values()]
    rows = Normalization(mean=np.linspace(0, 1, 12), variance=np.linspace(0.2, 2, 12))
    network = Sequential([Flatten(), Dense(12), rows, *(layer for end in ends for layer in (end, Dense(12))), Dense(3)])
    network.build((20, 20))
    return model_of(network, BinaryCrossentropy(from_logits=True), ("even", "prime", "loop"), "multilabel")


def one_probability():
    """A logistic model; both labels are answered."""
    network = Sequential([Flatten(), Dense(1)])
    network.build((20, 20))
    return model_of(network, BinaryCrossentropy(from_logits=True), ("3", "8"), "binary", Calibration(0.7, None))


def one_number():
    """A regression."""
    network = Sequential([Flatten(), Dense(5, "relu"), Dense(1)])
    network.build((20, 20))
    return model_of(network, MeanSquaredError(), ("degrees",), "regression")


MODELS = {
    **{f"random-{seed}": lambda seed=seed: random_model(seed) for seed in range(20)},
    "along-one-axis": along_one_axis,
    "every-activation": every_activation,
    "one-probability": one_probability,
    "one-number": one_number,
}
