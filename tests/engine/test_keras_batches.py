"""Training on batches: generators, data sets by number, and passes that are cut by numbers of steps."""

import numpy as np
import pytest

from engine import ConfigurationError, DataError, keras

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


@pytest.mark.parametrize(
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
