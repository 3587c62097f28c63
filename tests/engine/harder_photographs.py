"""Further simulated photographs: what scanners, printers and hasty cropping add to `tests.engine.photographs`."""

import io
from collections.abc import Callable

import numpy as np
from PIL import Image

from engine.ink.drawing import Drawing

Levels = np.ndarray
Paint = Callable[[Drawing, tuple[int, int], float, float, tuple[float, float]], Levels]
_EXIF_ORIENTATION = 0x0112
# What the viewer does to the stored picture for each value of the tag, and so what undoes it.
_STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def black_ruled(paint: Paint, drawing: Drawing, rng: np.random.Generator) -> bytes:
    """Ruled or squared paper whose lines are as black as the ink, and thinner."""
    size = (480, 400)
    ink = paint(drawing, size, rng.uniform(0.5, 0.75), rng.uniform(0.07, 0.11), (0.5, 0.5))
    y, x = np.mgrid[0 : size[1], 0 : size[0]]
    spacing, offset = rng.uniform(45, 70), rng.uniform(0, 40, 2)
    lines = (y - offset[0]) % spacing < 2
    if rng.random() < 0.5:
        lines |= (x - offset[1]) % spacing < 2
    levels = 0.92 - 0.8 * np.maximum(ink, lines)
    return _png(np.rint(255 * np.clip(levels + rng.normal(0, 0.01, ink.shape), 0, 1)).astype(np.uint8))


def deep(paint: Paint, drawing: Drawing, rng: np.random.Generator) -> bytes:
    """A scan of 16 bits a pixel, unevenly lit."""
    ink = paint(drawing, (360, 300), rng.uniform(0.4, 0.7), rng.uniform(0.06, 0.12), tuple(rng.uniform(0.2, 0.8, 2)))
    light = np.linspace(rng.uniform(0.5, 0.7), rng.uniform(0.75, 0.95), 360)[None, :]
    levels = light * (1 - 0.75 * ink) + rng.normal(0, 0.008, ink.shape)
    return _png(np.rint(65535 * np.clip(levels, 0, 1)).astype(np.uint16))


def oriented(paint: Paint, drawing: Drawing, rng: np.random.Generator) -> bytes:
    """Stored mirrored or turned, with the one of the tags 2 to 8 that says so."""
    ink = paint(drawing, (320, 280), 0.6, 0.1, tuple(rng.uniform(0.3, 0.7, 2)))
    levels = np.rint(255 * np.clip(0.9 - 0.75 * ink + rng.normal(0, 0.01, ink.shape), 0, 1)).astype(np.uint8)
    tag = int(rng.integers(2, 9))
    picture = Image.fromarray(levels).transpose(_STORED[tag])
    exif = Image.Exif()
    exif[_EXIF_ORIENTATION] = tag
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90, exif=exif)
    return file.getvalue()


def tight_uneven(paint: Paint, drawing: Drawing, rng: np.random.Generator) -> bytes:
    """Cut along the ink, or a little into it, on paper in uneven light."""
    ink = paint(drawing, (300, 300), 0.8, rng.uniform(0.06, 0.11), (0.5, 0.5))
    rows, columns = np.flatnonzero(ink.max(axis=1) > 0.5), np.flatnonzero(ink.max(axis=0) > 0.5)
    margin = int(rng.integers(-2, 6))
    top, left = max(rows[0] - margin, 0), max(columns[0] - margin, 0)
    ink = ink[top : rows[-1] + 1 + margin, left : columns[-1] + 1 + margin]
    light = np.linspace(0.6, 0.95, ink.shape[1])[None, :] + rng.normal(0, 0.012, ink.shape)
    return _png(np.rint(255 * np.clip(light * (1 - 0.8 * ink), 0, 1)).astype(np.uint8))


def _png(levels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(levels).save(file, "PNG")
    return file.getvalue()
