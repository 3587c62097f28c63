"""Grey levels of any usual range as 0…255 whole or 0…1, 0 is background."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.errors import DataError

# Whites in use: bits, four bits, sums of 4×4 bits, percent, bytes, and 10, 12, 14 16 and 32 bits of scanners.
_WHITES = (1.0, 15.0, 16.0, 100.0, 255.0, 1023.0, 4095.0, 16383.0, 65535.0, 2.0**32 - 1)
# Mean and deviation by which courses normalize MNIST for PyTorch.
_MEAN, _DEVIATION = 0.1307, 0.3081
_PERCENT = 100.0  # only where a pixel reaches it
_MEAN_BYTE = 10.0  # and more is what digits are less their mean
_WIDEST = 12.0  # from background to ink in deviations
_OVERSHOOT = 0.5  # bicubic interpolation rings by less than this share of the range
_CHUNK = 2048


def grey_levels(
    path: Path, images: NDArray[Any], as_bytes: bool = False, inverted: bool | None = None
) -> tuple[NDArray[np.uint8] | FloatArray, tuple[str, ...]]:
    """The images as uint8 in 0–255 or as float32 in 0–1, 0 is background; and what was guessed.

    Args:
        path: for messages.
        images: (count, height, width) of bools, whole numbers or floats, with ink of either brightness.
        as_bytes: whether floats, too, are brought to uint8.
        inverted: whether ink is dark; None finds that out.

    Raises:
        DataError: the pixels are no numbers, not finite, or of a range that nobody uses.
    """
    if images.dtype.kind not in "buif":
        raise DataError(f"{path}: the pixels have to be numbers, not {images.dtype}.")
    guesses: tuple[str, ...] = ()
    if images.dtype == np.int8 and int(images.min()) < -1:
        images = images.view(np.uint8)
        guesses += ("bytes read as int8 taken as 0…255",)
    lowest, highest = float(images.min()), float(images.max())
    if not np.isfinite([lowest, highest]).all():
        wrong = next(i for i, image in enumerate(images) if not np.isfinite(image).all())
        raise DataError(f"{path}: a pixel of image {wrong + 1} is not a finite number; 0 to 1 or 0 to 255 is needed.")
    levels: NDArray[np.uint8] | FloatArray
    if images.dtype.kind in "ui" and lowest >= 0 and 16 < highest <= 255:
        levels = images.astype(np.uint8, copy=False)
        white: float = 255
    else:
        scale, shift, words = _scaling(path, lowest, highest, _is_background(images, lowest))
        guesses += words
        levels = _scaled(images, scale, shift, as_bytes)
        white = 255 if as_bytes else 1
    if inverted or (inverted is None and _is_inverted(levels, white)):
        levels = _subtracted(levels, white)
        guesses += ("inverted" if inverted else "dark ink on light turned to light on dark",)
    return levels, guesses


def _scaling(path: Path, lowest: float, highest: float, is_flat: bool) -> tuple[float, float, tuple[str, ...]]:
    """Factor and summand that bring the values to about 0…1, and what to say; `is_flat`: most have the lowest value."""
    values = f"values {_short(lowest)}…{_short(highest)}"
    if lowest >= 0 and not 1 < highest < 1 + _OVERSHOOT:
        white = next((white for white in _WHITES if highest <= white and (white != _PERCENT or highest == white)), None)
        # A single 300 among bytes is a fault, not ten bits.
        if white is not None and (white <= 255 or 2 * highest > white):
            told = f"values 0…{white:,.0f} scaled"
            return 1 / white, 0.0, () if white in (1.0, 255.0) else (told,)
    elif lowest >= -1.001 and highest <= 1.001 and lowest < -_OVERSHOOT:
        return 0.5, 0.5, ("values −1…1 scaled",)
    elif abs(lowest + _MEAN / _DEVIATION) < 0.01 and highest < (1 - _MEAN) / _DEVIATION + 0.01:
        return _DEVIATION, _MEAN, (f"{values} unnormalized (mean 0.1307, deviation 0.3081)",)
    elif lowest > -_OVERSHOOT and highest < 1 + _OVERSHOOT and not (is_flat and highest <= 1):
        return 1.0, 0.0, (f"{values} clipped to 0…1",)
    elif (
        is_flat
        and lowest < 0 < highest
        and (highest - lowest < _WIDEST or (lowest < -_MEAN_BYTE and 254 < highest - lowest < 256))
    ):
        # Less its mean, and perhaps divided by a deviation: the background tells where 0 was.
        scale = 1 / (highest - lowest)
        return scale, -lowest * scale, (f"{values} stretched to 0…1",)
    elif lowest > -255 * _OVERSHOOT and 255 < highest < 255 * (1 + _OVERSHOOT):
        return 1 / 255, 0.0, (f"{values} clipped to 0…255",)
    raise DataError(f"{path}: the pixels go from {_short(lowest)} to {_short(highest)}; 0 to 1 or 0 to 255 is needed.")


def _scaled(images: NDArray[Any], scale: float, shift: float, as_bytes: bool) -> NDArray[np.uint8] | FloatArray:
    levels = np.empty(images.shape, np.uint8 if as_bytes else np.float32)
    for start in range(0, len(images), _CHUNK):
        part = images[start : start + _CHUNK].astype(np.float32)
        if scale != 1:
            # Divided where that is meant: 255 has no exact inverse.
            part = part / np.float32(round(1 / scale)) if scale < 0.25 and not shift else part * np.float32(scale)
        if shift:
            part += np.float32(shift)
        np.clip(part, 0, 1, out=part)
        levels[start : start + _CHUNK] = np.rint(part * np.float32(255)) if as_bytes else part
    return levels


def _is_background(images: NDArray[Any], value: float) -> bool:
    return bool(2 * np.count_nonzero(images == value) > images.size)


def _is_inverted(levels: NDArray[Any], white: float) -> bool:
    """Whether most of the images' rim is bright; crops of 20×20 have ink at their rim, but never on most of it."""
    rim = np.concatenate([levels[:, 0], levels[:, -1], levels[:, :, 0], levels[:, :, -1]], axis=1)
    return bool(2 * np.count_nonzero(rim > white / 2) > rim.size)


def _subtracted(levels: NDArray[Any], white: float) -> NDArray[Any]:
    return np.asarray(np.subtract(levels.dtype.type(white), levels, dtype=levels.dtype))


def _short(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")
