"""Arrays of digit images, as data files hold them, brought to a data set."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.data.dataset import Dataset
from engine.errors import DataError
from engine.ink.digit_image import DIGIT_SIDE, features_from_mnist, tile_from_ink

MAX_SIDE = 512
_MNIST_SIDE = 28


def dataset_from_arrays(
    path: Path, images: NDArray[Any], labels: NDArray[Any], writers: NDArray[Any] | None = None
) -> Dataset:
    """A data set from images and labels of usual types.

    Images of 20×20 are features already and are taken as they are; images of 28×28 are taken as MNIST's; others
    are cropped to their ink and area-averaged. Grey levels may be 0–255 or 0–1; where the rim of the images is
    bright, ink is dark, and they are inverted.

    Args:
        path: the file, for messages and the data set's name.
        images: (count, height, width), or with a last axis of length 1.
        labels: (count,) or (count, 1) whole numbers 0–9.
        writers: (count,) whole numbers, or None.

    Raises:
        DataError: the arrays don't belong together, or hold something else than digits.
    """
    if images.ndim == 4 and images.shape[3] == 1:
        images = images[:, :, :, 0]
    if images.ndim != 3:
        raise DataError(f"{path}: the images have the shape {images.shape}; (count, height, width) is needed.")
    labels = whole_labels(path, labels)
    if len(images) != len(labels):
        raise DataError(f"{path}: there are {len(images)} images but {len(labels)} labels.")
    if not len(images):
        raise DataError(f"{path}: the file holds no digits.")
    return Dataset(_features(path, _grey_levels(path, images)), labels, path.name, writers)


def whole_labels(path: Path, labels: NDArray[Any]) -> NDArray[np.int64]:
    """Labels of any numeric type and of the shape (count,) or (count, 1) as (count,) int64 from 0 to 9."""
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1:
        raise DataError(f"{path}: the labels have the shape {labels.shape}; one number for each image is needed.")
    if labels.dtype.kind not in "uif":
        raise DataError(f"{path}: the labels have to be whole numbers from 0 to 9.")
    wrong = np.flatnonzero(~((labels >= 0) & (labels <= 9) & (labels == np.floor(labels))))
    if len(wrong):
        raise DataError(f"{path}: label {labels[wrong[0]]} of image {wrong[0] + 1} is not a digit from 0 to 9.")
    return labels.astype(np.int64)


def _grey_levels(path: Path, images: NDArray[Any]) -> NDArray[np.uint8] | FloatArray:
    """The images as uint8 in 0–255 or as float32 in 0–1, 0 is background."""
    height, width = images.shape[1:]
    if not (2 <= height <= MAX_SIDE and 2 <= width <= MAX_SIDE):
        raise DataError(f"{path}: the images are {height}×{width}; sides from 2 to {MAX_SIDE} pixels can be read.")
    if images.dtype.kind not in "buif":
        raise DataError(f"{path}: the pixels have to be numbers, not {images.dtype}.")
    lowest, highest = float(images.min()), float(images.max())
    if not (lowest >= 0 and highest <= 255):
        raise DataError(f"{path}: the pixels go from {lowest:g} to {highest:g}; 0 to 1 or 0 to 255 is needed.")
    if images.dtype.kind in "ui" and highest > 1:
        levels = images.astype(np.uint8)
        return np.subtract(255, levels, dtype=np.uint8) if _is_inverted(levels, 255) else levels
    shades = images.astype(np.float32)
    if highest > 1:
        shades /= np.float32(255)
    return np.subtract(1, shades, dtype=np.float32) if _is_inverted(shades, 1) else shades


def _is_inverted(levels: NDArray[Any], white: float) -> bool:
    """Whether most of the images' rim is bright; tiles of 20×20 have ink at their rim, but never on most of it."""
    rim = np.concatenate([levels[:, 0], levels[:, -1], levels[:, :, 0], levels[:, :, -1]], axis=1)
    return float(np.median(rim)) > white / 2


def _features(path: Path, images: NDArray[np.uint8] | FloatArray) -> FloatArray:
    if images.shape[1:] == (DIGIT_SIDE, DIGIT_SIDE):
        return images.astype(np.float32) / np.float32(255) if images.dtype == np.uint8 else images.astype(np.float32)
    if images.shape[1:] == (_MNIST_SIDE, _MNIST_SIDE):
        levels = images if images.dtype == np.uint8 else np.rint(images * np.float32(255))
        return features_from_mnist(levels.astype(np.uint8))
    return np.stack([tile_from_frame(image) for image in images])


def tile_from_frame(image: NDArray[Any], threshold: float = 0.05) -> FloatArray:
    """The tile of an image on a clean background of 0: cropped to the ink and area-averaged.

    Pixels up to `threshold` of the brightest one don't count as ink when the crop is chosen.
    """
    levels = image.astype(np.float32)
    inked = levels > threshold * float(levels.max())
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    if not len(rows):
        return np.zeros((DIGIT_SIDE, DIGIT_SIDE), np.float32)
    return tile_from_ink(levels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
