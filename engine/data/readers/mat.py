"""MATLAB's `.mat`: `X` and `y` of the courses' exercises, structs such as `training.images`, `data` and `label`."""

import math
import re

import numpy as np
from numpy.typing import NDArray

from engine.core.source_file import SourceFile
from engine.data.readers.mat_elements import MatDamage, mat_arrays
from engine.data.readers.mat_level4 import is_level4, level4_arrays
from engine.data.readers.named_arrays import reading_from_named
from engine.data.readers.options import ReadOptions
from engine.data.readers.reading import Reading
from engine.errors import DataError

_CLASS = re.compile(r"([a-z]*?)_?([0-9])", re.IGNORECASE)


def is_mat(head: bytes) -> bool:
    """Whether these bytes begin like a MATLAB file of version 4 to 7.2."""
    return (
        is_level4(head)
        or head[:10] == b"MATLAB 5.0"
        or (len(head) >= 128 and head[:6] == b"MATLAB" and head[126:128] in (b"IM", b"MI"))
    )


def read_mat(source: SourceFile, options: ReadOptions) -> Reading:
    """The digits of a MATLAB file; of several parts the one that is wanted.

    What is special about the courses' files: rows are unrolled column by column, label 10 means 0, the digits are
    sorted by class, and the picture is MNIST's whole 28×28 frame reduced by bicubic interpolation, so the digit fills
    about 15 of the 20 pixels and values overshoot 0 and 1.

    Raises:
        DataError: the file cannot be read; the sentence names it and the way out.
    """
    path = source.path
    arrays: dict[str, NDArray[np.generic]] = {}
    try:
        data = source.rest()
        arrays.update(level4_arrays(data) if is_level4(source.head) else mat_arrays(data, source.charge))
    except MatDamage:
        raise DataError(f"{path}: the .mat file is damaged or cut off; get a fresh copy.") from None
    return reading_from_named(source, _classes_joined(arrays), options, "a .mat file")


def _classes_joined(arrays: dict[str, NDArray[np.generic]]) -> dict[str, NDArray[np.generic]]:
    """Ten arrays for ten digits, such as `train0` to `train9`, as one with its labels; others as they are.

    USPS comes as one array of (pixels, examples, classes), 1 to 9 and then 0.
    """
    if len(arrays) == 1:
        ((name, array),) = arrays.items()
        if array.ndim == 3 and array.shape[2] == 10 and math.isqrt(array.shape[0]) ** 2 == array.shape[0]:
            rows = array.transpose(2, 1, 0).reshape(-1, array.shape[0])
            return {"images": rows, "labels": np.repeat(np.arange(1, 11), array.shape[1])}
    parts: dict[str, dict[int, NDArray[np.generic]]] = {}
    for name, array in arrays.items():
        if (match := _CLASS.fullmatch(name)) and array.ndim == 2:
            parts.setdefault(match[1], {})[int(match[2])] = array
    joined: dict[str, NDArray[np.generic]] = {}
    for part, classes in parts.items():
        if len(classes) == 10 and len({array.shape[1] for array in classes.values()}) == 1:
            ordered = sorted(classes.items())
            joined[f"{part}_images"] = np.concatenate([array for _, array in ordered])
            joined[f"{part}_labels"] = np.repeat(np.arange(10), [len(array) for _, array in ordered])
    return joined or arrays
