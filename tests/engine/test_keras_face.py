"""Keras' names: a course's snippets run as they stand."""

import numpy as np
import pytest

from engine import (
    LBFGS,
    Adam,
    BatchNormalization,
    BinaryCrossentropy,
    ConfigurationError,
    Conv2D,
    DataError,
    Dense,
    Dropout,
    EngineError,
    Flatten,
    GradientDescent,
    Input,
    MaxPool2D,
    MeanSquaredError,
    Sequential,
    ShapeError,
    SparseCategoricalCrossentropy,
)


@pytest.fixture
def two_clouds(rng):
    """200 points around (−1, −1) labelled 0 and around (1, 1) labelled 1, in random order."""
    y = rng.integers(0, 2, 200)
    x = rng.normal(0.0, 0.4, (200, 2)) + (2 * y - 1)[:, np.newaxis]
    return x, y


def classifier(seed=0):
    model = Sequential([Dense(8, activation="relu"), Dense(1)], seed=seed)
    model.compile(loss=BinaryCrossentropy(from_logits=True), optimizer=Adam(1e-2), metrics=["accuracy"])
    return model


def test_the_course_snippet(two_clouds):
    x, y = two_clouds
    model = classifier()
    history = model.fit(x, y, epochs=20, batch_size=32, validation_data=(x[:50], y[:50]), verbose=0)
    assert set(history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert history.epoch == list(range(20))
    assert all(len(values) == 20 for values in history.history.values())
    assert history.history["loss"][-1] < 0.2 * history.history["loss"][0]
    loss, accuracy = model.evaluate(x, y, verbose=0)
    assert accuracy > 0.98
    assert loss < 0.1
    probabilities = model.probabilities(x)
    assert probabilities.shape == (200, 1)
    assert ((model.predict(x)[:, 0] > 0.5) == y).mean() == pytest.approx(accuracy)


def test_with_sigmoid_and_softmax_outputs(two_clouds):
    x, y = two_clouds
    for units, activation, loss in (
        (1, "sigmoid", BinaryCrossentropy(from_logits=False)),
        (2, "softmax", SparseCategoricalCrossentropy(from_logits=False)),
    ):
        model = Sequential([Input((2,)), Dense(4, activation="relu"), Dense(units, activation=activation)])
        model.compile(optimizer=Adam(1e-2), loss=loss, metrics=["accuracy"])
        model.fit(x, y, epochs=20, verbose=0)
        assert model.evaluate(x, y, verbose=0, return_dict=True)["accuracy"] > 0.98
        assert 0 <= model.predict(x).min() <= model.predict(x).max() <= 1


def test_two_fits_with_one_seed_are_equal(two_clouds):
    x, y = two_clouds
    results = []
    for _ in range(2):
        model = Sequential([Dense(8, activation="relu"), Dropout(0.2), Dense(1)], seed=4)
        model.compile(loss=BinaryCrossentropy(from_logits=True), optimizer=Adam())
        model.fit(x, y, epochs=3, verbose=0, threads=2)
        results.append(model.store.values.copy())
    np.testing.assert_array_equal(*results)


@pytest.mark.parametrize("threads", [1, 2])
def test_overfits_ten_digits(rng, threads):
    images, labels = rng.uniform(size=(10, 12, 12, 1)), np.arange(10)
    model = Sequential(
        [
            Conv2D(8, 3, padding="same", activation="relu"),
            MaxPool2D(2),
            Flatten(),
            Dense(32, activation="relu"),
            Dense(10),
        ]
    )
    model.compile(optimizer=Adam(1e-2), loss=SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    model.build((12, 12, 1))
    at_start = model.evaluate(images, labels, verbose=0, return_dict=True)["loss"]
    assert at_start == pytest.approx(np.log(10), abs=0.5)
    model.fit(images, labels, epochs=80, batch_size=10, verbose=0, threads=threads)
    metrics = model.evaluate(images, labels, verbose=0, return_dict=True)
    assert metrics["loss"] < 1e-2
    assert metrics["accuracy"] == 1.0


def test_fit_with_dropout_and_batch_normalization(two_clouds):
    x, y = two_clouds
    model = Sequential([Dense(8), BatchNormalization(), Dropout(0.1), Dense(1)])
    model.compile(loss=BinaryCrossentropy(from_logits=True), optimizer="adam")
    history = model.fit(x, y, epochs=15, verbose=0, threads=2)
    assert history.history["loss"][-1] < history.history["loss"][0]


def test_linear_regression_by_two_optimizers(rng):
    x = rng.normal(size=(80, 3))
    y = x @ [1.0, -2.0, 0.5] + 3.0
    for optimizer, epochs in ((GradientDescent(0.1), 200), (LBFGS(), 30)):
        model = Sequential([Dense(1)], dtype=np.float64)
        model.compile(optimizer=optimizer, loss="mse")
        model.fit(x, y, epochs=epochs, batch_size=80, verbose=0)
        kernel, bias = model.get_weights()
        np.testing.assert_allclose(kernel[:, 0], [1.0, -2.0, 0.5], atol=1e-4)
        np.testing.assert_allclose(bias, [3.0], atol=1e-4)


def test_validation_split_takes_the_end(two_clouds):
    x, y = two_clouds
    split, explicit = classifier(), classifier()
    one = split.fit(x, y, epochs=2, validation_split=0.25, verbose=0)
    other = explicit.fit(x[:150], y[:150], epochs=2, validation_data=(x[150:], y[150:]), verbose=0)
    assert one.history == other.history
    with pytest.raises(ConfigurationError, match="validation split"):
        split.fit(x, y, validation_split=1.5, verbose=0)


def test_class_weights(two_clouds):
    x, y = two_clouds
    by_mapping, by_list = classifier(), classifier()
    one = by_mapping.fit(x, y, class_weight={1: 5.0}, verbose=0)
    other = by_list.fit(x, y, class_weight=[1.0, 5.0], verbose=0)
    assert one.history == other.history
    with pytest.raises(ConfigurationError, match="classes 0 to 1"):
        classifier().fit(x, y, class_weight={2: 1.0}, verbose=0)


def test_penalties_are_part_of_the_loss(two_clouds):
    x, y = two_clouds
    free, held = classifier(), classifier()
    one = free.fit(x, y, epochs=10, verbose=0)
    other = held.fit(x, y, epochs=10, l1=1e-3, l2=1e-1, verbose=0)
    assert other.history["loss"][0] > one.history["loss"][0]
    assert np.square(held.get_weights()[0]).sum() < np.square(free.get_weights()[0]).sum()


def test_a_later_fit_goes_on(two_clouds):
    x, y = two_clouds
    model = classifier()
    first = model.fit(x, y, epochs=2, verbose=0)
    second = model.fit(x, y, epochs=5, initial_epoch=2, verbose=0)
    assert second.epoch == [2, 3, 4]
    assert second.history["loss"][0] < first.history["loss"][-1]


def test_without_shuffle_the_order_is_kept(two_clouds):
    x, y = two_clouds
    weights = []
    for seed in (1, 2):
        model = classifier(seed)
        model.build((2,))
        model.store.values[...] = 0.1
        model.fit(x, y, shuffle=False, verbose=0)
        weights.append(model.store.values.copy())
    np.testing.assert_array_equal(*weights)


def test_metrics_that_are_asked_for(two_clouds):
    x, y = two_clouds
    model = Sequential([Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=[])
    assert set(model.fit(x, y, verbose=0).history) == {"loss"}
    assert isinstance(model.evaluate(x, y, verbose=0), float)
    model.compile("sgd", "mae")
    assert set(model.fit(x, y, verbose=0).history) == {"loss"}
    model.compile("sgd", "mae", metrics=["rmse", "mae", "r2"])
    assert set(model.fit(x, y, verbose=0).history) == {"loss", "rmse", "mae", "r2"}
    with pytest.raises(ConfigurationError, match="no metric 'luck'"):
        model.compile(metrics=["luck"])
    with pytest.raises(ConfigurationError, match="luck"):
        model.compile("luck", "mse")
    with pytest.raises(ConfigurationError, match="luck"):
        model.compile("adam", "luck")


def test_what_is_printed(two_clouds, capsys):
    x, y = two_clouds
    model = classifier()
    model.fit(x, y, epochs=2)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("Epoch 2/2 - ")
    assert " - loss: " in lines[1]
    assert " - accuracy: " in lines[1]
    model.evaluate(x, y)
    assert capsys.readouterr().out.startswith("loss: ")
    model.fit(x, y, verbose=0)
    assert capsys.readouterr().out == ""


def test_summary(capsys):
    model = Sequential([Input((20, 20, 1)), Conv2D(16, 3, padding="same"), BatchNormalization(), Flatten(), Dense(10)])
    model.summary()
    text = capsys.readouterr().out
    assert "conv2d (conv2d)" in text
    assert "(batch, 20, 20, 16)" in text
    assert "64,010" in text
    assert "Parameters: 64,234 (trainable: 64,202, not trained: 32)" in text
    assert model.count_params() == 64_234
    lines = []
    model.summary(print_fn=lines.append)
    assert lines == [text.rstrip("\n")]


def test_what_is_missing_is_said(two_clouds):
    x, y = two_clouds
    model = Sequential([Dense(1)])
    with pytest.raises(EngineError, match="no optimizer"):
        model.fit(x, y)
    lines = []
    Sequential([Dense(1)]).summary(print_fn=lines.append)
    assert "?" in lines[0]
    assert "not known yet" in lines[0]
    model.compile("adam")
    with pytest.raises(EngineError, match="loss"):
        model.fit(x, y)
    with pytest.raises(EngineError, match="no loss"):
        model.loss_and_gradients(x, y)
    np.testing.assert_array_equal(model.predict(x), model.logits(x))


def test_wrong_shapes_at_fit(two_clouds):
    x, y = two_clouds
    model = classifier()
    model.build((3,))
    before = model.store.snapshot()
    with pytest.raises(ShapeError, match=r"Layer 'dense' expects inputs of shape \(batch, 3\), not \(200, 2\)"):
        model.fit(x, y, verbose=0)
    np.testing.assert_array_equal(model.store.snapshot(), before)
    with pytest.raises(ShapeError, match="differ in length"):
        classifier().fit([[1, 2], [3]], [0, 1], verbose=0)
    with pytest.raises(ConfigurationError, match="at least 1, not 0"):
        model.predict(np.zeros((2, 3)), batch_size=0)


def test_a_diverging_run_warns_and_keeps_finite_weights(rng):
    x = rng.normal(size=(64, 3)) * 1e3
    model = Sequential([Dense(1)])
    model.compile(GradientDescent(1e6), MeanSquaredError())
    with pytest.warns(RuntimeWarning, match="(?i)learning rate"):
        history = model.fit(x, x[:, 0], epochs=30, verbose=0)
    assert history.finished.reason == "diverged"
    assert np.isfinite(model.store.values).all()


def test_accuracy_of_a_network_that_ends_with_batch_normalization(two_clouds):
    x, y = two_clouds
    model = Sequential([Dense(1), BatchNormalization()], seed=3)
    model.compile(GradientDescent(1e-12), BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
    model.build((2,))
    # As in Keras, accuracy is asked of the outputs themselves, against 0.5.
    expected = ((model.forward(x, training=True)[:, 0] > 0.5) == y).mean()
    history = model.fit(x, y, batch_size=len(x), verbose=0).history
    assert history["accuracy"] == [pytest.approx(expected)]


def test_compiling_starts_the_optimizer_afresh(two_clouds):
    x, y = two_clouds
    optimizer = Adam(0.01)
    weights = []
    for _ in range(2):
        model = Sequential([Dense(1)], seed=1)
        model.compile(optimizer, BinaryCrossentropy(from_logits=True))
        model.fit(x, y, verbose=0)
        weights.append(model.store.snapshot())
    np.testing.assert_array_equal(*weights)
    with pytest.raises(ConfigurationError, match="an optimizer object, not 3"):
        model.compile(3, "mse")
    with pytest.raises(DataError, match="differ in length"):
        model.fit(x[:3], [[1], [2, 3], [1]], verbose=0)
