"""Keras' `datasets`: files that Keras has left on this machine; nothing is loaded from elsewhere."""

from engine.keras.datasets import boston_housing, california_housing, cifar10, fashion_mnist, imdb, mnist, reuters

__all__ = ["boston_housing", "california_housing", "cifar10", "fashion_mnist", "imdb", "mnist", "reuters"]
