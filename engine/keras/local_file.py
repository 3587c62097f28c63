"""Data sets that Keras has left on this machine."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import DataError

Pair = tuple[NDArray[Any], NDArray[Any]]


def load_local(
    path: str, names: tuple[str, str, str, str] = ("x_train", "y_train", "x_test", "y_test")
) -> tuple[Pair, Pair]:
    """(x, y) for training and for test, (n, …) each, of an `.npz` file with these four arrays.

    Args:
        path: of the file, or its name in Keras' own folder.
        names: of the arrays.

    Raises:
        DataError: the file is not there, or holds something else.
    """
    found = find_local(path)
    if found is None:
        raise DataError(
            f"{path} is not on this machine, and nothing is loaded from elsewhere: put it beside the notebook. "
            "10,000 digits come along: from engine import load_bundled."
        )
    return read_local(found, names)


def find_local(path: str) -> Path | None:
    """The file of this path, or of this name in Keras' own folder; None where there is none."""
    places = [Path(path), Path.home() / ".keras" / "datasets" / path]
    return next((place for place in places if place.is_file()), None)


def read_local(found: Path, names: tuple[str, str, str, str]) -> tuple[Pair, Pair]:
    """(x, y) for training and for test, (n, …) each; `DataError` for a file that holds something else."""
    try:
        with np.load(found, allow_pickle=False) as arrays:
            train_x, train_y, test_x, test_y = (arrays[name] for name in names)
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{found.name} does not hold the arrays {', '.join(names)} as plain numbers.") from error
    return (train_x, train_y), (test_x, test_y)
