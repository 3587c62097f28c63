"""The Coursera course's `ex3data1.mat` and `ex4data1.mat`: 5,000 digits of MNIST, 20×20, one a row.

What is special about them: rows are unrolled column by column, label 10 means 0, the digits are sorted by class,
and the picture is MNIST's whole 28×28 frame reduced by bicubic interpolation, so the digit fills about 15 of the 20
pixels and values overshoot 0 and 1. Here the digit is brought to the tile as everywhere else.
"""

import io
from pathlib import Path

import numpy as np

from engine.data.dataset import Dataset
from engine.data.readers.image_arrays import tile_from_frame, whole_labels
from engine.errors import DataError

_MAX_NUMBERS = 50_000_000


def is_mat(data: bytes) -> bool:
    """Whether these bytes begin like a MATLAB file of version 5 to 7.3."""
    return data[:10] == b"MATLAB 5.0" or data[:10] == b"MATLAB 7.3"


def read_mat(path: Path, data: bytes) -> Dataset:
    """The digits of a MATLAB file with `X` (count, 400) and `y` (count, 1)."""
    if data[:10] == b"MATLAB 7.3":
        raise DataError(f"{path}: this is a MATLAB 7.3 file; save it again with “save -v7”.")
    from scipy.io import loadmat, whosmat

    try:
        shapes = {name: shape for name, shape, _ in whosmat(io.BytesIO(data))}
        if not {"X", "y"} <= set(shapes):
            raise DataError(f"{path}: the course's .mat files hold X and y; this one holds {_names(shapes)}.")
        if len(shapes["X"]) != 2 or shapes["X"][1] != 400 or np.prod(shapes["X"], dtype=float) > _MAX_NUMBERS:
            raise DataError(f"{path}: X has the shape {shapes['X']}; (count, 400) is needed.")
        variables = loadmat(io.BytesIO(data), variable_names=["X", "y"])
    except DataError:
        raise
    except Exception:  # SciPy's parser raises errors of a dozen types on damaged files.
        raise DataError(f"{path}: the .mat file is damaged or cut off; get a fresh copy.") from None
    pixels, labels = np.asarray(variables["X"]), np.asarray(variables["y"])
    if pixels.dtype.kind not in "uif" or not np.isfinite(pixels).all():
        raise DataError(f"{path}: X has to hold finite numbers.")
    if labels.dtype.kind in "uif":
        labels = np.where(labels == 10, 0, labels)
    labels = whole_labels(path, labels)
    if len(pixels) != len(labels):
        raise DataError(f"{path}: there are {len(pixels)} images but {len(labels)} labels.")
    if not len(pixels):
        raise DataError(f"{path}: the file holds no digits.")
    frames = np.clip(pixels.astype(np.float32), 0, 1).reshape(-1, 20, 20).transpose(0, 2, 1)
    return Dataset(np.stack([tile_from_frame(frame, _RINGING) for frame in frames]), labels, path.name)


# Bicubic interpolation rings beside a stroke; what is left of that after clipping is fainter than this.
_RINGING = 0.1


def _names(shapes: dict[str, tuple[int, ...]]) -> str:
    return ", ".join(sorted(shapes)[:5]) or "nothing"
