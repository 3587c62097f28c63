"""Training beside Keras 3: settings of optimizers, penalties and branches over 20 steps of the same small network.

Every name by itself is in `test_keras_every_name.py`.
"""

import numpy as np
import pytest

from engine import keras as ours

oracle = pytest.importorskip("tests.engine.oracle.keras_oracle")
theirs = oracle.keras
# Keras' own call of NumPy when it reads weights.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

OPTIMIZER_CASES = {
    "sgd": lambda k: k.optimizers.SGD(0.05),
    "momentum": lambda k: k.optimizers.SGD(0.05, momentum=0.9),
    "nesterov": lambda k: k.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "rmsprop": lambda k: k.optimizers.RMSprop(0.01, epsilon=1e-3),
    "rmsprop-centered": lambda k: k.optimizers.RMSprop(0.01, momentum=0.5, centered=True, epsilon=1e-3),
    "adam": lambda k: k.optimizers.Adam(0.01, epsilon=1e-2),
    "adamw": lambda k: k.optimizers.AdamW(0.01, weight_decay=0.1, epsilon=1e-3),
    "adam-with-decay": lambda k: k.optimizers.Adam(0.01, weight_decay=0.1),
    "adagrad": lambda k: k.optimizers.Adagrad(0.1),
    "adamax": lambda k: k.optimizers.Adamax(0.05),
    "nadam": lambda k: k.optimizers.Nadam(0.01),
    "amsgrad": lambda k: k.optimizers.Adam(0.01, amsgrad=True, epsilon=1e-2),
    "adadelta": lambda k: k.optimizers.Adadelta(0.5, epsilon=1e-3),
    "ftrl": lambda k: k.optimizers.Ftrl(
        0.1, l1_regularization_strength=0.01, l2_regularization_strength=0.01, beta=0.1
    ),
    "lion": lambda k: k.optimizers.Lion(0.01),
    "clipnorm": lambda k: k.optimizers.SGD(0.5, clipnorm=0.1),
    "clipvalue": lambda k: k.optimizers.SGD(0.5, clipvalue=0.01),
    "global_clipnorm": lambda k: k.optimizers.SGD(0.5, global_clipnorm=0.1),
    "average": lambda k: k.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.8),
    "ExponentialDecay": lambda k: k.optimizers.SGD(k.optimizers.schedules.ExponentialDecay(0.1, 3, 0.5)),
    "InverseTimeDecay": lambda k: k.optimizers.SGD(k.optimizers.schedules.InverseTimeDecay(0.1, 3, 0.5, True)),
    "PiecewiseConstantDecay": lambda k: k.optimizers.SGD(
        k.optimizers.schedules.PiecewiseConstantDecay([2, 7], [0.1, 0.05, 0.2])
    ),
    "PolynomialDecay": lambda k: k.optimizers.SGD(k.optimizers.schedules.PolynomialDecay(0.1, 6, 0.01, 2.0, True)),
    "CosineDecayRestarts": lambda k: k.optimizers.SGD(
        k.optimizers.schedules.CosineDecayRestarts(0.1, 3, t_mul=1.5, m_mul=0.8, alpha=0.1)
    ),
    "CosineDecay": lambda k: k.optimizers.SGD(
        k.optimizers.schedules.CosineDecay(0.0, 12, 0.1, warmup_target=0.1, warmup_steps=4)
    ),
}


def pair(units, end, **settings):
    """The same network twice, with the same weights."""
    made = []
    for k in (theirs, ours):
        penalties = {name: k.regularizers.L1L2(*weights) for name, weights in settings.items()}
        made.append(
            k.Sequential(
                [
                    k.layers.Input((4,)),
                    k.layers.Dense(6, activation="tanh", **penalties),
                    k.layers.Dense(units, activation=end),
                ]
            )
        )
    made[0].set_weights(made[1].get_weights())
    return made


def data(units):
    rng = np.random.default_rng(5)
    x = rng.normal(size=(40, 4))
    return x, (x @ rng.normal(size=(4, units)) > 0).astype(float)


def fit_both(models, optimizer, loss, x, y, **settings):
    histories = []
    for k, model in zip((theirs, ours), models, strict=True):
        model.compile(optimizer=optimizer(k), loss=loss, **settings)
        histories.append(
            model.fit(x, y, batch_size=10, epochs=5, shuffle=False, verbose=0, validation_data=(x, y)).history
        )
    return histories


@pytest.fixture(autouse=True)
def in_float64():
    ours.backend.set_floatx("float64")
    yield
    ours.backend.set_floatx("float32")


@pytest.mark.parametrize("name", OPTIMIZER_CASES)
def test_optimizers_and_schedules(name):
    models = pair(1, "sigmoid")
    x, y = data(1)
    expected, got = fit_both(models, OPTIMIZER_CASES[name], "binary_crossentropy", x, y, metrics=["accuracy"])
    assert set(got) == set(expected)
    for key, values in expected.items():
        np.testing.assert_allclose(got[key], values, rtol=0, atol=1e-9, err_msg=key)
    for own, other in zip(models[1].get_weights(), models[0].get_weights(), strict=True):
        np.testing.assert_allclose(own, other, rtol=0, atol=1e-9)


def test_penalties_are_part_of_both_losses():
    models = pair(1, "sigmoid", kernel_regularizer=(0.01, 0.1), bias_regularizer=(0.0, 0.2))
    x, y = data(1)
    expected, got = fit_both(models, lambda k: k.optimizers.Adam(0.01), "binary_crossentropy", x, y)
    for key in ("loss", "val_loss"):
        np.testing.assert_allclose(got[key], expected[key], rtol=0, atol=1e-9)


def test_branches():
    models = []
    for k in (theirs, ours):
        start = k.Input((4,))
        deep = k.layers.Dense(5, activation="relu")(start)
        short = k.layers.Add()([deep, k.layers.Dense(5, activation="tanh")(deep)])
        joined = k.layers.Concatenate()([start, short])
        models.append(k.Model(inputs=[start], outputs=[k.layers.Dense(1)(joined)]))
    weights = models[1].get_weights()
    models[0].set_weights(weights)
    x, y = data(1)
    expected, got = fit_both(models, lambda k: k.optimizers.SGD(0.05), "mse", x, y)
    np.testing.assert_allclose(got["loss"], expected["loss"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(models[1].predict(x), models[0].predict(x, verbose=0), rtol=0, atol=1e-9)
