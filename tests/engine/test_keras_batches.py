"""Training on batches: generators, data sets by number, and passes that are cut by numbers of steps."""

import numpy as np
import pytest

from engine import ConfigurationError, DataError, keras, tf
from tests.tables import over

layers = keras.layers
X = np.random.default_rng(0).normal(size=(64, 4)).astype(np.float32)
Y = (X.sum(axis=1) > 0).astype(np.float32)


def network():
    model = keras.Sequential([layers.Input((4,)), layers.Dense(5, activation="relu"), layers.Dense(1, "sigmoid")])
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="binary_crossentropy", metrics=["accuracy"])
    model.set_weights([np.random.default_rng(1).normal(size=weight.shape) for weight in model.get_weights()])
    return model


def endless(size=16):
    while True:
        for first in range(0, len(X), size):
            yield X[first : first + size], Y[first : first + size]


class Numbered(keras.utils.PyDataset):
    ends = 0

    def __len__(self):
        return 4

    def __getitem__(self, index):
        part = slice(16 * index, 16 * index + 16)
        return X[part], Y[part]

    def on_epoch_end(self):
        self.ends += 1


def of_arrays(**settings):
    model = network()
    history = model.fit(X, Y, batch_size=16, epochs=3, shuffle=False, verbose=0, **settings)
    return model, history.history


def assert_same(one, other):
    assert set(one) == set(other)
    for name, values in one.items():
        np.testing.assert_allclose(other[name], values, rtol=1e-5, err_msg=name)


@pytest.mark.parametrize(
    ("data", "settings"), [(endless, {"steps_per_epoch": 4}), (Numbered, {"shuffle": False})], ids=["generator", "set"]
)
def test_batches_train_as_arrays_do(data, settings):
    expected, history = of_arrays(validation_data=(X, Y))
    model = network()
    got = model.fit(data(), epochs=3, verbose=0, validation_data=Numbered(), **settings)
    assert_same(history, got.history)
    for own, other in zip(model.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_allclose(own, other, rtol=1e-5, atol=1e-6)


def test_batches_of_no_built_network_are_not_lost():
    model = keras.Sequential([layers.Dense(1, "sigmoid")])
    model.compile(optimizer="sgd", loss="binary_crossentropy")
    seen = []

    def once():
        for batch in Numbered()[0], Numbered()[1]:
            seen.append(len(batch[0]))
            yield batch

    history = model.fit(once(), verbose=0)
    assert seen == [16, 16]
    assert model.optimizer.iterations == 2
    assert len(history.history["loss"]) == 1


def test_questions_about_batches():
    model = network()
    np.testing.assert_allclose(model.evaluate(Numbered(), verbose=0), model.evaluate(X, Y, verbose=0), rtol=1e-5)
    np.testing.assert_allclose(model.evaluate(endless(), steps=4, verbose=0), model.evaluate(X, Y, verbose=0), 1e-5)
    np.testing.assert_array_equal(model.predict(Numbered(), verbose=0), model.predict(X, verbose=0))
    np.testing.assert_array_equal(model.predict(X, batch_size=10, steps=2, verbose=0), model.predict(X[:20]))


def test_the_data_set_hears_of_the_end_of_each_pass():
    data = Numbered()
    network().fit(data, epochs=3, verbose=0)
    assert data.ends == 3


def test_steps_cut_a_pass_and_the_next_one_goes_on():
    whole, cut = network(), network()
    whole.fit(X, Y, batch_size=16, epochs=1, shuffle=False, verbose=0)
    history = cut.fit(X, Y, batch_size=16, epochs=2, steps_per_epoch=2, shuffle=False, verbose=0)
    assert history.params["steps"] == 2
    for own, other in zip(cut.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_allclose(own, other, rtol=1e-5, atol=1e-6)


def test_validation_in_some_epochs_and_on_some_steps():
    _, every = of_arrays(validation_data=(X[:20], Y[:20]))
    for frequency, epochs in ((2, [1]), ([1, 3], [0, 2])):
        _, some = of_arrays(
            validation_data=(X, Y), validation_freq=frequency, validation_batch_size=10, validation_steps=2
        )
        np.testing.assert_allclose(some["val_loss"], [every["val_loss"][epoch] for epoch in epochs], rtol=1e-5)
        np.testing.assert_allclose(some["loss"], every["loss"], rtol=1e-5)


def test_a_run_on_batches_that_diverges_keeps_finite_weights():
    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(1e30), loss="mse")
    with np.errstate(all="ignore"), pytest.warns(RuntimeWarning, match="learning rate"):
        model.fit(endless(), steps_per_epoch=8, epochs=3, verbose=0)
    assert all(np.isfinite(weight).all() for weight in model.get_weights())


@over(
    ("given", "settings", "error", "told"),
    [
        (lambda: ((X, Y) for _ in range(0)), {}, DataError, "no batches"),
        (lambda: iter([X]), {}, DataError, "needs targets"),
        (lambda: iter([(X, Y, Y, Y)]), {}, DataError, "4 parts"),
        (Numbered, {"y": Y}, DataError, "bring targets"),
        (Numbered, {"validation_split": 0.5}, DataError, "split"),
        (endless, {"steps_per_epoch": -1}, ConfigurationError, "whole number"),
    ],
)
def test_what_does_not_fit_is_told(given, settings, error, told):
    model = network()
    before = model.get_weights()
    with pytest.raises(error, match=told):
        model.fit(given(), verbose=0, **settings)
    for own, other in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(own, other)


def test_data_sorted_by_class_are_told_of():
    order = np.argsort(Y, kind="stable")
    with pytest.warns(UserWarning, match="sorted by class"):
        network().fit(X[order], Y[order], validation_split=0.25, verbose=0)


def test_pictures_changed_by_chance_make_passes_that_end():
    rng = np.random.default_rng(0)
    pictures, classes = rng.random((10, 6, 6, 1)), rng.integers(0, 2, 10)
    network = keras.Sequential([keras.Input((6, 6, 1)), keras.layers.Flatten(), keras.layers.Dense(2, "softmax")])
    network.compile("sgd", "sparse_categorical_crossentropy")
    flow = keras.preprocessing.image.ImageDataGenerator(rotation_range=10).flow(pictures, classes, batch_size=4)
    heard = []
    count = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: heard.append(batch))
    network.fit(flow, epochs=2, verbose=0, callbacks=[count], validation_data=flow)
    assert heard == [0, 1, 2] * 2
    assert network.predict(flow).shape == (10, 2)


def test_an_axis_of_one_may_be_too_much():
    network = keras.Sequential([keras.Input((3, 3)), keras.layers.Flatten(), keras.layers.Dense(2)])
    pictures = np.random.default_rng(1).random((4, 3, 3))
    np.testing.assert_array_equal(network.predict(pictures[..., np.newaxis]), network.predict(pictures))


def test_lists_are_arrays_and_tuples_are_parts():
    pairs = list(tf.data.Dataset.from_tensor_slices(([1, 2], [3.0, 4.0])))
    assert [(int(a), float(b)) for a, b in pairs] == [(1, 3), (2, 4)]
    assert pairs[0][0].dtype == np.int32
    assert pairs[0][1].dtype == np.float32
    texts = tf.data.Dataset.from_tensor_slices((["a", "b"], np.array([0, 1]))).map(lambda text, label: text)
    assert [one.numpy() for one in texts] == ["a", "b"]


def test_data_sets_without_end_are_mixed_cut_and_padded():
    endless = tf.data.Dataset.range(6).repeat()
    mixed = [int(one) for one in endless.shuffle(4, seed=1).take(60)]
    assert sorted(set(mixed)) == list(range(6))
    assert mixed[:6] != list(range(6))
    assert [list(window) for window in endless.window(2, shift=4).flat_map(lambda part: part.batch(2)).take(2)] == [
        [0, 1],
        [4, 5],
    ]
    texts = tf.data.Dataset.from_generator(lambda: iter([np.array([1, 2]), np.array([3])]))
    assert next(iter(texts.padded_batch(2))).tolist() == [[1, 2], [3, 0]]
    pairs = tf.data.Dataset.zip(tf.data.Dataset.range(9), tf.data.Dataset.range(1, 4))
    assert [int(a + b) for a, b in pairs.map(lambda a, b: (a, b), tf.data.AUTOTUNE).take(-1)] == [1, 3, 5]
    assert [int(one) for one in endless.take_while(lambda one: one < 3)] == [0, 1, 2]
    assert [int(one) for one in tf.data.Dataset.range(6).shard(2, 1)] == [1, 3, 5]


def test_a_checkpoint_named_as_a_file_of_keras_is_kept_under_our_name(tmp_path):
    network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    network.compile("sgd", "mse")
    with pytest.warns(UserWarning, match=r"best\.h5 would be a file of Keras.*call it best\.safetensors"):
        keep = keras.callbacks.ModelCheckpoint(tmp_path / "best.h5")
    network.fit(np.ones((2, 1)), np.ones(2), verbose=0, callbacks=[keep])
    kept = keras.models.load_model(tmp_path / "best.safetensors")
    np.testing.assert_array_equal(kept.get_weights()[0], network.get_weights()[0])


@pytest.mark.parametrize(("stride", "sampling", "reverse"), [(1, 1, False), (2, 2, True)])
def test_parts_of_a_series(stride, sampling, reverse):
    series = np.arange(12.0)
    batches = keras.preprocessing.sequence.TimeseriesGenerator(
        series, series * 10, 4, sampling, stride, batch_size=3, reverse=reverse
    )
    inputs, targets = (
        np.concatenate(part) for part in zip(*(batches[place] for place in range(len(batches))), strict=True)
    )
    ends = np.arange(4, 12, stride)
    wanted = np.stack([series[end - 4 : end : sampling][:: -1 if reverse else 1] for end in ends])
    np.testing.assert_array_equal(inputs, wanted)
    np.testing.assert_array_equal(targets, ends * 10)
    parts = keras.utils.timeseries_dataset_from_array(series, series[3:] * 10, 3, batch_size=4)
    inputs, targets = next(iter(parts))
    np.testing.assert_array_equal(inputs[:, 0] * 10 + 30, targets)
    assert sum(len(batch) for batch, _ in parts) == 9


def test_metrics_in_third_place_and_short_names_of_initializers():
    dense = keras.layers.Dense(1, kernel_initializer="uniform", bias_initializer="one")
    network = keras.Sequential([keras.Input((2,)), dense])
    network.compile("sgd", "mse", ["mae"])
    assert list(network.evaluate(np.ones((2, 2)), np.ones(2), verbose=0, return_dict=True)) == ["loss", "mae"]
    assert abs(dense.get_weights()[0]).max() <= 0.05


def test_utilities(capsys):
    left, right = keras.utils.split_dataset(np.arange(8), left_size=0.75)
    assert [len(left), len(right), int(next(iter(right)))] == [6, 2, 6]
    bar = keras.utils.Progbar(4, stateful_metrics=["rate"])
    bar.update(1, [("loss", 2.0), ("rate", 5.0)])
    bar.add(3, [("loss", 1.0), ("rate", 7.0)])
    assert "4/4 - loss: 1.2500 - rate: 7.0000\n" in capsys.readouterr().out
    with pytest.raises(DataError, match="put it beside the notebook"):
        keras.utils.get_file("no such file.csv", "https://example.org/x.csv")
