"""What cannot be meant is refused in a sentence, and "none of the classes" counts as documented."""

import math

import numpy as np
import pytest

from engine.batches.examples import prepare_data
from engine.errors import ConfigurationError, DataError
from engine.evaluation.metrics import METRICS, batch_accuracy, task_metrics
from engine.layers import Dropout, Reshape
from engine.losses import OpenSetCrossentropy
from engine.optimizers import Adam
from engine.sequential.watching import EarlyStopping
from tests.engine.training_cases import digits, network

CLASS_METRICS = ["accuracy", "top_3_accuracy", "macro_f1", "calibration_error"]


@pytest.mark.parametrize("name", CLASS_METRICS)
def test_none_of_the_classes_is_left_out_of_the_figures(name, rng):
    loss, outputs = OpenSetCrossentropy(), rng.normal(size=(12, 5))
    targets = np.arange(12) % 6 - 1
    known = targets >= 0
    expected = METRICS[name](targets[known], loss.to_predictions(outputs[known]))
    assert task_metrics(loss, outputs, targets, [name])[name] == pytest.approx(expected)
    assert METRICS[name](targets, loss.to_predictions(outputs)) == pytest.approx(expected)


def test_accuracy_of_nothing_but_none_is_unknown(rng):
    assert math.isnan(batch_accuracy(OpenSetCrossentropy(), rng.normal(size=(3, 5)), np.full(3, -1)))


def test_class_weights_leave_none_alone():
    built = network(outputs=3, loss=OpenSetCrossentropy())
    data = prepare_data(built, np.zeros((4, 12)), np.array([-1, 0, 1, 2]), (2.0, 3.0, 4.0))
    assert data.weights is not None
    assert data.weights.tolist() == [1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize(
    "make", [lambda: Dropout("x"), lambda: Dropout(None), lambda: Adam("x"), lambda: Adam(beta_1="x")]
)
def test_settings_that_are_no_numbers(make):
    with pytest.raises(ConfigurationError, match=r"not ('x'|None)"):
        make()


@pytest.mark.parametrize("shape", [5, None, ("a",)])
def test_target_shapes_that_are_none(shape):
    with pytest.raises(ConfigurationError, match="sequence of whole numbers"):
        Reshape(shape)


@pytest.mark.parametrize("method", ["evaluate", "loss_and_gradients"])
def test_data_that_cannot_be_judged(method):
    inputs, labels = digits(10)
    ask = getattr(network(), method)
    with pytest.raises(DataError, match="no examples"):
        ask(inputs[:0], labels[:0])
    with pytest.raises(DataError, match="not finite"):
        ask(np.full_like(inputs, np.nan), labels)
    with pytest.raises(DataError, match="complex"):
        ask(inputs + 1j, labels)


def test_early_stopping_gives_the_best_weights_back():
    inputs, labels = digits()
    built = network()
    built.compile(optimizer=Adam(0.02), loss=built.loss)
    # Labels that are wrong on purpose: the better the training, the worse the validation.
    held_out = inputs, (labels + 1) % 10
    stopping = EarlyStopping(patience=3, restore_best_weights=True)
    history = built.fit(inputs, labels, epochs=20, validation_data=held_out, verbose=0, callbacks=[stopping])
    assert history.finished is not None
    assert history.finished.reason == "early stopping"
    best = min(history.history["val_loss"])
    assert history.history["val_loss"][-1] > best
    assert built.evaluate(*held_out, verbose=0, return_dict=True)["loss"] == pytest.approx(best, rel=1e-5)
