"""Keras' `utils`: class numbers as rows, rows of length 1, the seed of a program."""

import sys
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.core.defaults import set_random_seed
from engine.core.parameters import FloatArray
from engine.errors import ConfigurationError, DataError
from engine.keras.backend import clear_session
from engine.keras.local_file import find_local
from engine.keras.network_picture import plot_model
from engine.keras.preprocessing.image_folder import image_dataset_from_directory
from engine.keras.preprocessing.picture_files import array_to_img, img_to_array, load_img, save_img
from engine.keras.preprocessing.sequence import pad_sequences, timeseries_dataset_from_array
from engine.keras.saving import (
    deserialize_keras_object,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    serialize_keras_object,
)
from engine.layer_support.own_classes import own_classes, register_class
from engine.sequential.datasets import Dataset
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


def get_file(fname: str | None = None, origin: str | None = None, *given: Any, **settings: Any) -> str:  # noqa: ANN401
    """The path of a file that is beside the notebook or in Keras' folder; `DataError` where it is not."""
    name = str(fname or str(origin).rsplit("/", 1)[-1])
    found = find_local(name)
    if found is None:
        raise DataError(
            f"{name} is not on this machine, and nothing is loaded from elsewhere: put it beside the notebook."
        )
    return str(found)


def split_dataset(
    dataset: Any,  # noqa: ANN401 — a `Dataset`, an array, or arrays in a tuple
    left_size: float | None = None,
    right_size: float | None = None,
    shuffle: bool = False,
    seed: int | None = None,
) -> tuple[Dataset, Dataset]:
    """The first examples and the others; a size is a share, or a number of examples."""
    elements = list(dataset.passes() if isinstance(dataset, Dataset) else Dataset.from_tensor_slices(dataset).passes())
    count = len(elements)
    if shuffle:
        elements = [elements[place] for place in np.random.default_rng(seed).permutation(count)]

    def number(size: float) -> int:
        return round(size * count) if isinstance(size, float) else int(size)

    right = count - number(left_size) if left_size is not None and right_size is None else number(right_size or 0)
    left = count - right if left_size is None else number(left_size)
    parts = elements[:left], elements[count - right :]
    return Dataset(lambda: iter(parts[0]), left), Dataset(lambda: iter(parts[1]), right)


class Progbar:
    """How far a loop of one's own is, in one line.

    Args:
        target: how many steps there will be, or None.
        verbose: 0 to be silent.
        stateful_metrics: names of metrics that are shown as they are; the others as their means.
    """

    def __init__(
        self,
        target: int | None,
        width: int = 20,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
    ) -> None:
        self.target, self.verbose, self.unit_name = target, verbose, unit_name
        self.stateful_metrics = set(stateful_metrics or ())
        self._seen, self._sums = 0, dict[str, tuple[float, int]]()

    def update(self, current: int, values: Any = None, finalize: bool | None = None) -> None:  # noqa: ANN401
        """Take the number of steps done, and (name, metric) pairs."""
        steps = max(1, current - self._seen)
        for name, value in dict(values or {}).items():
            total, count = (0.0, 0) if name in self.stateful_metrics else self._sums.get(name, (0.0, 0))
            self._sums[name] = total + float(value) * steps, count + steps
        self._seen = current
        if self.verbose:
            shown = "".join(f" - {name}: {total / count:.4f}" for name, (total, count) in self._sums.items())
            done = current == self.target if finalize is None else finalize
            sys.stdout.write(f"\r{current}/{self.target or '?'}{shown}" + ("\n" if done else ""))

    def add(self, n: int, values: Any = None) -> None:  # noqa: ANN401
        """So many steps more."""
        self.update(self._seen + n, values)


__all__ = [
    "CustomObjectScope", "Progbar", "PyDataset", "Sequence", "array_to_img", "clear_session", "custom_object_scope",
    "deserialize_keras_object", "get_custom_objects", "get_file", "get_registered_name", "get_registered_object",
    "image_dataset_from_directory", "img_to_array", "load_img", "normalize", "pad_sequences", "plot_model",
    "register_keras_serializable", "save_img", "serialize_keras_object", "set_random_seed", "split_dataset",
    "timeseries_dataset_from_array", "to_categorical",
]  # fmt: skip
