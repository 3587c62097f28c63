"""Digits that came as images, kept among drawings: a drawing without strokes whose key `image` holds the 20×20.

The key is our own: 400 little-endian float32 in base 64, row by row, so that nothing is lost. Where the image came as
28×28, the key `original` holds its 784 bytes in the same way.
"""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.ink import features_from_drawings
from engine.ink.drawing import Drawing

_KEY, _ORIGINAL = "image", "original"
_SHAPE, _ORIGINAL_SHAPE = (20, 20), (28, 28)


def image_drawing(
    features: FloatArray,
    label: int | None,
    extra: dict[str, Any] | None = None,
    original: NDArray[np.uint8] | None = None,
) -> Drawing:
    """Features (20, 20) as a drawing without strokes, with these other keys, and the (28, 28) that they are of."""
    keys = {**(extra or {}), _KEY: _text_of(np.ascontiguousarray(features, "<f4"))}
    if original is not None:
        keys[_ORIGINAL] = _text_of(np.ascontiguousarray(original))
    return Drawing((), label, keys)


def shared_originals(drawings: Sequence[Drawing]) -> NDArray[np.uint8] | None:
    """(count, 28, 28), the images that the drawings came as; None where one of them came otherwise."""
    found = []
    for drawing in drawings:
        data = _bytes_in(drawing, _ORIGINAL) if drawing.is_blank else b""
        if len(data) != _ORIGINAL_SHAPE[0] * _ORIGINAL_SHAPE[1]:
            return None
        found.append(np.frombuffer(data, np.uint8).reshape(_ORIGINAL_SHAPE))
    return np.stack(found) if found else None


def drawing_features(drawings: Sequence[Drawing]) -> list[FloatArray | None]:
    """Each drawing's (20, 20) features: from its strokes, else from its image; None where it has neither."""
    found = features_from_drawings(drawings)
    return [
        _features_in_image(drawing) if features is None and drawing.is_blank else features
        for drawing, features in zip(drawings, found, strict=True)
    ]


def _features_in_image(drawing: Drawing) -> FloatArray | None:
    data = _bytes_in(drawing, _KEY)
    if len(data) != 4 * _SHAPE[0] * _SHAPE[1]:
        return None
    features = np.frombuffer(data, "<f4").reshape(_SHAPE).astype(np.float32)
    return features if float(features.min()) >= 0.0 and float(features.max()) <= 1.0 else None


def _text_of(array: NDArray[Any]) -> str:
    return base64.b64encode(array.tobytes()).decode("ascii")


def _bytes_in(drawing: Drawing, key: str) -> bytes:
    text = drawing.extra.get(key)
    try:
        return base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (ValueError, binascii.Error):
        return b""
