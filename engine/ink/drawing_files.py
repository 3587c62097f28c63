"""Drawing files: one drawing a line as JSON, `{"label": 3, "strokes": [[[x, y], …], …]}`, perhaps gzipped.

x goes right, y down, in any unit; the label may be null or missing; keys that mean nothing to us are kept. Other
programs' layouts of strokes (`engine.ink.stroke_layouts`) and Quick, Draw!'s keys `drawing` and `word` are read. Two of
our own are read and written where they are known: `pressures` (one list a stroke) and `widths` (one number a stroke).
"""

import gzip
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.file_io import write_atomically
from engine.core.source_file import SourceFile
from engine.errors import DataError
from engine.ink.digit_names import digit_named
from engine.ink.drawing import Drawing, Stroke
from engine.ink.stroke_layouts import Layout, is_doubtful, is_number, layout_of, points_of

_BY_COLUMNS = "strokes by columns"  # marks a line whose key says so; never written
_OWN_KEYS = ("label", "strokes", "pressures", "widths", _BY_COLUMNS)
# What other programs call the label.
_LABEL_KEYS = ("digit", "class", "target", "word")
_LONGEST_LINE = 4_000_000
# What a drawing in memory needs beside its points, and what a point does.
_DRAWING_BYTES, _POINT_BYTES = 500, 24


def read_drawings(path: str | os.PathLike[str]) -> list[Drawing]:
    """The drawings of a `.jsonl` or `.jsonl.gz` file, in order.

    Raises:
        DataError: the file is missing, empty or damaged, a line is not a drawing (the text names the line), or the
            drawings would need far more memory than their file.
    """
    with SourceFile(Path(path)) as source:
        return list(iterate_drawings(source))


def iterate_drawings(source: SourceFile, keep: bool = True) -> Iterator[Drawing]:
    """The drawings of a file, one by one.

    Args:
        source: the file.
        keep: whether the caller keeps all of them, so that they are charged.

    Raises:
        DataError: as `read_drawings`.
    """
    is_empty = True
    for drawing in _drawings_of(source):
        is_empty = False
        if keep:
            points = sum(len(stroke.points) for stroke in drawing.strokes)
            source.charge(_DRAWING_BYTES * (1 + len(drawing.strokes)) + _POINT_BYTES * points)
        yield drawing
    if is_empty:
        raise DataError(f"{source.path}: the file holds no drawing.")


def write_drawings(path: str | os.PathLike[str], drawings: Iterable[Drawing]) -> None:
    """Write a drawing file, all or nothing; a name that ends in `.gz` is gzipped.

    Raises:
        OSError: the folder is missing or not writable, or the disk is full; the old file is then unchanged.
    """
    data = b"".join(to_line(drawing) for drawing in drawings)
    if Path(path).suffix.lower() == ".gz":
        # Without a time stamp, equal drawings give equal files.
        data = gzip.compress(data, mtime=0)
    write_atomically(path, data)


def to_line(drawing: Drawing) -> bytes:
    """A drawing as its line of a drawing file, the end of the line included."""
    return json.dumps(_document_of(drawing), separators=(",", ":"), ensure_ascii=False).encode("utf-8") + b"\n"


def from_line(where: str, line: bytes) -> Drawing:
    """The drawing in one line of a drawing file of ours.

    Raises:
        DataError: it is none; the text begins with `where`.
    """
    document = _document_in(where, _text_of(Path(where), line, False))
    return _drawing_of(where, document, layout_of(where, document["strokes"]) or Layout.POINTS)


def _drawings_of(source: SourceFile) -> Iterator[Drawing]:
    """The drawings in order; those whose layout is in doubt wait for the first one that is certain."""
    waiting: list[tuple[str, dict[str, Any], Layout | None]] = []
    certain: Layout | None = None
    for where, text in _texts_in(source):
        document = _document_in(where, text)
        layout = layout_of(where, document["strokes"])
        certain = certain or layout
        waiting.append((where, document, layout))
        if layout is None and certain is None and is_doubtful(document["strokes"]):
            source.charge(2 * len(text))
            continue
        for place, waited, its_layout in waiting:
            yield _drawing_of(place, waited, its_layout or certain)
        waiting.clear()
    for place, waited, _ in waiting:
        yield _drawing_of(place, waited, certain)


def _texts_in(source: SourceFile) -> Iterator[tuple[str, str]]:
    """The JSON of each drawing and where it stands: one a line, or all in one list."""
    if source.head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"[":
        text = _text_of(source.path, source.rest(), True)
        try:
            entries = json.loads(text)
        except (ValueError, RecursionError):
            raise DataError(
                f"{source.path}: this is not a drawing, nor a whole list of them; write one drawing a line."
            ) from None
        for number, entry in enumerate(entries, start=1):
            yield f"{source.path}, drawing {number}", json.dumps(entry)
        return
    for number, line in enumerate(source.lines(_LONGEST_LINE), start=1):
        text = _text_of(source.path, line, number == 1)
        if text.strip():
            yield f"{source.path}, line {number}", text


def _text_of(path: Path, line: bytes, is_first: bool) -> str:
    try:
        text = line.decode("utf-8-sig" if is_first else "utf-8")
    except UnicodeDecodeError:
        raise DataError(f"{path}: this is not a text file.") from None
    if "\x00" in text:
        raise DataError(f"{path}: this is not a text file.")
    return text


def _document_in(where: str, text: str) -> dict[str, Any]:
    """The JSON object of a line, its strokes under the key `strokes`."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise DataError(
            f'{where}: this is not a drawing; a line looks like {{"label": 3, "strokes": [[[x, y], …], …]}}.'
        ) from None
    if not isinstance(document, dict):
        document = {}
    if not {"strokes", "drawing"} & set(document):
        document = {key.lower(): value for key, value in document.items()}
    if "strokes" not in document and isinstance(document.get("drawing"), list):
        # Quick, Draw! and those who follow it.
        document = {_BY_COLUMNS: True, **document, "strokes": document.pop("drawing")}
    if not isinstance(document.get("strokes"), list):
        raise DataError(f'{where}: a drawing needs "strokes", a list of strokes that are lists of points [x, y].')
    return document


def _drawing_of(where: str, document: dict[str, Any], layout: Layout | None) -> Drawing:
    layout = layout or (Layout.COLUMNS if _BY_COLUMNS in document else Layout.POINTS)
    points = [points_of(where, stroke, layout) for stroke in document["strokes"]]
    made = tuple(
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
    return Drawing(made, _label_of(where, document), extra)


def _label_of(where: str, document: dict[str, Any]) -> int | None:
    label = document.get("label")
    if label is None:
        found = (digit_named(str(document[key])) for key in _LABEL_KEYS if isinstance(document.get(key), int | str))
        return next((digit for digit in found if digit is not None and digit <= 9), None)
    digit = digit_named(label) if isinstance(label, str) else label
    if isinstance(digit, bool) or not isinstance(digit, int | float) or digit not in range(10):
        raise DataError(f"{where}: the label {json.dumps(label)[:40]} is not a digit from 0 to 9.")
    return int(digit)


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
        elif isinstance(values, list) and len(values) == len(stroke) and all(is_number(value) for value in values):
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
        or not all(is_number(width) and width >= 0 for width in widths)
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
