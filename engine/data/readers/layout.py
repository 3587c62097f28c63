"""Pixels in any usual order of axes as (count, height, width)."""

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import DataError

LEAST_SIDE, MAX_SIDE = 8, 512
_CHANNELS = (1, 2, 3, 4)


def stacked(path: Path, images: NDArray[Any], count: int | None) -> tuple[NDArray[Any], tuple[str, ...]]:
    """The images one behind the other, and what was guessed.

    Args:
        path: for messages.
        images: (n, h, w), (h, w, n), (n, h, w, c), (n, c, h, w), (h, w, c, n) with c of 1 to 4, (n, h·w) or
            (h·w, n), where h is w; a view is given back where one will do.
        count: how many labels there are, which tells the axis of the examples; None when there are none.

    Returns:
        (count, height, width) of the same type (colors become float32), and the guesses.

    Raises:
        DataError: the axes cannot be understood, or the images are too small or too large.
    """
    guesses: tuple[str, ...] = ()
    shape = images.shape
    if images.ndim == 4:
        images = _without_channels(images, count)
        if shape[3] not in _CHANNELS or images.shape[0] != shape[0]:
            guesses += (f"axes {_axes(shape)} moved",)
        if 1 not in (shape[1], shape[2], shape[3]):
            guesses += ("colors averaged",)
    elif images.ndim == 2:
        rows, columns = (_side(length) for length in shape)
        if rows is not None and (columns is None or (count == shape[1] and count != shape[0])):
            images, columns = images.T, rows
            guesses += ("one digit a column",)
        if columns is not None:
            images = images.reshape(-1, columns, columns)
    elif images.ndim == 3 and _examples_last(shape, count):
        images = np.moveaxis(images, 2, 0)
        guesses += (f"axes {_axes(shape)} moved",)
    if images.ndim != 3:
        raise DataError(f"{path}: the images have the shape {shape}; (count, height, width) is needed.")
    height, width = images.shape[1:]
    if min(height, width) < LEAST_SIDE or max(height, width) > MAX_SIDE:
        raise DataError(
            f"{path}: the images are {height}×{width}; sides from {LEAST_SIDE} to {MAX_SIDE} pixels can be read."
        )
    return images, guesses


def _side(length: int) -> int | None:
    """The side of a square of so many pixels, None where there is none of a usual size."""
    side = math.isqrt(length)
    return side if side * side == length and LEAST_SIDE <= side <= MAX_SIDE else None


def _examples_last(shape: tuple[int, ...], count: int | None) -> bool:
    if count is not None and count in (shape[0], shape[2]):
        return shape[0] != count
    return shape[0] == shape[1] != shape[2] and LEAST_SIDE <= shape[0] <= MAX_SIDE


def _without_channels(images: NDArray[Any], count: int | None) -> NDArray[Any]:
    shape = images.shape
    if shape[2] in _CHANNELS and shape[0] == shape[1] and (shape[3] == count or shape[3] not in _CHANNELS):
        images = np.moveaxis(images, (3, 2), (0, 3))
    elif shape[3] not in _CHANNELS and shape[1] in _CHANNELS:
        images = np.moveaxis(images, 1, 3)
    if images.shape[3] == 1:
        return images[:, :, :, 0]
    if images.shape[3] in _CHANNELS and images.dtype.kind in "uif":
        return np.asarray(images[:, :, :, : 3 if images.shape[3] > 2 else 1].mean(axis=3, dtype=np.float32))
    return images


def _axes(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))
