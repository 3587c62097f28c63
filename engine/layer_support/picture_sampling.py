"""Pictures read at places between their pixels: for layers that turn, move and resize them.

Pictures are (batch, height, width, channels).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.errors import ConfigurationError

FILL_MODES = ("constant", "nearest", "reflect", "wrap")


def checked_fill(mode: str, interpolation: str) -> tuple[str, str]:
    """Both as they are; `ConfigurationError` for others than Keras has."""
    if mode not in FILL_MODES:
        raise ConfigurationError(f"Outside of a picture there is one of {', '.join(FILL_MODES)}, not {mode!r}.")
    if interpolation not in ("bilinear", "nearest"):
        raise ConfigurationError(f"Between pixels there is bilinear or nearest, not {interpolation!r}.")
    return mode, interpolation


def _inside(places: NDArray[Any], size: int, mode: str) -> tuple[Any, Any]:
    """Whole places brought into 0 … size − 1, and which of them lay there."""
    known = (places >= 0) & (places < size)
    if mode == "wrap":
        return places % size, np.ones_like(known)
    if mode == "reflect":
        # d c b a | a b c d | d c b a
        turned = places % (2 * size)
        return np.where(turned < size, turned, 2 * size - 1 - turned), np.ones_like(known)
    return np.clip(places, 0, size - 1), known if mode == "constant" else np.ones_like(known)


def sampled(
    images: Any,  # noqa: ANN401 — a tensor (batch, height, width, channels)
    rows: FloatArray,
    columns: FloatArray,
    mode: str = "reflect",
    interpolation: str = "bilinear",
    fill_value: float = 0.0,
) -> Any:  # noqa: ANN401 — a tensor
    """The pictures read at places (batch, rows, columns), measured in pixels from the first one's centre."""
    height, width = np.shape(images)[1:3]
    example = np.arange(len(images))[:, np.newaxis, np.newaxis]
    if interpolation == "nearest":
        rows, columns = np.rint(rows), np.rint(columns)
    top, left = np.floor(rows), np.floor(columns)
    total: Any = 0.0
    for down in (0, 1):
        for right in (0, 1):
            weight = np.abs(1 - down - (rows - top)) * np.abs(1 - right - (columns - left))
            if not weight.any():
                continue
            row, row_known = _inside((top + down).astype(int), height, mode)
            column, column_known = _inside((left + right).astype(int), width, mode)
            part = images[example, row, column]
            known = row_known & column_known
            if not known.all():
                part = np.where(known[..., np.newaxis], part, fill_value)
            total = total + part * weight[..., np.newaxis].astype(images.dtype)
    return total


def axis_matrix(size: int, target: int, interpolation: str = "bilinear") -> FloatArray:
    """(target, size): each new number of an axis from the old ones, places counted from the pixels' edges."""
    places = (np.arange(target) + 0.5) * size / target
    matrix = np.zeros((target, size))
    if interpolation == "nearest":
        matrix[np.arange(target), np.minimum(places.astype(int), size - 1)] = 1
        return matrix
    places = np.clip(places - 0.5, 0, size - 1)
    low = np.minimum(places.astype(int), size - 1)
    high = np.minimum(low + 1, size - 1)
    np.add.at(matrix, (np.arange(target), low), 1 - (places - low))
    np.add.at(matrix, (np.arange(target), high), places - low)
    return matrix


def resized_part(images: Any, height: int, width: int, interpolation: str = "bilinear") -> Any:  # noqa: ANN401
    """The largest part around the middle of pictures (batch, …) that has the new proportions, in the new size."""
    before = np.shape(images)[1:3]
    down = max(1, min(before[0], int(before[1] * height / width)))
    across = max(1, min(before[1], int(before[0] * width / height)))
    top, left = (before[0] - down) // 2, (before[1] - across) // 2
    return resized(images[:, top : top + down, left : left + across], height, width, interpolation)


def resized(images: Any, height: int, width: int, interpolation: str = "bilinear") -> Any:  # noqa: ANN401 — a tensor
    """The pictures in another size, without smoothing before it, as TensorFlow and Keras do it."""
    down = axis_matrix(np.shape(images)[1], height, interpolation).astype(images.dtype)
    across = axis_matrix(np.shape(images)[2], width, interpolation).astype(images.dtype)
    # (batch, width, channels, height), then (batch, channels, height, width).
    moved = np.tensordot(np.tensordot(images, down, axes=((1,), (1,))), across, axes=((1,), (1,)))
    return np.transpose(moved, (0, 2, 3, 1))
