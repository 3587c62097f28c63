"""Drawing files: one drawing a line as JSON, `{"label": 3, "strokes": [[[x, y], …], …]}`, perhaps gzipped.

x goes right, y down, in any unit; the label may be null or missing; keys that mean nothing to us are kept. Two of
our own are read and written where they are known: `pressures` (one list a stroke) and `widths` (one number a stroke).
"""

import gzip
import json
import math
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.file_io import decode_text, read_file, write_atomically
from engine.errors import DataError
from engine.ink.drawing import Drawing, Stroke

_OWN_KEYS = ("label", "strokes", "pressures", "widths")


def read_drawings(path: str | os.PathLike[str]) -> list[Drawing]:
    """The drawings of a `.jsonl` or `.jsonl.gz` file, in order.

    Raises:
        DataError: the file is missing, empty or damaged, or a line is not a drawing; the text names the line.
    """
    path = Path(path)
    drawings = list(_drawings_of(path, decode_text(path, read_file(path))))
    if not drawings:
        raise DataError(f"{path}: the file holds no drawing.")
    return drawings


def write_drawings(path: str | os.PathLike[str], drawings: Iterable[Drawing]) -> None:
    """Write a drawing file, all or nothing; a name that ends in `.gz` is gzipped.

    Raises:
        OSError: the folder is missing or not writable, or the disk is full; the old file is then unchanged.
    """
    lines = [json.dumps(_document_of(drawing), separators=(",", ":"), ensure_ascii=False) for drawing in drawings]
    data = "".join(line + "\n" for line in lines).encode("utf-8")
    if Path(path).suffix.lower() == ".gz":
        # Without a time stamp, equal drawings give equal files.
        data = gzip.compress(data, mtime=0)
    write_atomically(path, data)


def _drawings_of(path: Path, text: str) -> Iterator[Drawing]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _drawing_of(f"{path}, line {number}", line)


def _drawing_of(where: str, line: str) -> Drawing:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        raise DataError(
            f'{where}: this is not a drawing; a line looks like {{"label": 3, "strokes": [[[x, y], …], …]}}.'
        ) from None
    if not isinstance(document, dict) or not isinstance(document.get("strokes"), list):
        raise DataError(f'{where}: a drawing needs "strokes", a list of strokes that are lists of points [x, y].')
    points = [_points_of(where, stroke) for stroke in document["strokes"]]
    strokes = tuple(
        Stroke(stroke, pressures, width)
        for stroke, pressures, width in zip(
            points,
            _pressures_of(where, document.get("pressures"), points),
            _widths_of(where, document.get("widths"), len(points)),
            strict=True,
        )
        if len(stroke)
    )
    extra = {key: value for key, value in document.items() if key not in _OWN_KEYS}
    return Drawing(strokes, _label_of(where, document.get("label")), extra)


def _label_of(where: str, label: object) -> int | None:
    if label is None:
        return None
    if isinstance(label, bool) or not isinstance(label, int) or not 0 <= label <= 9:
        raise DataError(f"{where}: the label {json.dumps(label)[:40]} is not a digit from 0 to 9.")
    return label


def _points_of(where: str, stroke: object) -> NDArray[np.float64]:
    wrong = DataError(f"{where}: a stroke has to be a list of points [x, y] of two finite numbers each.")
    if not isinstance(stroke, list):
        raise wrong
    for point in stroke:
        # A third number of a point (a time or a pressure, in other programs' files) does no harm.
        if not isinstance(point, list) or len(point) < 2 or not all(_is_number(value) for value in point[:2]):
            raise wrong
    return np.array([point[:2] for point in stroke], np.float64).reshape(-1, 2)


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < 1e300 and math.isfinite(value)


def _pressures_of(
    where: str, pressures: object, points: list[NDArray[np.float64]]
) -> Iterable[NDArray[np.float64] | None]:
    if pressures is None:
        return [None] * len(points)
    wrong = DataError(f'{where}: "pressures" has to hold, for each stroke, null or one number for each point.')
    if not isinstance(pressures, list) or len(pressures) != len(points):
        raise wrong
    arrays: list[NDArray[np.float64] | None] = []
    for values, stroke in zip(pressures, points, strict=True):
        if values is None:
            arrays.append(None)
        elif isinstance(values, list) and len(values) == len(stroke) and all(_is_number(value) for value in values):
            arrays.append(np.clip(np.array(values, np.float64), 0.0, 1.0))
        else:
            raise wrong
    return arrays


def _widths_of(where: str, widths: object, count: int) -> list[float]:
    if widths is None:
        return [0.0] * count
    if (
        not isinstance(widths, list)
        or len(widths) != count
        or not all(_is_number(width) and width >= 0 for width in widths)
    ):
        raise DataError(f'{where}: "widths" has to hold one number, 0 or more, for each stroke.')
    return [float(width) for width in widths]


def _document_of(drawing: Drawing) -> dict[str, Any]:
    document: dict[str, Any] = {
        "label": drawing.label,
        "strokes": [stroke.points.tolist() for stroke in drawing.strokes],
    }
    if any(stroke.pressures is not None for stroke in drawing.strokes):
        document["pressures"] = [
            None if stroke.pressures is None else stroke.pressures.tolist() for stroke in drawing.strokes
        ]
    if any(stroke.width > 0 for stroke in drawing.strokes):
        document["widths"] = [stroke.width for stroke in drawing.strokes]
    return {**document, **{key: value for key, value in drawing.extra.items() if key not in document}}
