"""Arrays of digit images, as data files hold them, brought to features."""

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.core.source_file import SourceFile
from engine.data.readers.labels import label_count, whole_labels
from engine.data.readers.layout import stacked
from engine.data.readers.options import ReadOptions
from engine.data.readers.orientation import is_transposed
from engine.data.readers.reading import RawDigits, Reading, no_labels
from engine.data.readers.turning import turned
from engine.data.readers.values import grey_levels
from engine.errors import DataError
from engine.ink.digit_image import DIGIT_SIDE, digit_image_from_ink, features_from_mnist
from engine.ink.photos.thin_pens import REPAINTED, are_thin, thickened

_MNIST_SIDE = 28
_FEATURE_BYTES = 4 * DIGIT_SIDE * DIGIT_SIDE
# Pixels up to this share of the brightest one don't count as ink when the crop is chosen.
_FAINT = 0.05
# Bicubic interpolation, by which courses made 20×20 frames, rings beside a stroke; what is left of that after clipping
# is fainter than this.
_RINGING = 0.1
# A 20×20 image is a digit image where the longer side of its ink is at least so long.
_FULL = 19


def reading_from_arrays(raw: RawDigits, options: ReadOptions, source: SourceFile | None = None) -> Reading:
    """The digits of arrays of any usual layout, range and type.

    Images of 20×20 that their ink fills are features already and are taken as they are; images of 28×28 are taken
    as MNIST's and kept beside the features; others are cropped to their ink and area-averaged. Where the pen of most
    is far thinner than MNIST's, all are repainted with MNIST's.

    Args:
        raw: what the file holds.
        options: what is known better than guessed.
        source: is charged for what the features cost.

    Raises:
        DataError: the arrays don't belong together, or hold something else than digits.
    """
    path, guesses = raw.path, raw.guesses
    if raw.labels is None and options.labels_needed:
        raise DataError(no_labels(path))
    images, words = stacked(path, raw.images, None if raw.labels is None else label_count(raw.labels))
    guesses += words
    if not len(images):
        raise DataError(f"{path}: the file holds no digits.")
    labels = None
    if raw.labels is not None:
        if label_count(raw.labels) != len(images):
            raise DataError(f"{path}: there are {len(images)} images but {label_count(raw.labels)} labels.")
        labels, words = whole_labels(path, raw.labels, options.label_shift)
        guesses += words
    if source is not None:
        source.charge(len(images) * _FEATURE_BYTES)
    name, writers, columns_first = path.name, raw.writers, raw.columns_first
    is_mnist = images.shape[1:] == (_MNIST_SIDE, _MNIST_SIDE)
    levels, words = grey_levels(path, images, is_mnist, options.inverted)
    guesses += words
    # Large: what has become features needs no memory any more.
    del raw, images
    features, originals = _features(levels)
    if are_thin(features):
        guesses += (REPAINTED,)
        for index, image in enumerate(levels):
            if image.any():
                features[index] = thickened(_cropped(image, _RINGING))
    reading = Reading(features, labels, name, writers, originals, guesses)
    del features, originals
    # Mirrored digits lie on their side, too: only as they are said to stand can it be seen whether they do.
    sideways = options.transpose is None and is_transposed(_as_said(reading.images, options), columns_first)
    return turned(reading, options, sideways)


def _as_said(features: FloatArray, options: ReadOptions) -> FloatArray:
    return features[:, :: -1 if options.flipped else 1, :: -1 if options.mirrored else 1]


def _features(levels: NDArray[np.uint8] | FloatArray) -> tuple[FloatArray, NDArray[np.uint8] | None]:
    if levels.shape[1:] == (_MNIST_SIDE, _MNIST_SIDE):
        originals = np.ascontiguousarray(levels, np.uint8)
        return features_from_mnist(originals), originals
    if levels.shape[1:] == (DIGIT_SIDE, DIGIT_SIDE) and _fill_the_digit_image(levels):
        features = levels.astype(np.float32)
        return features / np.float32(255) if levels.dtype == np.uint8 else features, None
    features = np.empty((len(levels), DIGIT_SIDE, DIGIT_SIDE), np.float32)
    faint = _RINGING if levels.shape[1:] == (DIGIT_SIDE, DIGIT_SIDE) else _FAINT
    for index, image in enumerate(levels):
        features[index] = _digit_image_from_frame(image, faint)
    return features, None


def _fill_the_digit_image(levels: NDArray[np.uint8] | FloatArray) -> bool:
    """Whether half of the images' ink is as long as the digit image, so that they have been brought to it already."""
    inked = np.asarray(levels > _RINGING * float(levels.max()))
    longer = np.maximum(_extent(np.any(inked, axis=2)), _extent(np.any(inked, axis=1)))
    longer = longer[longer > 0]
    return not len(longer) or bool(2 * np.count_nonzero(longer >= _FULL) >= len(longer))


def _extent(occupied: NDArray[np.bool_]) -> NDArray[np.intp]:
    """(count,): from the first to the last occupied place of each row, 0 where there is none."""
    length = occupied.shape[1] - occupied.argmax(axis=1) - occupied[:, ::-1].argmax(axis=1)
    return np.where(occupied.any(axis=1), length, 0)


def _digit_image_from_frame(image: NDArray[np.uint8] | FloatArray, faint: float) -> FloatArray:
    """The digit image of an image on a clean background of 0: cropped to the ink and area-averaged."""
    if not image.any():
        return np.zeros((DIGIT_SIDE, DIGIT_SIDE), np.float32)
    return digit_image_from_ink(np.asarray(_cropped(image, faint), np.float32))


def _cropped(image: NDArray[np.uint8] | FloatArray, faint: float) -> NDArray[np.uint8] | FloatArray:
    """The part of an image with ink that holds what is brighter than this share of the brightest pixel."""
    inked = image > faint * float(image.max())
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
