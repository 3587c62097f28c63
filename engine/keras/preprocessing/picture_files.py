"""Pictures and arrays (height, width, channels), read from files and written to them."""

import os
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.core.defaults import floatx
from engine.errors import ConfigurationError, DataError

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("PNG", "JPEG", "BMP", "GIF")
_MODES = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}


def load_img(
    path: str | os.PathLike[str],
    color_mode: str = "rgb",
    target_size: tuple[int, int] | None = None,
    interpolation: str = "nearest",
    keep_aspect_ratio: bool = False,
) -> "Image":
    """A picture of Pillow.

    Args:
        path: of the file.
        color_mode: "rgb", "rgba" or "grayscale".
        target_size: (height, width), or None for its own.
        interpolation: "nearest", "bilinear", "bicubic", "lanczos", "hamming" or "box".
        keep_aspect_ratio: only False.

    Raises:
        DataError: the file is no picture that can be read.
        ConfigurationError: a setting makes no sense.
    """
    from PIL import Image

    if color_mode not in _MODES:
        raise ConfigurationError(f"Colors are {', '.join(_MODES)}, not {color_mode!r}.", "color_mode")
    try:
        with Image.open(path, formats=FORMATS) as opened:
            image = opened.convert(_MODES[color_mode])
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise DataError(f"{os.path.basename(path)} is no picture that can be read: {', '.join(FORMATS)}.") from error
    if target_size is not None and image.size != (target_size[1], target_size[0]):
        image = image.resize((target_size[1], target_size[0]), Image.Resampling[interpolation.upper()])
    return image


def img_to_array(img: Any, data_format: str | None = None, dtype: Any = None) -> NDArray[Any]:  # noqa: ANN401
    """A picture as (height, width, channels), in Keras' float type."""
    array = np.asarray(img, dtype or floatx())
    return array[..., np.newaxis] if array.ndim == 2 else array


def array_to_img(x: Any, data_format: str | None = None, scale: bool = True, dtype: Any = None) -> "Image":  # noqa: ANN401
    """A picture of Pillow from (height, width, channels), its numbers stretched to 0 … 255 where `scale` says so.

    Raises:
        DataError: the array is no picture of 1, 3 or 4 channels.
    """
    from PIL import Image

    array = np.array(x, dtype or floatx())
    if array.ndim != 3 or array.shape[2] not in (1, 3, 4):
        raise DataError(f"A picture is (height, width, channels) with 1, 3 or 4 channels, not {array.shape}.")
    if scale:
        array -= array.min()
        array *= 255 / (array.max() or 1)
    pixels = array.astype(np.uint8)
    return Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)


def save_img(
    path: str | os.PathLike[str],
    x: Any,  # noqa: ANN401 — an array
    data_format: str | None = None,
    file_format: str | None = None,
    scale: bool = True,
) -> None:
    """Write (height, width, channels) as a picture; raises as `array_to_img`."""
    array_to_img(x, scale=scale).save(path, format=file_format)
