"""What was once wrong or missing, each beside the right value and Keras' own: one row a promise."""

import warnings

import numpy as np
import pytest

from engine import keras as ours

oracle = pytest.importorskip("tests.engine.oracle.keras_oracle")
theirs = oracle.keras
pytestmark = pytest.mark.filterwarnings("ignore")

X = np.random.default_rng(0).normal(size=(60, 3))
Y = (X[:, :1] > 0).astype(float)
ROWS = np.array([[0.9, 0.05, 0.05], [0.5, 0.89, 0.6], [0.05, 0.01, 0.94]])


@pytest.fixture(autouse=True)
def in_float64():
    ours.backend.set_floatx("float64")
    yield
    ours.backend.set_floatx("float32")


def network(k, end="sigmoid", units=1, loss="binary_crossentropy", optimizer="sgd", metrics=None, penalty=None):
    start = np.random.default_rng(1)
    model = k.Sequential([k.Input((3,)), k.layers.Dense(units, end, kernel_regularizer=penalty)])
    model.set_weights([start.normal(size=(3, units)), start.normal(size=units)])
    model.compile(optimizer, loss, metrics=metrics)
    return model


def number(value):
    return float(value.detach() if hasattr(value, "detach") else value)


def learned(k, loss):
    model = network(k, loss=loss, optimizer=k.optimizers.SGD(1.0), metrics=["accuracy"])
    model.fit(X, Y, epochs=20, shuffle=False, verbose=0)
    return model.evaluate(X, Y, verbose=0)[1]


def first_step(k, made):
    model = network(k, end=None, loss="mse", optimizer=made)
    model.fit(X * 1e-4, Y * 1e-4, epochs=1, batch_size=60, verbose=0)
    return model.get_weights()[0][0, 0]


def shared(k):
    inner = network(k)
    before = inner.get_weights()[0].copy()
    outer = k.Sequential([k.Input((3,)), inner.layers[0]])
    return number(np.abs(outer.get_weights()[0] - before).max() + np.abs(inner.get_weights()[0] - before).max())


def restored(k):
    class Stop(k.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 3

    model = network(k, optimizer=k.optimizers.SGD(40.0))
    keep = k.callbacks.EarlyStopping("loss", patience=9, restore_best_weights=True)
    history = model.fit(X, Y, epochs=9, shuffle=False, batch_size=60, verbose=0, callbacks=[keep, Stop()]).history
    return len(history["loss"]) * 100 + int(np.argmin(history["loss"]))


def grown(k):
    model = k.Sequential()
    model.add(k.Input((3,)))
    model.add(k.layers.Dense(2))
    return len(model.layers[0].get_weights()) + k.Sequential([k.layers.Dense(2)]).predict(X, verbose=0).shape[1]


def hooks(k):
    heard = []
    told = k.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: heard.append((epoch, *sorted(logs))))
    network(k, metrics=["accuracy"]).fit(X, Y, epochs=2, verbose=0, callbacks=[told])
    return heard


def held_out(k):
    model = network(k, penalty=k.regularizers.L2(0.5))
    history = model.fit(X, Y, epochs=1, batch_size=60, validation_data=(X, Y), verbose=0).history
    return history["val_loss"][0] - network_loss(model)


def network_loss(model):
    answers = np.clip(model.predict(X, verbose=0), 1e-7, 1 - 1e-7)
    return -np.mean(Y * np.log(answers) + (1 - Y) * np.log(1 - answers)) + 0.5 * np.sum(model.get_weights()[0] ** 2)


PROMISES = {
    "the bare binary loss reads probabilities": (
        lambda k: number(k.losses.BinaryCrossentropy()([[1.0]], [[0.8]])),
        -np.log(0.8),
    ),
    "so does the bare categorical loss": (
        lambda k: number(k.losses.CategoricalCrossentropy()([[0, 1.0]], [[0.3, 0.7]])),
        -np.log(0.7),
    ),
    "and the sparse one": (
        lambda k: number(k.losses.SparseCategoricalCrossentropy()(np.array([1]), np.array([[0.3, 0.7]]))),
        -np.log(0.7),
    ),
    "a sigmoid end learns with the string": (lambda k: learned(k, "binary_crossentropy"), 59 / 60),
    "and with the bare loss": (lambda k: learned(k, k.losses.BinaryCrossentropy()), 59 / 60),
    "predict gives the last layer's outputs": (
        lambda k: number(
            np.abs(
                network(k, end=None).predict(X, verbose=0)
                - (X @ network(k).get_weights()[0] + network(k).get_weights()[1])
            ).max()
            < 1e-12
        ),
        1.0,
    ),
    "class numbers in a column": (
        lambda k: number(k.metrics.SparseCategoricalAccuracy()([[2], [1]], [[0.1, 0.6, 0.3], [0.05, 0.95, 0]])),
        0.5,
    ),
    "also for the best few": (
        lambda k: number(k.metrics.SparseTopKCategoricalAccuracy(k=1)([[2], [1]], [[0.1, 0.6, 0.3], [0.05, 0.95, 0]])),
        0.5,
    ),
    "a layer of another network is shared": (shared, 0.0),
    "networks build as they grow": (grown, 4),
    "rows are divided by their sums": (lambda k: number(k.losses.CategoricalCrossentropy()(np.eye(3), ROWS)), 0.323968),
    "evaluate without metrics is a number": (lambda k: np.ndim(network(k).evaluate(X, Y, verbose=0)), 0),
    "the best weights come back whoever stopped": (restored, None),
    "what is watched comes first": (lambda k: k.callbacks.EarlyStopping("accuracy").monitor, "accuracy"),
    "metrics in a list of lists": (lambda k: len(network(k, metrics=[["accuracy"]]).evaluate(X, Y, verbose=0)), 2),
    "no callbacks": (lambda k: len(network(k).fit(X, Y, callbacks=None, epochs=1, verbose=0).epoch), 1),
    "the small number in Adam": (lambda k: first_step(k, k.optimizers.Adam(0.1)), None),
    "the small number in RMSprop": (lambda k: first_step(k, k.optimizers.RMSprop(0.1)), None),
    "leaky_relu by name": (lambda k: number(k.activations.get("leaky_relu")(np.array([-1.0]))[0]), -0.2),
    "leaky_relu as a layer": (lambda k: number(k.layers.LeakyReLU()(np.array([[-1.0]]))[0, 0]), -0.3),
    "the penalty is in the validation's loss": (held_out, 0.0),
    "a shape with its batch axis": (lambda k: build_with_batch(k), (3, 2)),
    "hooks hear of epochs and metrics": (hooks, [(0, "accuracy", "loss"), (1, "accuracy", "loss")]),
}


def build_with_batch(k):
    model = k.Sequential([k.layers.Dense(2)])
    model.build((None, 3))
    return tuple(model.layers[0].kernel.shape)


@pytest.mark.parametrize("promise", PROMISES)
def test_promises(promise):
    asked, right = PROMISES[promise]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        own, their = asked(ours), asked(theirs)
    for value in (own,) if right is None else (own, right):
        if isinstance(their, float | np.floating):
            assert value == pytest.approx(their, rel=2e-5, abs=1e-7)
        else:
            assert value == their
