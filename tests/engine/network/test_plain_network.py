"""`Network` alone, without Keras' names, can be trained, checked and asked."""

import numpy as np
import pytest

from engine.errors import ConfigurationError, EngineError
from engine.layers import Dense
from engine.losses import SparseCategoricalCrossentropy
from engine.network.gradient_check import check_gradients
from engine.network.network import Network
from engine.sequential import Sequential
from engine.training.config import TrainingConfig
from engine.training.trainer import Trainer


def made(kind):
    network = kind([Dense(6, activation="tanh"), Dense(3)], seed=1)
    network.build(4)
    network.loss = SparseCategoricalCrossentropy(from_logits=True)
    return network


@pytest.fixture
def examples():
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(70, 4)).astype(np.float32)
    return inputs, inputs[:, :3].argmax(axis=1)


def test_it_trains_and_answers_as_sequential_does(examples):
    networks = made(Network), made(Sequential)
    for network in networks:
        Trainer(network, TrainingConfig(epochs=3, batch_size=16, threads=1)).fit(*examples)
    plain, keras = networks
    np.testing.assert_array_equal(plain.store.values, keras.store.values)
    np.testing.assert_array_equal(plain.logits(examples[0]), keras.logits(examples[0]))


def test_its_gradients_can_be_checked(examples):
    assert check_gradients(made(Network), examples[0][:8], examples[1][:8]).passed


def test_outputs_do_not_depend_on_the_size_of_the_chunks(examples):
    network, inputs = made(Network), examples[0]
    expected = network.forward(inputs).copy()
    for size in (None, 1, 7, 100):
        np.testing.assert_allclose(network.logits(inputs, size), expected, rtol=1e-6, atol=1e-6)
    with pytest.raises(ConfigurationError, match="at least 1"):
        network.logits(inputs, 0)


def test_replicas_have_the_loss_and_networks_do_not_share_it():
    network = made(Network)
    network.metric_names = ("accuracy",)
    twin = network.replica()
    assert twin.loss is network.loss
    assert twin.metric_names == ("accuracy",)
    with pytest.raises(EngineError, match="no loss"):
        Network([Dense(1)]).require_loss()
