"""The pictures in one file of a folder: an image, each page of a TIFF file, or a text of 0 and 1."""

import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.core.source_file import SourceFile
from engine.data.readers.layout import LEAST_SIDE, MAX_SIDE
from engine.errors import DataError
from engine.ink.photos.images import MAX_PIXELS, open_image

if TYPE_CHECKING:
    from PIL import Image

_BITS = re.compile(rb"\s*(?:[01]{%d,%d}\s+){%d,}" % (LEAST_SIDE, MAX_SIDE, LEAST_SIDE - 1))
_LARGEST_TEXT = 300_000


def is_text_picture(file: Path) -> bool:
    """Whether a file is a picture whose pixels are letters 0 and 1, a line each row."""
    with file.open("rb") as stream:
        return _BITS.match(stream.read(4096)) is not None


def pictures_of(file: Path) -> "list[Image.Image | NDArray[np.uint8]]":
    """The pictures of a file in order, as Pillow images or uint8 (height, width).

    Raises:
        DataError: the file is damaged, or its pages together are too large.
    """
    suffix = file.suffix.lower()
    if suffix == ".txt":
        with SourceFile(file) as source:
            lines = source.read(_LARGEST_TEXT).split()
        if len(set(map(len, lines))) != 1 or not set(b"".join(lines)) <= set(b"01"):
            raise DataError(f"{file}: the lines are not all of the same number of 0 and 1.")
        bits: NDArray[Any] = np.frombuffer(b"".join(lines), np.uint8).reshape(len(lines), -1)
        return [np.asarray((bits - ord("0")) * np.uint8(255), np.uint8)]
    first = open_image(file)
    return [first, *_further_pages(file)] if suffix in (".tif", ".tiff") else [first]


def _further_pages(file: Path) -> "list[Image.Image]":
    from PIL import Image

    pages, pixels = [], 0
    try:
        with warnings.catch_warnings(), Image.open(file, formats=("TIFF",)) as image:
            warnings.simplefilter("ignore")
            for number in range(1, getattr(image, "n_frames", 1)):
                image.seek(number)
                pixels += image.width * image.height
                if pixels > MAX_PIXELS:
                    break
                pages.append(image.copy())
    except Exception:  # Pillow's decoders raise errors of a dozen types on damaged files.
        raise DataError(f"{file}: a page of the image is damaged or cut off; get a fresh copy.") from None
    if pixels > MAX_PIXELS:
        raise DataError(f"{file}: the pages have more than {MAX_PIXELS // 10**6} million pixels; save them one by one.")
    return pages
