"""What Octave's `save` writes unless it is told otherwise: matrices as text, each below its name and size."""

import math
import re

import numpy as np
from numpy.typing import NDArray

from engine.core.file_io import decode_text
from engine.core.source_file import SourceFile
from engine.data.readers.named_arrays import reading_from_named
from engine.data.readers.options import ReadOptions
from engine.data.readers.reading import Reading
from engine.errors import DataError

_VARIABLE = re.compile(r"^# name: (\w+)\n# type: ([\w ]*matrix|scalar)\n((?:# [^\n]*\n)*)([^#]*)", re.MULTILINE)
_NUMBER = re.compile(r"\d+")


def is_octave_text(head: bytes) -> bool:
    """Whether these bytes begin like such a file."""
    return head.startswith((b"# Created by Octave", b"# name: "))


def read_octave_text(source: SourceFile, options: ReadOptions) -> Reading:
    """The digits of matrices named as in a MATLAB file; structs and cells are left out.

    Raises:
        DataError: a matrix has another size than stands above it, or there are no images.
    """
    text = decode_text(source.path, source.rest()).replace("\r\n", "\n")
    arrays: dict[str, NDArray[np.float32]] = {}
    for name, _, sizes, numbers in _VARIABLE.findall(text):
        shape = [int(number) for number in _NUMBER.findall(sizes)] or [1, 1]
        # What has more than two axes stands column by column below the lengths of its axes.
        is_stack = "# ndims:" in sizes
        values = np.array(numbers.split()[shape[0] if is_stack else 0 :], np.float32)
        shape = [int(number) for number in numbers.split(maxsplit=shape[0])[: shape[0]]] if is_stack else shape
        if len(values) != math.prod(shape):
            raise DataError(f"{source.path}: the matrix “{name}” is cut off or damaged; get a fresh copy.")
        arrays[name] = values.reshape(shape[::-1]).T if is_stack else values.reshape(shape)
    return reading_from_named(source, arrays, options, "a file of Octave")
