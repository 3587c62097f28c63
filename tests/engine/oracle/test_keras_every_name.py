"""Every name of `engine.keras` beside the installed Keras 3: the same numbers after 20 steps in float64, to 1e-9."""

import numpy as np
import pytest
from keras_names import CLASSES, LAYERS, MERGING, NAMES, NEEDS, RANDOM, ROWS, TASKS, example_of

from engine import keras as ours

oracle = pytest.importorskip("tests.engine.oracle.keras_oracle")
theirs = oracle.keras
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
RNG = np.random.default_rng(5)
X = RNG.normal(size=(40, 4))
SUMS = X @ RNG.normal(size=(4, 3))
TARGETS = {
    "values": (SUMS[:, :1] > 0).astype(float),
    "numbers": SUMS.argmax(axis=1),
    "positive": 1 + (SUMS[:, :1] > 0),
    "rows": np.eye(3)[SUMS.argmax(axis=1)],
}


@pytest.fixture(autouse=True)
def in_float64():
    # Keras numbers the names of what was made before, in other tests too: "precision_1".
    theirs.utils.clear_session()
    ours.backend.set_floatx("float64")
    yield
    ours.backend.set_floatx("float32")


def theirs_named(name):
    """Keras knows some by their longer names alone."""
    return name if hasattr(theirs.layers, name) else name.replace("Pool", "Pooling")


def layer_network(k, name):
    if name in MERGING:
        start = k.Input((4,))
        parts = [k.layers.Dense(3, activation=activation)(start) for activation in ("tanh", "sigmoid")]
        settings = {"axes": 1} if name == "Dot" else {}
        return k.Model(start, k.layers.Dense(1)(getattr(k.layers, name)(**settings)(parts))), (4,)
    if name in LAYERS:
        layer, shape = LAYERS[name](k)
    elif "Average" in name and name.replace("Pool", "Pooling") in LAYERS and "ing" not in name:
        layer, shape = LAYERS[name.replace("Pool", "Pooling")](k)
    else:
        settings, shape = example_of(name)
        settings = dict(settings)
        if "alpha" in settings:
            settings["negative_slope"] = settings.pop("alpha")
        layer = getattr(k.layers, name if k is ours else theirs_named(name))(**settings)
    start = [] if name == "InputLayer" else [k.Input(shape)]
    return k.Sequential([*start, layer, k.layers.Flatten(), k.layers.Dense(1)]), shape


def usual_network(k, end="sigmoid", units=1):
    hidden = k.layers.Dense(6, activation="tanh")
    return k.Sequential([k.Input((4,)), hidden, k.layers.Dense(units, activation=end)]), (4,)


def case(k, kind, name, folder):
    """Network, input shape, settings of compile and of fit, and targets."""
    needs = {
        key: value.format(folder=folder, ending=".h5" if k is theirs else ".safetensors")
        if isinstance(value, str)
        else value
        for key, value in NEEDS.get(name, {}).items()
    }
    if kind == "layers":
        network, shape = layer_network(k, name)
        return network, shape, {"optimizer": k.optimizers.SGD(0.02), "loss": "mse"}, {}, "values"
    if kind in ("losses", "metrics"):
        end, targets = TASKS.get(name, (None, "values"))
        network, shape = usual_network(k, end, 3 if (end, targets) in (CLASSES, ROWS) else 1)
        made = getattr(getattr(k, kind), name)(**needs)
        usual = "sparse_categorical_crossentropy" if targets == "numbers" else "mse"
        settings = {"loss": made} if kind == "losses" else {"loss": usual, "metrics": [made]}
        # A hundred times the slope of the others: large steps would make roundings grow.
        rate = 0.0005 if name == "MeanAbsolutePercentageError" else 0.05
        return network, shape, {"optimizer": k.optimizers.SGD(rate), **settings}, {}, targets
    network, shape = usual_network(k)
    optimizer = k.optimizers.SGD(0.2)
    fit = {}
    if kind == "optimizers":
        optimizer = getattr(k.optimizers, name)(**(needs or {"learning_rate": 0.01}))
    elif kind == "schedules":
        optimizer = k.optimizers.SGD(getattr(k.optimizers.schedules, name)(**needs))
    elif name == "TensorBoard" and k is theirs:
        pass  # needs TensorFlow; it changes nothing
    else:
        fit = {"callbacks": [getattr(k.callbacks, name)(**needs)], "epochs": 8}
    return network, shape, {"optimizer": optimizer, "loss": "binary_crossentropy"}, fit, "values"


@pytest.mark.parametrize(("kind", "name"), NAMES, ids=[f"{kind}-{name}" for kind, name in NAMES])
def test_the_same_numbers(kind, name, tmp_path):
    found, weights = [], []
    if name in ("Mean", "Sum"):
        pair = [getattr(k.metrics, name)() for k in (ours, theirs)]
        for metric in pair:
            metric.update_state(X[:, 0], sample_weight=np.abs(X[:, 1]))
        np.testing.assert_allclose(float(pair[0].result()), float(pair[1].result()), rtol=1e-9)
        return
    for number, k in enumerate((ours, theirs)):
        (tmp_path / str(number)).mkdir()
        network, shape, settings, fit, targets = case(k, kind, name, tmp_path / str(number))
        if k is theirs:
            # Metrics that are given are settings there, and weights here.
            network.set_weights(weights[2:] if name == "Normalization" else weights)
        weights = network.get_weights()
        inputs = X if shape == (4,) else np.random.default_rng(1).normal(size=(40, *shape))
        if name == "Embedding":
            inputs = np.abs(inputs).astype(int) % 9
        y = TARGETS[targets]
        network.compile(**settings)
        if name in RANDOM:
            found.append(({}, [], network.predict(inputs, verbose=0)))
            continue
        fit = {"epochs": 8 if name == "TensorBoard" else 5, **fit}
        if kind == "callbacks":
            fit["validation_data"] = (inputs, y)
        history = network.fit(inputs, y, batch_size=10, shuffle=False, verbose=0, **fit).history
        found.append((history, network.get_weights(), network.predict(inputs, verbose=0)))
    own, other = found
    assert set(own[0]) == set(other[0])
    for key, values in other[0].items():
        values = [np.asarray(value) for value in values]
        # Some metrics gather in float32 in Keras.
        near = 1e-6 if kind == "metrics" else 1e-9
        np.testing.assert_allclose(np.asarray(own[0][key]), values, rtol=near, atol=near, err_msg=key)
    for mine, there in zip(own[1][2:] if name == "Normalization" else own[1], other[1], strict=True):
        np.testing.assert_allclose(mine, there, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(own[2], other[2], rtol=1e-9, atol=1e-9)
