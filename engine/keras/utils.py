"""Keras' `utils`: class numbers as rows, rows of length 1, the seed of a program."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.core.defaults import set_random_seed
from engine.core.parameters import FloatArray
from engine.errors import ConfigurationError, DataError
from engine.keras.backend import clear_session
from engine.keras.network_picture import plot_model
from engine.keras.preprocessing.image_folder import image_dataset_from_directory
from engine.keras.preprocessing.picture_files import array_to_img, img_to_array, load_img, save_img
from engine.keras.preprocessing.sequence import pad_sequences
from engine.layers.own_classes import own_classes, register_class
from engine.sequential.streaming import PyDataset


def to_categorical(x: ArrayLike, num_classes: int | None = None) -> FloatArray:
    """Class numbers (n,) or (n, 1) as rows (n, classes) with one 1; `DataError` for numbers out of range."""
    given = np.asarray(x)
    shape = given.shape[:-1] if given.ndim > 1 and given.shape[-1] == 1 else given.shape
    numbers: NDArray[np.intp] = given.astype(np.intp).reshape(-1)
    classes = int(numbers.max(initial=-1)) + 1 if num_classes is None else int(num_classes)
    if numbers.size and (numbers.min() < 0 or numbers.max() >= classes):
        raise DataError(f"Class numbers have to be from 0 to {classes - 1}, not {numbers.min()} to {numbers.max()}.")
    rows = np.zeros((numbers.size, classes))
    rows[np.arange(numbers.size), numbers] = 1
    return rows.reshape(*shape, classes)


def normalize(x: ArrayLike, axis: int = -1, order: int = 2) -> FloatArray:
    """Rows of an array of any shape divided by their length, of which an empty row keeps 0.

    Raises:
        ConfigurationError: the order is not a positive whole number.
    """
    if order < 1:
        raise ConfigurationError(f"The order of a norm is at least 1, not {order!r}.", "order")
    array = np.asarray(x, np.float64)
    norms = np.atleast_1d(np.linalg.norm(array, order, axis))
    norms[norms == 0] = 1
    result: FloatArray = array / np.expand_dims(norms, axis)
    return result


Sequence = PyDataset


register_keras_serializable, custom_object_scope = register_class, own_classes
CustomObjectScope = own_classes


__all__ = [
    "CustomObjectScope",
    "PyDataset",
    "Sequence",
    "array_to_img",
    "clear_session",
    "custom_object_scope",
    "image_dataset_from_directory",
    "img_to_array",
    "load_img",
    "normalize",
    "pad_sequences",
    "plot_model",
    "register_keras_serializable",
    "save_img",
    "set_random_seed",
    "to_categorical",
]  # fmt: skip
