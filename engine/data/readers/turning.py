"""Digits turned as a person says that they should stand."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.readers.options import ReadOptions
from engine.data.readers.reading import Reading
from engine.errors import DataError


def turned(reading: Reading, options: ReadOptions, sideways: bool = False) -> Reading:
    """The digits transposed, then mirrored, then flipped, as far as the options say so; each is told.

    Args:
        reading: the digits as they came.
        options: what is known better than guessed.
        sideways: whether they were found to lie on their side.
    """
    transposed = bool(options.transpose) or (options.transpose is None and sideways)
    told = (
        (transposed, "transposed" if options.transpose else "pixels column by column: turned"),
        (options.mirrored, "mirrored"),
        (options.flipped, "flipped"),
    )
    words = tuple(word for is_so, word in told if is_so)
    if not words:
        return reading

    def turn(images: NDArray[Any]) -> NDArray[Any]:
        images = images.transpose(0, 2, 1) if transposed else images
        return np.ascontiguousarray(images[:, :: -1 if options.flipped else 1, :: -1 if options.mirrored else 1])

    originals = None if reading.originals is None else turn(reading.originals)
    return replace(reading, images=turn(reading.images), originals=originals, guesses=reading.guesses + words)


def turned_ink(reading: Reading, options: ReadOptions) -> Reading:
    """As `turned`, for digits of which ink and paper were told apart one by one.

    Raises:
        DataError: dark and bright should change places.
    """
    if options.inverted is not None:
        raise DataError(
            f"{reading.name}: ink and paper are told apart in each image here, so there is nothing to invert."
        )
    return turned(reading, options)
