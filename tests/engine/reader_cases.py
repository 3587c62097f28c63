"""Data files in every format, made from a few digits, and what a reader must make of them."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest

from engine.data import ReadOptions, read_dataset, read_digits
from engine.errors import DataError
from engine.ink import features_from_mnist

COUNT, MANY = 30, 60
Digits = tuple[np.ndarray, np.ndarray]
SPELLED = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def npz(**arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def write(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def table(frames: np.ndarray, labels: np.ndarray, separator: str = ",") -> str:
    rows = np.concatenate([labels[:, None], frames.reshape(len(frames), -1)], axis=1)
    return "\n".join(separator.join(map(str, row)) for row in rows.tolist()) + "\n"


def check(path: Path, digits: tuple[np.ndarray, np.ndarray]) -> None:
    dataset = read_dataset(path)
    np.testing.assert_array_equal(dataset.labels, digits[1])
    np.testing.assert_array_equal(dataset.images, features_from_mnist(digits[0]))
    assert dataset.name


def check_reading(
    path: Path, digits: Digits, told: str = "", options: ReadOptions | None = None, atol: float = 0.0
) -> None:
    """The digits are those, to the bit unless `atol` is given, and the guesses hold the words of `told`."""
    reading = read_digits(path, options or ReadOptions())
    assert reading.labels is not None
    np.testing.assert_array_equal(reading.labels, digits[1])
    np.testing.assert_allclose(reading.images, features_from_mnist(digits[0]), rtol=0, atol=atol)
    if told:
        assert told in reading.told
    else:
        assert reading.guesses == ()


def refuse(path: Path, words: str, options: ReadOptions | None = None) -> None:
    with pytest.raises(DataError, match=words) as caught:
        read_dataset(path, options or ReadOptions())
    message = str(caught.value)
    assert path.stem.split(".")[0] in message
    assert "\n" not in message
    assert message.endswith(".")
