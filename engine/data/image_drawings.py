"""Digits that came as images, kept among drawings: a drawing without strokes whose key `image` holds the 20×20.

The key is our own: 400 little-endian float32 in base 64, row by row, so that nothing is lost.
"""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.core.parameters import FloatArray
from engine.ink import features_from_drawings
from engine.ink.drawing import Drawing

_KEY = "image"
_SHAPE = (20, 20)


def image_drawing(features: FloatArray, label: int | None, extra: dict[str, Any] | None = None) -> Drawing:
    """Features (20, 20) as a drawing without strokes, with these other keys."""
    data = np.ascontiguousarray(features, "<f4").tobytes()
    return Drawing((), label, {**(extra or {}), _KEY: base64.b64encode(data).decode("ascii")})


def drawing_features(drawings: Sequence[Drawing]) -> list[FloatArray | None]:
    """Each drawing's (20, 20) features: from its strokes, else from its image; None where it has neither."""
    found = features_from_drawings(drawings)
    return [
        _features_in_image(drawing) if features is None and drawing.is_blank else features
        for drawing, features in zip(drawings, found, strict=True)
    ]


def _features_in_image(drawing: Drawing) -> FloatArray | None:
    text = drawing.extra.get(_KEY)
    if not isinstance(text, str):
        return None
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return None
    if len(data) != 4 * _SHAPE[0] * _SHAPE[1]:
        return None
    features = np.frombuffer(data, "<f4").reshape(_SHAPE).astype(np.float32)
    return features if float(features.min()) >= 0.0 and float(features.max()) <= 1.0 else None
