"""What courses write, run with the installed Keras and with `engine.keras`: the same numbers from the same weights."""

import numpy as np
import pytest

from engine import keras as ours
from engine import tf
from engine.keras.losses import KERAS_LOSSES
from engine.keras.metrics import METRIC_CLASSES

oracle = pytest.importorskip("tests.engine.oracle.keras_oracle")
theirs = oracle.keras
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
RNG = np.random.default_rng(5)
X, WIDE, Y = RNG.normal(size=(40, 6)), RNG.normal(size=(40, 3)), RNG.normal(size=(40, 1))
CLASSES = RNG.integers(0, 3, 40)


@pytest.fixture(autouse=True)
def in_float64():
    ours.backend.set_floatx("float64")
    yield
    ours.backend.set_floatx("float32")


def wide_and_deep(k):
    wide, deep = k.Input((3,), name="wide"), k.Input((6,), name="deep")
    hidden = k.layers.Dense(5, activation="tanh")(deep)
    joined = k.layers.concatenate([wide, hidden])
    return k.Model(
        [wide, deep],
        [k.layers.Dense(1, name="main")(joined), k.layers.Dense(3, name="aux", activation="softmax")(hidden)],
    )


def shared_layer(k):
    one, other, dense = k.Input((3,)), k.Input((3,)), k.layers.Dense(4, activation="tanh")
    product = k.layers.Dot(axes=1)([dense(one), dense(other)])
    return k.Model([one, other], product)


def arithmetic(k):
    start = k.Input((6,))
    hidden = k.layers.Dense(6, activation="sigmoid")(start)
    return k.Model(start, k.layers.Dense(1)(k.ops.exp(-hidden) * start + hidden[:, :1] - k.activations.relu(start)))


def own_layers(k):
    class Scaled(k.layers.Layer):
        def __init__(self, units):
            super().__init__()
            self.units, self.inner = units, k.layers.Dense(4, activation="tanh")

        def build(self, input_shape):
            self.factor = self.add_weight(shape=(4, self.units), initializer="glorot_uniform")

        def call(self, inputs):
            return k.ops.matmul(self.inner(inputs), self.factor) + k.ops.mean(inputs, axis=-1, keepdims=True)

    return k.Sequential([k.Input((6,)), Scaled(3), k.layers.Lambda(lambda z: k.ops.tanh(z) * 2), k.layers.Dense(1)])


def own_model(k):
    class Residual(k.Model):
        def __init__(self):
            super().__init__()
            self.first, self.second = k.layers.Dense(6, activation="tanh"), k.layers.Dense(1)

        def call(self, inputs):
            hidden = inputs
            for _ in range(2):
                hidden = hidden + self.first(hidden)
            return self.second(hidden)

    model = Residual()
    model(X[:2])
    return model


def own_functions(k):
    def softplus(z):
        return k.ops.log(1.0 + k.ops.exp(z))

    def price(weights):
        return k.ops.sum(k.ops.abs(0.01 * weights))

    limit = k.constraints.MaxNorm(0.7)
    first = k.layers.Dense(4, activation=softplus, kernel_regularizer=price, kernel_constraint=limit)
    return k.Sequential([k.Input((6,)), first, k.layers.Dense(1, kernel_constraint="non_neg")])


def charged_outputs(k):
    class Charging(k.layers.Layer):
        def call(self, inputs):
            self.add_loss(0.1 * k.ops.mean(k.ops.abs(inputs)))
            return inputs

    start = k.Input((6,))
    hidden = k.layers.Dense(5, activation="tanh", activity_regularizer=k.regularizers.L1L2(0.01, 0.02))(start)
    hidden = k.layers.Dense(4, activation="relu", activity_regularizer="l2")(Charging()(hidden))
    return k.Model(start, k.layers.Dense(1)(hidden))


def recurrent(k):
    steps = k.layers.Reshape((3, 2))
    both = k.layers.Bidirectional(k.layers.LSTM(3, return_sequences=True))
    return k.Sequential([k.Input((6,)), steps, both, k.layers.GRU(2, activity_regularizer="l1"), k.layers.Dense(1)])


def huber(k):
    def loss(y_true, y_pred):
        error = y_true - y_pred
        return k.ops.where(k.ops.abs(error) < 1, k.ops.square(error) / 2, k.ops.abs(error) - 0.5)

    return loss


def own_loss_class(k):
    class Cubed(k.losses.Loss):
        def call(self, y_true, y_pred):
            return k.ops.mean(k.ops.abs(y_true - y_pred) ** 3, axis=-1)

    return Cubed()


TWO = {"main": Y, "aux": CLASSES}
NOTEBOOKS = {
    "wide and deep": (
        wide_and_deep,
        {"loss": {"main": "mse", "aux": "sparse_categorical_crossentropy"}, "loss_weights": [0.7, 0.3],
         "metrics": {"main": ["mae"], "aux": ["accuracy"]}},
        ({"wide": WIDE, "deep": X}, TWO),
    ),
    "shared layer": (shared_layer, {"loss": "mse"}, ([WIDE, X[:, :3]], Y)),
    "arithmetic": (arithmetic, {"loss": huber}, (X, Y)),
    "own layers": (own_layers, {"loss": own_loss_class, "metrics": ["mae"]}, (X, Y)),
    "charged outputs": (charged_outputs, {"loss": "mse", "metrics": ["mae"]}, (X, Y)),
    "recurrent": (recurrent, {"loss": "mse"}, (X, Y)),
    "own model": (own_model, {"loss": ["mse"]}, (X, Y)),
    "own functions": (own_functions, {"loss": "mse"}, (X, Y)),
}  # fmt: skip


def pair(make):
    models = [make(theirs), make(ours)]
    for there, here in zip(models[0].weights, models[1].weights, strict=True):
        there.assign(np.array(here))
    return models


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_same_history(name):
    make, settings, (x, y) = NOTEBOOKS[name]
    found = []
    for k, model in zip((theirs, ours), pair(make), strict=True):
        given = {key: value(k) if value in (huber, own_loss_class) else value for key, value in settings.items()}
        model.compile(optimizer=k.optimizers.SGD(0.05), **given)
        history = model.fit(x, y, batch_size=10, epochs=5, shuffle=False, verbose=0, validation_data=(x, y)).history
        told = model.evaluate(x, y, verbose=0)
        answers = model.predict(x, verbose=0)
        found.append((history, np.atleast_1d(told), answers if isinstance(answers, list) else [answers]))
    assert set(found[1][0]) == set(found[0][0])
    for key, values in found[0][0].items():
        np.testing.assert_allclose(found[1][0][key], values, rtol=1e-9, atol=1e-9, err_msg=key)
    np.testing.assert_allclose(found[1][1], found[0][1], rtol=1e-9, atol=1e-9)
    for own, other in zip(found[1][2], found[0][2], strict=True):
        np.testing.assert_allclose(own, other, rtol=1e-9, atol=1e-9)


def data_for(name):
    rows = RNG.random((6, 3)) + 0.1
    shares = rows / rows.sum(axis=1, keepdims=True)
    return (np.array([0, 2, 1, 1, 0, 2]) if name.startswith("Sparse") else np.eye(3)[[0, 2, 1, 1, 0, 2]]), shares


@pytest.mark.parametrize("name", [name for name in KERAS_LOSSES if hasattr(theirs.losses, name)])
def test_every_loss_as_class_and_function(name):
    targets, outputs = data_for(name)
    own, other = getattr(ours.losses, name)(), getattr(theirs.losses, name)()
    np.testing.assert_allclose(own(targets, outputs), float(other(targets, outputs)), rtol=1e-9)
    kind = KERAS_LOSSES[name].kind
    expected = getattr(theirs.losses, kind)(targets, outputs)
    np.testing.assert_allclose(getattr(ours.losses, kind)(targets, outputs), expected, rtol=1e-9, atol=1e-9)


ARGUMENTS = {
    "MeanIoU": {"num_classes": 3}, "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5}, "PrecisionAtRecall": {"recall": 0.5},
    "RecallAtPrecision": {"precision": 0.5},
    "TopKCategoricalAccuracy": {"k": 2}, "SparseTopKCategoricalAccuracy": {"k": 2},
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in METRIC_CLASSES if hasattr(theirs.metrics, name)])
def test_every_metric_gathers_the_same(name):
    targets, outputs = data_for(name)
    if name in ("MeanIoU", "Accuracy"):
        targets, outputs = targets.argmax(axis=1), outputs.argmax(axis=1)
    if "At" in name:
        targets, outputs = targets[:, 0], outputs[:, 0]
    made = []
    for k in (theirs, ours):
        given = ARGUMENTS.get(name, {})
        metric = getattr(k.metrics, name)(*given.values())
        for part in (slice(0, 2), slice(2, 6)):
            metric.update_state(*((outputs[part],) if name in ("Mean", "Sum") else (targets[part], outputs[part])))
        made.append(metric.result())
    np.testing.assert_allclose(np.asarray(made[1]), np.asarray(made[0]), rtol=1e-6, atol=1e-6)


def test_a_training_loop_of_one_s_own():
    found = []
    for k, model in zip((theirs, ours), pair(lambda k: k.Sequential([k.Input((6,)), k.layers.Dense(3)])), strict=True):
        if k is theirs:
            model.compile("sgd", k.losses.SparseCategoricalCrossentropy(from_logits=True))
            model.optimizer = k.optimizers.Adam(0.05)
            for _ in range(5):
                model.train_on_batch(X, CLASSES)
        else:
            loss, optimizer = k.losses.SparseCategoricalCrossentropy(from_logits=True), k.optimizers.Adam(0.05)
            for _ in range(5):
                with tf.GradientTape() as tape:
                    value = loss(CLASSES, model(X, training=True))
                slopes = tape.gradient(value, model.trainable_variables)
                optimizer.apply_gradients(zip(slopes, model.trainable_variables, strict=True))
        found.append(model.get_weights())
    for own, other in zip(found[1], found[0], strict=True):
        np.testing.assert_allclose(own, other, rtol=1e-9, atol=1e-9)


HOOKS = [
    f"on_{what}_{when}"
    for what in ("test", "predict", "train")
    for when in ("begin", "end", "batch_begin", "batch_end")
]


def test_callbacks_hear_the_same_hooks():
    heard = []
    for k in (theirs, ours):
        calls = []
        watcher = k.callbacks.LambdaCallback()
        for hook in HOOKS:
            setattr(watcher, hook, lambda *given, hook=hook, calls=calls, **named: calls.append(hook))
        model = k.Sequential([k.Input((6,)), k.layers.Dense(1)])
        model.compile("sgd", "mse")
        model.fit(X, Y, verbose=0, validation_data=(X, Y), callbacks=[watcher])
        model.evaluate(X, Y, verbose=0, callbacks=[watcher])
        model.predict(X, verbose=0, callbacks=[watcher])
        heard.append(calls)
    assert heard[1] == heard[0]


NAMES = [name for name in ours.activations.__all__ if name not in ("deserialize", "get", "serialize", "threshold")]


@pytest.mark.parametrize("name", NAMES)
def test_every_activation_by_name(name):
    z = np.linspace(-3, 3, 12).reshape(3, 4)
    expected = np.asarray(theirs.ops.convert_to_numpy(getattr(theirs.activations, name)(z)))
    np.testing.assert_allclose(getattr(ours.activations, name)(z), expected, rtol=1e-9, atol=1e-9)
    if name != "glu":
        dense = ours.layers.Dense(4, activation=name, kernel_initializer="identity")
        np.testing.assert_allclose(dense(z), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("made", ["MaxNorm", "NonNeg", "UnitNorm", "MinMaxNorm"])
def test_every_constraint(made):
    values = RNG.normal(size=(4, 3)) * 2
    expected = theirs.ops.convert_to_numpy(getattr(theirs.constraints, made)()(theirs.ops.convert_to_tensor(values)))
    np.testing.assert_allclose(getattr(ours.constraints, made)()(values), expected, rtol=1e-9, atol=1e-9)
