"""Digits of 28×28 pixels, from a file that is on this machine, or those that come with the program."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.bundled_digits import load_bundled
from engine.keras.local_file import Pair, find_local, load_local

# Of the bundled 10,000, which are MNIST's first ones in its own order.
_TRAINING_COUNT = 8500
# How many MNIST has; notebooks spell the numbers out.
_COUNTS = 60000, 10000


def load_data(path: str = "mnist.npz", **settings: Any) -> tuple[Pair, Pair]:  # noqa: ANN401 — Keras'
    """(x_train, y_train), (x_test, y_test): bytes (n, 28, 28) and class numbers (n,), from `path` or Keras' folder.

    Without the file the bundled digits stand in, 8,500 and 1,500, repeated until they are 60,000 and 10,000; a warning
    says so.
    """
    if path != "mnist.npz" or find_local(path) is not None:
        return load_local(path)
    warnings.warn(
        "mnist.npz is not on this machine: its first 10,000 training digits, which come with the program, stand in "
        "(8,500 to train, 1,500 to test, each about seven times, for MNIST has 60,000 and 10,000).",
        UserWarning,
        stacklevel=2,
    )
    digits = load_bundled()
    images, labels = as_mnist(digits.images), digits.labels.astype(np.uint8)
    train, test = (
        (np.resize(images[part], (count, 28, 28)), np.resize(labels[part], count))
        for count, part in zip(_COUNTS, (slice(_TRAINING_COUNT), slice(_TRAINING_COUNT, None)), strict=True)
    )
    return train, test


def as_mnist(features: NDArray[Any]) -> NDArray[np.uint8]:
    """Crops (n, 20, 20) in [0, 1] as bytes (n, 28, 28), their centre of mass in the middle, as MNIST has them."""
    count, side = len(features), 28
    pixels = np.rint(features.reshape(count, 20, 20) * 255).astype(np.uint8)
    weights = pixels.astype(np.float64)
    total = np.maximum(weights.sum(axis=(1, 2)), 1)
    places = np.arange(20)
    images = np.zeros((count, side, side), np.uint8)
    starts = [
        np.clip(np.floor(side / 2 - (weights.sum(axis=axis) @ places) / total).astype(int), 0, side - 20)
        for axis in (2, 1)
    ]
    rows, columns = (start[:, np.newaxis] + places for start in starts)
    images[np.arange(count)[:, np.newaxis, np.newaxis], rows[:, :, np.newaxis], columns[:, np.newaxis, :]] = pixels
    return images
