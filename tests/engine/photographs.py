"""Simulated photographs, scans and screenshots of drawn digits, as files: deterministic for equal seeds.

Every kind has one difficulty of its own, and `phone` has most of them together. A page is brightness in [0, 1], light
falls on it, ink takes brightness away, and the camera adds noise and compresses.
"""

import io
from collections.abc import Callable
from functools import partial

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from engine.ink.drawing import Drawing
from tests.engine import harder_photographs

Levels = np.ndarray
_OVERSAMPLED = 3


def ink_of(drawing: Drawing, size: tuple[int, int], height: float, pen: float, place: tuple[float, float]) -> Levels:
    """How much ink each pixel holds, (height, width) in [0, 1].

    Args:
        drawing: the strokes.
        size: (width, height) of the picture in pixels.
        height: of the longer side of the digit in picture heights.
        pen: width in digit heights.
        place: of the digit's middle in the picture, as shares of the room that there is.
    """
    points = np.concatenate([stroke.points for stroke in drawing.strokes])
    lower, upper = points.min(axis=0), points.max(axis=0)
    digit = height * size[1] * _OVERSAMPLED
    width = max(1.0, pen * digit)
    scale = (digit - width) / max(float((upper - lower).max()), 1e-9)
    extent = (upper - lower) * scale + width
    room = np.array(size) * _OVERSAMPLED - extent
    corner = room * place + width / 2
    picture = Image.new("L", (size[0] * _OVERSAMPLED, size[1] * _OVERSAMPLED), 0)
    painter = ImageDraw.Draw(picture)
    for stroke in drawing.strokes:
        line = [tuple(point) for point in ((stroke.points - lower) * scale + corner).tolist()]
        if len(line) > 1:
            painter.line(line, fill=255, width=max(1, round(width)))
        for x, y in line:
            painter.ellipse([x - width / 2, y - width / 2, x + width / 2, y + width / 2], fill=255)
    return np.asarray(picture.reduce(_OVERSAMPLED), np.float64) / 255


def _grid(ink: Levels) -> tuple[Levels, Levels]:
    """x and y of every pixel, in picture heights."""
    y, x = np.mgrid[0 : ink.shape[0], 0 : ink.shape[1]] / ink.shape[0]
    return x, y


def _gradient(ink: Levels, rng: np.random.Generator, strength: float = 0.35) -> Levels:
    x, y = _grid(ink)
    along = rng.uniform(-strength, strength) * (x - 0.6) + rng.uniform(-strength, strength) * (y - 0.5)
    return rng.uniform(0.6, 0.8) + along


def _shadow(ink: Levels, rng: np.random.Generator, depth: float = 0.45) -> Levels:
    """The edge of a shadow, as of a hand or a phone, across the page."""
    x, y = _grid(ink)
    angle = rng.uniform(0, 2 * np.pi)
    edge = (x - rng.uniform(0.4, 0.9)) * np.cos(angle) + (y - rng.uniform(0.3, 0.7)) * np.sin(angle)
    return 1 - depth / (1 + np.exp(-edge * rng.uniform(30, 200)))


def _lines(ink: Levels, rng: np.random.Generator, spacing: float, *, squared: bool) -> Levels:
    """Printed lines, thin and pale, a little turned; 0 where there is none."""
    x, y = _grid(ink)
    angle = rng.normal(0, 0.02)
    thickness = max(0.0035, 1.0 / ink.shape[0])
    found = np.zeros_like(ink)
    for across in (y + angle * x, x - angle * y) if squared else (y + angle * x,):
        apart = np.abs((across + rng.uniform(0, spacing)) % spacing - spacing / 2)
        found = np.maximum(found, np.clip(1.5 - apart / thickness, 0, 1))
    return found


def _noise(levels: Levels, rng: np.random.Generator, deviation: float) -> Levels:
    return levels + rng.normal(0, deviation, levels.shape)


def _encoded(levels: Levels, quality: int | None = 85, **settings: object) -> bytes:
    """As a JPEG file, or as PNG without a quality."""
    picture = Image.fromarray((np.clip(levels, 0, 1) * 255).round().astype(np.uint8))
    stream = io.BytesIO()
    if quality is None:
        picture.save(stream, "PNG")
    else:
        picture.save(stream, "JPEG", quality=quality, **settings)
    return stream.getvalue()


def _common(drawing: Drawing, rng: np.random.Generator, height: tuple[float, float] = (0.35, 0.75)) -> Levels:
    size = (800, 600)
    place = (rng.uniform(0.15, 0.85), rng.uniform(0.15, 0.85))
    return ink_of(drawing, size, rng.uniform(*height), rng.uniform(0.05, 0.12), place)


def _plain(drawing: Drawing, rng: np.random.Generator) -> bytes:
    return _encoded(1 - _common(drawing, rng), None)


def _uneven(drawing: Drawing, rng: np.random.Generator) -> bytes:
    ink = _common(drawing, rng)
    return _encoded(_noise(_gradient(ink, rng) * (1 - 0.65 * ink), rng, 0.015))


def _shadowed(drawing: Drawing, rng: np.random.Generator) -> bytes:
    ink = _common(drawing, rng)
    return _encoded(_noise(0.85 * _shadow(ink, rng) * (1 - 0.65 * ink), rng, 0.015))


def _ruled(drawing: Drawing, rng: np.random.Generator, *, squared: bool = False) -> bytes:
    ink = _common(drawing, rng)
    lines = _lines(ink, rng, rng.uniform(0.08, 0.16), squared=squared)
    page = np.ones((*ink.shape, 3)) * 0.92
    page *= 1 - lines[:, :, None] * np.array([0.35, 0.25, 0.12])
    page *= 1 - 0.75 * ink[:, :, None]
    return _encoded(_noise(page, rng, 0.012))


def _squared(drawing: Drawing, rng: np.random.Generator) -> bytes:
    return _ruled(drawing, rng, squared=True)


def _grey_ruled(drawing: Drawing, rng: np.random.Generator) -> bytes:
    """Dark ruling without colour, nearly as dark as the ink: only its straightness tells it apart."""
    ink = _common(drawing, rng, (0.5, 0.8))
    lines = _lines(ink, rng, rng.uniform(0.1, 0.16), squared=bool(rng.integers(2)))
    return _encoded(_noise(0.92 * (1 - 0.5 * lines) * (1 - 0.75 * ink), rng, 0.012))


def _compressed(drawing: Drawing, rng: np.random.Generator) -> bytes:
    ink = _common(drawing, rng, (0.2, 0.5))
    return _encoded(_noise(0.95 - 0.8 * ink, rng, 0.02), 30)


def _transparent(drawing: Drawing, rng: np.random.Generator) -> bytes:
    """Ink on nothing, dark or light, as drawing programs give it, or cut out of dark or light paper."""
    ink = _common(drawing, rng)
    shade, is_cut_out = 255 * rng.integers(2), rng.integers(2)
    opacity = 1 - ink if is_cut_out else ink
    pixels = np.dstack([np.full((*ink.shape, 3), shade), 255 * opacity]).round().astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def _turned(drawing: Drawing, rng: np.random.Generator) -> bytes:
    """Stored lying, with the EXIF tag that says so."""
    ink = _common(drawing, rng)
    orientation, quarter_turns = ((6, 1), (3, 2), (8, 3))[rng.integers(3)]
    exif = Image.Exif()
    exif[0x0112] = orientation
    return _encoded(np.rot90(_gradient(ink, rng) * (1 - 0.65 * ink), quarter_turns).copy(), 85, exif=exif)


def _coloured(drawing: Drawing, rng: np.random.Generator) -> bytes:
    """A ball pen or a marker in colour, on white or on coloured paper."""
    ink = _common(drawing, rng)
    inks = np.array([[0.1, 0.2, 0.75], [0.85, 0.1, 0.15], [0.1, 0.55, 0.25], [0.95, 0.5, 0.05], [0.5, 0.1, 0.6]])
    papers = np.array([[0.95, 0.95, 0.93], [0.98, 0.94, 0.62], [0.75, 0.88, 0.95]])
    colour, paper = inks[rng.integers(len(inks))], papers[rng.integers(len(papers))]
    page = paper * (1 - ink[:, :, None]) + colour * ink[:, :, None]
    return _encoded(_noise(page, rng, 0.015))


def _pencil(drawing: Drawing, rng: np.random.Generator) -> bytes:
    """A thin, grainy, pale line."""
    size = (800, 600)
    place = (rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.8))
    ink = ink_of(drawing, size, rng.uniform(0.3, 0.7), rng.uniform(0.015, 0.03), place)
    grain = rng.uniform(0.4, 1.0, ink.shape)
    return _encoded(_noise(0.95 - rng.uniform(0.35, 0.6) * ink * grain, rng, 0.012))


def _chalk(drawing: Drawing, rng: np.random.Generator) -> bytes:
    ink = _common(drawing, rng)
    grain = np.clip(rng.normal(0.85, 0.2, ink.shape), 0.3, 1)
    board = 0.15 + 0.12 * _gradient(ink, rng)
    return _encoded(_noise(board + (0.9 - board) * ink * grain, rng, 0.015))


def _screen(drawing: Drawing, rng: np.random.Generator) -> bytes:
    """A drawing program in the dark: white on black, no noise."""
    return _encoded(_common(drawing, rng), None)


def _framed(drawing: Drawing, rng: np.random.Generator) -> bytes:
    """A screenshot with the frame of the drawing area around the digit."""
    ink = _common(drawing, rng, (0.3, 0.6))
    picture = Image.fromarray((255 * (1 - ink)).astype(np.uint8))
    ImageDraw.Draw(picture).rectangle([8, 8, 791, 591], outline=90, width=2)
    return _encoded(np.asarray(picture) / 255, None)


def _small(drawing: Drawing, rng: np.random.Generator) -> bytes:
    """A sixth of a large photograph's height."""
    ink = ink_of(drawing, (2000, 1500), 1 / 6, rng.uniform(0.05, 0.1), (rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.9)))
    return _encoded(_noise(_gradient(ink, rng) * (1 - 0.65 * ink), rng, 0.02), 75)


def _table(drawing: Drawing, rng: np.random.Generator) -> bytes:
    """The dark table beside the sheet on one or two sides."""
    ink = _common(drawing, rng, (0.3, 0.5))
    page = _gradient(ink, rng, 0.2) * (1 - 0.65 * ink)
    page[:, : rng.integers(20, 60)] = 0.2
    if rng.integers(2):
        page[-rng.integers(20, 50) :] = 0.25
    return _encoded(_noise(page, rng, 0.015))


def _blurred(drawing: Drawing, rng: np.random.Generator) -> bytes:
    """Out of focus."""
    ink = _common(drawing, rng)
    soft = Image.fromarray((255 * ink).astype(np.uint8)).filter(ImageFilter.GaussianBlur(rng.uniform(3, 7)))
    return _encoded(_noise(_gradient(ink, rng) * (1 - 0.65 * np.asarray(soft) / 255), rng, 0.015))


def _marker(drawing: Drawing, rng: np.random.Generator) -> bytes:
    """A broad marker on a board with a glare."""
    place = (rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.8))
    ink = ink_of(drawing, (800, 600), rng.uniform(0.5, 0.85), rng.uniform(0.12, 0.18), place)
    x, y = _grid(ink)
    glare = np.exp(-((x - rng.uniform(0, 1.3)) ** 2 + (y - rng.uniform(0, 1)) ** 2) / 0.05)
    return _encoded(_noise(0.7 + 0.25 * glare - ink * (0.5 - 0.15 * glare), rng, 0.01))


def _thumbnail(drawing: Drawing, rng: np.random.Generator) -> bytes:
    """Very few pixels."""
    side = int(rng.integers(32, 65))
    ink = ink_of(drawing, (side, side), rng.uniform(0.6, 0.9), rng.uniform(0.08, 0.14), (0.5, 0.5))
    return _encoded(0.95 - 0.9 * ink, 80)


def _phone(drawing: Drawing, rng: np.random.Generator) -> bytes:
    """Most of it together, as it comes from a pocket."""
    place = (rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.8))
    ink = ink_of(drawing, (1600, 1200), rng.uniform(0.2, 0.6), rng.uniform(0.04, 0.09), place)
    lines = _lines(ink, rng, rng.uniform(0.06, 0.12), squared=bool(rng.integers(2)))
    page = np.ones((*ink.shape, 3)) * np.array([0.95, 0.93, 0.88])
    page *= 1 - lines[:, :, None] * np.array([0.3, 0.22, 0.12])
    page *= 1 - ink[:, :, None] * np.array([0.8, 0.7, 0.4])
    light = _gradient(ink, rng, 0.25) * _shadow(ink, rng, 0.3) + 0.15
    return _encoded(_noise(page * light[:, :, None], rng, 0.02), 60)


def _on_desk(drawing: Drawing, rng: np.random.Generator) -> bytes:
    """The whole sheet, a little turned, on a darker desk."""
    ink = ink_of(drawing, (800, 600), rng.uniform(0.25, 0.4), rng.uniform(0.05, 0.1), (0.5, 0.5))
    x, y = _grid(ink)
    angle = rng.normal(0, 0.15)
    along, across = (x - 0.67) * np.cos(angle) + (y - 0.5) * np.sin(angle), (y - 0.5) - (x - 0.67) * np.sin(angle)
    is_sheet = (np.abs(along) < rng.uniform(0.4, 0.5)) & (np.abs(across) < rng.uniform(0.3, 0.4))
    desk = rng.uniform(0.15, 0.5) + 0.04 * np.sin(60 * y + 3 * np.sin(5 * x))
    return _encoded(_noise(np.where(is_sheet, 0.9 * (1 - 0.7 * ink), desk) * (_gradient(ink, rng) + 0.2), rng, 0.012))


def _cropped(drawing: Drawing, rng: np.random.Generator) -> bytes:
    """Cut out along the ink."""
    ink = _common(drawing, rng, (0.5, 0.8))
    rows, columns = np.flatnonzero(ink.max(axis=1) > 0.5), np.flatnonzero(ink.max(axis=0) > 0.5)
    part = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return _encoded(_noise(0.9 - 0.7 * part, rng, 0.012))


# To add a kind: its function, and its line here.
PHOTOGRAPHS: dict[str, Callable[[Drawing, np.random.Generator], bytes]] = {
    "plain": _plain,
    "uneven light": _uneven,
    "shadow edge": _shadowed,
    "ruled paper": _ruled,
    "squared paper": _squared,
    "grey ruling": _grey_ruled,
    "JPEG quality 30": _compressed,
    "transparent": _transparent,
    "turned by EXIF": _turned,
    "coloured ink": _coloured,
    "thin pencil": _pencil,
    "chalk": _chalk,
    "white on black": _screen,
    "framed": _framed,
    "small in a large photo": _small,
    "table's edge": _table,
    "out of focus": _blurred,
    "broad marker, glare": _marker,
    "thumbnail": _thumbnail,
    "phone": _phone,
    "sheet on a desk": _on_desk,
    "cut out along the ink": _cropped,
    "black ruling": partial(harder_photographs.black_ruled, ink_of),
    "16 bits": partial(harder_photographs.deep, ink_of),
    "mirrored or turned by EXIF": partial(harder_photographs.oriented, ink_of),
    "cut into the ink, uneven light": partial(harder_photographs.tight_uneven, ink_of),
}
