"""Centre lines of printed characters: a glyph is painted, thinned to a skeleton and traced into strokes.

Used only to build data (letters as pen strokes); needs Pillow and a font file, which the program itself never does.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.ink.drawing import PointArray
from engine.ink.photos.thinning import thinned

_HEIGHT = 72  # size of the painted character in pixels: strokes are then 5 to 12 pixels wide
_SPUR = 5  # a branch of the skeleton that is shorter comes from a corner of the outline, not from a stroke

_Pixel = tuple[int, int]


def glyph_strokes(font: Path, character: str) -> list[PointArray]:
    """The strokes of a character, x right and y down in pixels; empty where the font has no ink for it."""
    from PIL import Image, ImageDraw, ImageFont

    face = ImageFont.truetype(str(font), _HEIGHT)
    picture = Image.new("L", (3 * _HEIGHT, 3 * _HEIGHT))
    ImageDraw.Draw(picture).text((_HEIGHT, _HEIGHT // 2), character, font=face, fill=255)
    return trace(thinned(np.asarray(picture) > 127))


def trace(skeleton: NDArray[np.bool_]) -> list[PointArray]:
    """The lines of a skeleton from end or crossing to end or crossing, then the closed loops, as (x, y)."""
    pixels = {(int(y), int(x)) for y, x in np.argwhere(skeleton)}
    neighbours = {pixel: _neighbours(pixel, pixels) for pixel in pixels}
    nodes = {pixel for pixel, around in neighbours.items() if len(around) != 2}
    lines: list[list[_Pixel]] = []
    used: set[frozenset[_Pixel]] = set()
    # Nodes first; what is left over then are closed loops, which start anywhere.
    for start in [*sorted(nodes), *sorted(pixels - nodes)]:
        for following in neighbours[start]:
            if frozenset((start, following)) in used:
                continue
            line = [start]
            here = following
            while True:
                used.add(frozenset((line[-1], here)))
                line.append(here)
                ahead = [pixel for pixel in neighbours[here] if frozenset((here, pixel)) not in used]
                if here in nodes or here == start or not ahead:
                    break
                here = ahead[0]
            ends = sum(len(neighbours[pixel]) == 1 for pixel in (line[0], line[-1]))
            if not (ends == 1 and len(line) <= _SPUR):
                lines.append(line)
        if not neighbours[start]:
            lines.append([start])
    return [np.array(line, np.float64)[:, ::-1] for line in lines]


def _neighbours(pixel: _Pixel, pixels: set[_Pixel]) -> list[_Pixel]:
    """The pixels that a line may go on to; a diagonal step only where no straight step leads there."""
    y, x = pixel
    straight = [(y + dy, x + dx) for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0)) if (y + dy, x + dx) in pixels]
    diagonal = [
        (y + dy, x + dx)
        for dy, dx in ((1, 1), (1, -1), (-1, -1), (-1, 1))
        if (y + dy, x + dx) in pixels and (y + dy, x) not in pixels and (y, x + dx) not in pixels
    ]
    return straight + diagonal
