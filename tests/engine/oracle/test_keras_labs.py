"""The networks that courses build, trained with the same weights here and in Keras 3: losses, metrics, outputs."""

import numpy as np
import pytest

from engine import keras as ours

oracle = pytest.importorskip("tests.engine.oracle.keras_oracle")
theirs = oracle.keras
# Keras' own call of NumPy when it reads weights.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

# Inputs, units and activations, loss, classes, penalty on kernels.
LABS = {
    "coffee": (2, [(3, "sigmoid"), (1, "sigmoid")], lambda k: k.losses.BinaryCrossentropy(), 2, 0.0),
    "two digits": (400, [(25, "sigmoid"), (15, "sigmoid"), (1, "sigmoid")], lambda k: "binary_crossentropy", 2, 0.0),
    "ten digits": (
        400,
        [(25, "relu"), (15, "relu"), (10, "linear")],
        lambda k: k.losses.SparseCategoricalCrossentropy(from_logits=True),
        10,
        0.0,
    ),
    "softmax": (
        2,
        [(25, "relu"), (15, "relu"), (4, "softmax")],
        lambda k: k.losses.SparseCategoricalCrossentropy(),
        4,
        0.0,
    ),
    "regularized": (
        2,
        [(12, "relu"), (6, "linear")],
        lambda k: k.losses.SparseCategoricalCrossentropy(from_logits=True),
        6,
        0.1,
    ),
}


@pytest.mark.parametrize("name", LABS)
def test_labs(name):
    inputs, units, loss, classes, price = LABS[name]
    rng = np.random.default_rng(6)
    x, y = rng.random((60, inputs)), rng.integers(0, classes, 60)
    models, metrics = [], []
    for k in (theirs, ours):
        penalty = k.regularizers.l2(price) if price else None
        stack = [k.layers.Dense(n, activation=end, kernel_regularizer=penalty, dtype="float32") for n, end in units]
        models.append(k.Sequential([k.Input(shape=(inputs,)), *stack]))
    models[0].set_weights(models[1].get_weights())
    for k, model in zip((theirs, ours), models, strict=True):
        model.compile(loss=loss(k), optimizer=k.optimizers.Adam(learning_rate=0.001), metrics=["accuracy"])
        metrics.append(model.fit(x, y, epochs=5, shuffle=False, verbose=0).history)
        metrics[-1]["evaluate"] = model.evaluate(x, y, verbose=0)
    assert set(metrics[1]) == set(metrics[0])
    for key, values in metrics[0].items():
        np.testing.assert_allclose(metrics[1][key], values, rtol=1e-4, atol=1e-6, err_msg=key)
    np.testing.assert_allclose(models[1].predict(x), models[0].predict(x, verbose=0), rtol=1e-3, atol=1e-5)
