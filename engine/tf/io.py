"""TensorFlow's `io`: files, and the pictures in them as (height, width, channels)."""

import io as _io
from pathlib import Path
from typing import Any

import numpy as np

from engine.core.tensor import Tensor, as_tensor
from engine.errors import DataError


def read_file(filename: Any) -> Tensor:
    """The bytes of a file.

    Raises:
        DataError: it cannot be read.
    """
    path = Path(str(np.asarray(filename).item() if isinstance(filename, np.ndarray) else filename))
    try:
        return as_tensor(np.array(path.read_bytes(), object))
    except OSError as error:
        raise DataError(f"{path.name} could not be read: {error.strerror}.") from error


def decode_image(contents: Any, channels: int = 0, dtype: Any = "uint8", expand_animations: bool = True) -> Tensor:
    """The picture that bytes hold, with 1 or 3 channels, or its own; whole numbers, or fractions in float types.

    Raises:
        DataError: the bytes are no picture.
    """
    from PIL import Image

    data = contents if isinstance(contents, bytes) else np.asarray(contents, object).item()
    try:
        image = Image.open(_io.BytesIO(data), formats=("PNG", "JPEG", "BMP", "GIF"))
        image.load()
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise DataError("The bytes are no picture that can be read: PNG, JPEG, BMP or GIF.") from error
    mode = {1: "L", 3: "RGB", 4: "RGBA"}.get(channels, "L" if image.mode in ("1", "L") else "RGB")
    pixels = np.asarray(image.convert(mode))
    pixels = pixels[..., np.newaxis] if pixels.ndim == 2 else pixels
    kind = np.dtype(dtype)
    return as_tensor(pixels if kind == np.uint8 else pixels.astype(kind) / kind.type(255))


decode_png = decode_jpeg = decode_bmp = decode_image

__all__ = ["decode_bmp", "decode_image", "decode_jpeg", "decode_png", "read_file"]
