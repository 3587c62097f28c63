"""Arrays of digit images, as data files hold them, brought to features."""

from collections.abc import Callable

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
from engine.ink.photos.small_digits import ENLARGED, SMALL, enlarged
from engine.ink.photos.thin_pens import REPAINTED, are_thin, thickened

_MNIST_SIDE = 28
_FEATURE_BYTES = 4 * DIGIT_SIDE * DIGIT_SIDE
# Pixels up to this share of the brightest one don't count as ink when the crop is chosen.
_FAINT = 0.05
# Bicubic interpolation, by which courses made 20×20 frames, rings beside a stroke; what is left of that after clipping
# is fainter than this.
_RINGING = 0.1
# 20×20 images are digit images where the longer side of the ink of half of them is at least so long.
_FULL = 19
_SAMPLE = 2000  # images tell the usual length as well as 60,000 do


def reading_from_arrays(raw: RawDigits, options: ReadOptions, source: SourceFile | None = None) -> Reading:
    """The digits of arrays of any usual layout, range and type.

    Images of 20×20 that their ink fills are features already and are taken as they are; images of 28×28 are taken
    as MNIST's and kept beside the features; others are cropped to their ink and area-averaged. Where most are
    smaller than MNIST's, all are enlarged by a smooth curve; where the pen of most is far thinner, all are repainted.

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
    length = _usual_length(levels)
    features, originals = _features(levels, length)
    if 0 < length < SMALL:
        guesses += (ENLARGED,)
    elif are_thin(features):
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


def _features(levels: NDArray[np.uint8] | FloatArray, length: int) -> tuple[FloatArray, NDArray[np.uint8] | None]:
    side = levels.shape[1:]
    originals = np.ascontiguousarray(levels, np.uint8) if side == (_MNIST_SIDE, _MNIST_SIDE) else None
    if 0 < length < SMALL:
        return _each(levels, lambda image: enlarged(_cropped(image, _FAINT))), originals
    if originals is not None:
        return features_from_mnist(originals), originals
    is_digit_image = side == (DIGIT_SIDE, DIGIT_SIDE)
    if is_digit_image and (length >= _FULL or not length):
        features = levels.astype(np.float32)
        return features / np.float32(255) if levels.dtype == np.uint8 else features, None
    faint = _RINGING if is_digit_image else _FAINT
    return _each(levels, lambda image: digit_image_from_ink(np.asarray(_cropped(image, faint), np.float32))), None


def _each(
    levels: NDArray[np.uint8] | FloatArray, digit_image: Callable[[NDArray[np.uint8] | FloatArray], FloatArray]
) -> FloatArray:
    """The digit image of each image on a clean background of 0; zeros where there is no ink."""
    features = np.zeros((len(levels), DIGIT_SIDE, DIGIT_SIDE), np.float32)
    for index, image in enumerate(levels):
        if image.any():
            features[index] = digit_image(image)
    return features


def _usual_length(levels: NDArray[np.uint8] | FloatArray) -> int:
    """Pixels of the longer side of the ink that half of the images reach; 0 where there is no ink."""
    some = levels[:: max(1, len(levels) // _SAMPLE)]
    inked = np.asarray(some > _RINGING * float(some.max()))
    longer = np.maximum(_extent(np.any(inked, axis=2)), _extent(np.any(inked, axis=1)))
    longer = np.sort(longer[longer > 0])
    return int(longer[len(longer) // 2]) if len(longer) else 0


def _extent(occupied: NDArray[np.bool_]) -> NDArray[np.intp]:
    """(count,): from the first to the last occupied place of each row, 0 where there is none."""
    length = occupied.shape[1] - occupied.argmax(axis=1) - occupied[:, ::-1].argmax(axis=1)
    return np.where(occupied.any(axis=1), length, 0)


def _cropped(image: NDArray[np.uint8] | FloatArray, faint: float) -> NDArray[np.uint8] | FloatArray:
    """The part of an image with ink that holds what is brighter than this share of the brightest pixel."""
    inked = image > faint * float(image.max())
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
