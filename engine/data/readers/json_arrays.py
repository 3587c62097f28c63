"""JSON that holds pixels as numbers: arrays by name, or one digit an object, in a list or one a line."""

import json
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.file_io import decode_text
from engine.core.source_file import SourceFile
from engine.data.readers.named_arrays import reading_from_named
from engine.data.readers.options import ReadOptions
from engine.data.readers.reading import Reading
from engine.data.readers.table_blocks import reading_from_blocks
from engine.data.readers.table_columns import find_columns
from engine.errors import DataError

_STROKES = re.compile(rb'"(?:strokes|drawing|ink|pressures|widths)"', re.IGNORECASE)
_NUMBER = re.compile(rb"[\[,:]\s*-?\d")
_FEWEST_NUMBERS = 20
_SPLIT = re.compile(rb'\s*\{\s*"columns"\s*:\s*\[')  # by pandas: the names of columns come first
_LARGEST = 60_000_000  # bytes: as Python's lists the numbers take several times as much
_FEWEST_COLUMNS = 65


def is_json_arrays(head: bytes) -> bool:
    """Whether these bytes begin like JSON with many numbers that are no strokes."""
    begin = head[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if begin not in (b"{", b"[") or _STROKES.search(head):
        return False
    return _SPLIT.match(head) is not None or len(_NUMBER.findall(head)) >= _FEWEST_NUMBERS


def read_json_arrays(source: SourceFile, options: ReadOptions) -> Reading:
    """The digits of such a file.

    Known are `{"images": […], "labels": […]}`, `[{"label": 5, "pixels": […]}, …]` also without the list, one object
    a line, `[{"pixel0": 0, …, "label": 5}, …]`, and what pandas writes by columns or with `orient="split"`.

    Raises:
        DataError: the file is too large, damaged, or holds no pixels.
    """
    path = source.path
    if source.size > _LARGEST:
        raise DataError(
            f"{path}: JSON of more than {_LARGEST // 10**6} MB is not read; save it as CSV or with numpy.savez."
        )
    text = decode_text(path, source.rest())
    try:
        try:
            document = json.loads(text)
        except ValueError:
            document = [json.loads(line) for line in text.splitlines() if line.strip()]
        names, columns = _columns_of(document)
        arrays = {name: np.array(column) for name, column in zip(names, columns, strict=True)}
    except (ValueError, TypeError, KeyError, RecursionError):
        arrays = {}
    if not arrays or any(array.dtype.kind not in "buifU" for array in arrays.values()):
        raise DataError(
            f'{path}: this JSON is neither drawings nor pixels such as {{"label": 5, "pixels": [0, …]}}; each picture '
            "needs as many numbers."
        )
    flat = [name for name, array in arrays.items() if array.ndim == 1 and array.dtype.kind != "U"]
    if len(flat) < _FEWEST_COLUMNS:
        return reading_from_named(source, arrays, options, "a JSON file")
    rows: NDArray[Any] = np.stack([arrays[name] for name in flat], axis=1)
    found = find_columns(path, [name.lower() for name in flat], [rows], options)
    texts = {name: array for name, array in arrays.items() if array.dtype.kind == "U"}
    labels = next(iter(texts.values()), None) if len(texts) == 1 and not found.labels else None
    return reading_from_blocks(source, found, [rows], options, labels)


def _columns_of(document: object) -> tuple[list[str], list[Any]]:
    """Names and columns of a document of any of the known forms."""
    if isinstance(document, dict) and len(document) == 1:
        return _columns_of(next(iter(document.values())))
    if isinstance(document, list) and document and all(isinstance(row, dict) for row in document):
        names = list(document[0])
        return names, [[row[name] for row in document] for name in names]
    if isinstance(document, list):
        return ["images"], [document]
    if not isinstance(document, dict):
        raise TypeError
    if isinstance(document.get("columns"), list) and isinstance(document.get("data"), list):
        return [str(name) for name in document["columns"]], list(zip(*document["data"], strict=True))
    # pandas numbers the rows of each column.
    values = [list(one.values()) if isinstance(one, dict) else one for one in document.values()]
    return list(document), values
