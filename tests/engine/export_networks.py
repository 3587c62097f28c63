"""Networks of every kind of layer, for the tests of exporters: twenty random ones, and one for each activation."""

from dataclasses import replace

import numpy as np

from engine import Sequential
from engine.evaluation.calibration import Calibration
from engine.layers import (
    ACTIVATION_LAYERS,
    Activation,
    AveragePool1D,
    AveragePool2D,
    BatchNormalization,
    Conv1D,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GaussianNoise,
    GlobalAveragePool1D,
    GlobalAveragePool2D,
    GlobalMaxPool2D,
    LayerNormalization,
    LeakyReLU,
    MaxPool1D,
    MaxPool2D,
    Normalization,
    Permute,
    RepeatVector,
    Rescaling,
    Reshape,
    UpSampling2D,
    ZeroPadding2D,
)
from engine.losses import BinaryCrossentropy, MeanSquaredError, OpenSetCrossentropy, SparseCategoricalCrossentropy
from engine.storage.model import Model

DIGITS = tuple("0123456789")
_ON_IMAGES = (
    lambda rng: Conv2D(int(rng.integers(1, 5)), 3, strides=int(rng.integers(1, 3)), padding="same", activation="relu"),
    lambda rng: Conv2D(3, (2, 3), activation=LeakyReLU(0.2), dilation_rate=int(rng.integers(1, 3))),
    lambda rng: DepthwiseConv2D(3, padding="same", depth_multiplier=int(rng.integers(1, 3))),
    lambda rng: MaxPool2D(2, padding="same", strides=int(rng.integers(1, 3))),
    lambda rng: AveragePool2D(3, padding="same", strides=2),
    lambda rng: BatchNormalization(),
    lambda rng: LayerNormalization(),
    lambda rng: Rescaling(2.0, -0.5),
    lambda rng: ZeroPadding2D(((1, 0), (2, 1))),
    lambda rng: UpSampling2D((1, 2)),
    lambda rng: Permute((2, 1, 3)),
    lambda rng: Dropout(0.4),
    lambda rng: Activation("gelu"),
)
_TO_ROWS = (
    lambda rng: [Flatten()],
    lambda rng: [GlobalAveragePool2D()],
    lambda rng: [GlobalMaxPool2D()],
)


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


def random_model(seed):
    """A random network from images to ten calibrated answers that may be refused."""
    rng = np.random.default_rng(seed)
    layers = [_ON_IMAGES[rng.integers(len(_ON_IMAGES))](rng) for _ in range(rng.integers(1, 6))]
    layers += [*_TO_ROWS[rng.integers(len(_TO_ROWS))](rng), Dense(7, "tanh"), BatchNormalization(), Dense(10)]
    network = Sequential(layers)
    network.build((20, 20, 1))
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
    """All activations one after the other, and figures that were adapted."""
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
