"""Small data, networks and settings that the tests of training share."""

import numpy as np

from engine.layers import Dense
from engine.losses import SparseCategoricalCrossentropy
from engine.sequential import Sequential
from engine.training.config import TrainingConfig


def digits(count=60, classes=10, features=12):
    """Blobs: each class around a point of its own."""
    draw = np.random.default_rng(5)
    labels = np.arange(count) % classes
    centres = draw.normal(0, 2, (classes, features))
    return (centres[labels] + draw.normal(0, 0.3, (count, features))).astype(np.float32), labels


def network(outputs=10, features=12, hidden=16, loss=None, dtype=np.float32, seed=0):
    layers = [Dense(hidden, activation="relu"), Dense(outputs)] if hidden else [Dense(outputs)]
    result = Sequential(layers, seed=seed, dtype=dtype)
    result.build((features,))
    result.loss = loss or SparseCategoricalCrossentropy(from_logits=True)
    return result


def config(**settings):
    return TrainingConfig(**{"epochs": 3, "batch_size": 16, "threads": 1, **settings})
