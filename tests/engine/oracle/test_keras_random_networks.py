"""Random networks beside Keras 3 in float64: 20 steps with the same weights, and what callbacks and metrics leave."""

import csv

import numpy as np
import pytest

from engine import keras as ours

oracle = pytest.importorskip("tests.engine.oracle.keras_oracle")
theirs = oracle.keras
# Keras' own call of NumPy when it reads weights.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

ENDS = [
    (1, "sigmoid", "binary_crossentropy"),
    (3, "softmax", "sparse_categorical_crossentropy"),
    (1, None, "mse"),
    (1, None, "huber"),
]
STEPS = [
    lambda k: k.optimizers.SGD(0.05, momentum=0.9),
    lambda k: k.optimizers.Adam(0.01),
    lambda k: k.optimizers.RMSprop(0.005),
]


@pytest.fixture(autouse=True)
def in_float64():
    ours.backend.set_floatx("float64")
    yield
    ours.backend.set_floatx("float32")


def random_layers(rng, k):
    """Layers of a random network for inputs (6,), the same for the same generator."""
    found = [k.layers.Input((6,))]
    for _ in range(rng.integers(1, 4)):
        activation = rng.choice(["relu", "tanh", "sigmoid", "elu", "softplus", "selu", "swish"])
        penalty = k.regularizers.L2(0.01) if rng.random() < 0.3 else None
        found.append(k.layers.Dense(int(rng.integers(2, 9)), activation=str(activation), kernel_regularizer=penalty))
        # Never both: the second takes the first one's shift away, so that its slope is zero but for rounding, and
        # Adam makes whole steps of that.
        normalization = rng.choice(["none", "layer", "batch"], p=[0.4, 0.3, 0.3])
        if normalization != "none":
            found.append(k.layers.LayerNormalization() if normalization == "layer" else k.layers.BatchNormalization())
    return found


def pair(seed, units=1, end="sigmoid"):
    models = []
    for k in (theirs, ours):
        stack = random_layers(np.random.default_rng(seed), k)
        models.append(k.Sequential([*stack, k.layers.Dense(units, activation=end)]))
    models[0].set_weights(models[1].get_weights())
    return models


def examples(seed, units):
    rng = np.random.default_rng([seed, 1])
    x = rng.normal(size=(40, 6))
    return x, (rng.integers(0, 3, 40) if units == 3 else (x[:, :1] + rng.normal(size=(40, 1)) > 0).astype(float))


@pytest.mark.parametrize("seed", range(12))
def test_random_networks(seed):
    units, end, loss = ENDS[seed % len(ENDS)]
    models, (x, y) = pair(seed, units, end), examples(seed, units)
    metrics = []
    for k, model in zip((theirs, ours), models, strict=True):
        model.compile(optimizer=STEPS[seed % len(STEPS)](k), loss=loss)
        metrics.append(model.fit(x, y, batch_size=10, epochs=5, shuffle=False, verbose=0).history["loss"])
    np.testing.assert_allclose(metrics[1], metrics[0], rtol=0, atol=1e-9)
    for own, other in zip(models[1].get_weights(), models[0].get_weights(), strict=True):
        np.testing.assert_allclose(own, other, rtol=0, atol=1e-9)
    np.testing.assert_allclose(models[1].predict(x), models[0].predict(x, verbose=0), rtol=0, atol=1e-8)


def test_what_callbacks_write(tmp_path):
    models, (x, y) = pair(3), examples(3, 1)
    heard, tables, files = [], [], []
    for k, model, end in zip((theirs, ours), models, ("weights.h5", "safetensors"), strict=True):
        folder = tmp_path / end
        folder.mkdir()
        calls = []
        model.compile(optimizer=k.optimizers.SGD(0.3), loss="binary_crossentropy", metrics=["accuracy"])
        model.fit(
            x,
            y,
            epochs=6,
            shuffle=False,
            verbose=0,
            validation_data=(x[:10], y[:10]),
            callbacks=[
                k.callbacks.CSVLogger(folder / "log.csv"),
                k.callbacks.ModelCheckpoint(
                    str(folder / ("{epoch:02d}." + end)), save_best_only=True, save_weights_only=True
                ),
                k.callbacks.LambdaCallback(
                    on_epoch_end=lambda epoch, logs, calls=calls: calls.append((epoch, sorted(logs)))
                ),
            ],
        )
        heard.append(calls)
        with (folder / "log.csv").open() as file:
            tables.append(list(csv.reader(file)))
        files.append(sorted(path.name.split(".")[0] for path in folder.glob(f"*.{end}")))
    assert heard[1] == heard[0]
    assert files[1] == files[0]
    assert tables[1][0] == tables[0][0]
    np.testing.assert_allclose(np.array(tables[1][1:], float), np.array(tables[0][1:], float), rtol=0, atol=1e-9)


METRICS = {
    "top-k": lambda k: (k.metrics.TopKCategoricalAccuracy(k=2), "rows"),
    "sparse top-k": lambda k: (k.metrics.SparseTopKCategoricalAccuracy(k=2), "classes"),
    "area under precision and recall": lambda k: (k.metrics.AUC(curve="PR"), "yes or no"),
    "area by few thresholds": lambda k: (k.metrics.AUC(num_thresholds=20), "yes or no"),
    "precision": lambda k: (k.metrics.Precision(thresholds=0.3), "yes or no"),
    "F1 of all classes": lambda k: (k.metrics.F1Score(average="macro"), "rows"),
}


@pytest.mark.parametrize("name", METRICS)
def test_metrics_with_memory(name):
    rng = np.random.default_rng(4)
    classes, rows = rng.integers(0, 4, 30), rng.dirichlet(np.ones(4), 30)
    data = {
        "rows": (np.eye(4)[classes], rows),
        "classes": (classes, rows),
        "yes or no": (rng.integers(0, 2, (30, 1)).astype(float), rng.random((30, 1))),
    }
    given = []
    for k in (theirs, ours):
        metric, kind = METRICS[name](k)
        targets, outputs = data[kind]
        values = []
        for part in (slice(0, 10), slice(10, 30)):
            metric.update_state(targets[part], outputs[part])
            values.append(float(metric.result()))
        metric.reset_state()
        metric.update_state(targets[:5], outputs[:5])
        given.append([*values, float(metric.result())])
    np.testing.assert_allclose(given[1], given[0], rtol=0, atol=1e-6)
