"""TensorFlow's `io`: files, and the pictures in them as (height, width, channels)."""

import io as _io
from pathlib import Path
from typing import Any

import numpy as np

from engine.core.file_io import reason_of
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
        raise DataError(f"{path.name} could not be read: {reason_of(error)}.") from error


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


def _encoded(image: Any, kind: str, **settings: Any) -> Tensor:
    from PIL import Image

    pixels, held = np.asarray(image), _io.BytesIO()
    Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).save(held, kind, **settings)
    return as_tensor(np.array(held.getvalue(), object))


def encode_png(image: Any, compression: int = -1) -> Tensor:
    """The bytes of a PNG file of a picture of bytes (height, width, channels)."""
    return _encoded(image, "PNG")


def encode_jpeg(image: Any, format: str = "", quality: int = 95, **settings: Any) -> Tensor:
    """The same of a JPEG file."""
    return _encoded(image, "JPEG", quality=quality)


def write_file(filename: Any, contents: Any) -> None:
    """Write bytes, or a text, to a file."""
    data = np.asarray(contents, object).item()
    Path(str(filename)).write_bytes(data if isinstance(data, bytes) else str(data).encode())


__all__ = [
    "decode_bmp",
    "decode_image",
    "decode_jpeg",
    "decode_png",
    "encode_jpeg",
    "encode_png",
    "read_file",
    "write_file",
]
