"""CSV: one digit a row, its label and 784 or 400 pixels; with or without a line of names."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.file_io import decode_text
from engine.data.dataset import Dataset
from engine.data.readers.image_arrays import dataset_from_arrays
from engine.errors import DataError

_SIDES = {785: 28, 401: 20}
_LABEL_NAMES = ("label", "class", "digit", "target", "y")


def is_csv(data: bytes) -> bool:
    """Whether these bytes begin like text with a separator in its first line."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    head = data[:512]
    return min(head, default=0) >= 9 and any(separator in head for separator in (b",", b";", b"\t"))


def read_csv(path: Path, data: bytes) -> Dataset:
    """The digits of a table separated by commas, semicolons or tabs.

    The label's column is the one that is called label, class, digit, target or y; without names it is the first,
    or the last where the first cannot be one.
    """
    rows = [(number, line) for number, line in enumerate(decode_text(path, data).splitlines(), 1) if line.strip()]
    if not rows:
        raise DataError(f"{path}: the file holds no digits.")
    separator = max(",;\t", key=rows[0][1].count)
    names = [] if _is_numeric(rows[0][1].split(separator)) else _names(rows.pop(0)[1], separator)
    if not rows:
        raise DataError(f"{path}: the file holds no digits.")
    columns = rows[0][1].count(separator) + 1
    if columns not in _SIDES:
        raise DataError(f"{path}: line {rows[0][0]} has {columns} columns; a label and 784 or 400 pixels are needed.")
    for number, line in rows:
        if line.count(separator) + 1 != columns:
            raise DataError(
                f"{path}: line {number} has {line.count(separator) + 1} columns, the lines before have {columns}."
            )
    table = _table(path, rows, separator)
    column = _label_column(names, table)
    pixels = np.delete(table, column, axis=1).reshape(-1, _SIDES[columns], _SIDES[columns])
    if float(pixels.max(initial=0.0)) > 1 and not np.any(pixels % 1):
        pixels = pixels.astype(np.int16)
    return dataset_from_arrays(path, pixels, table[:, column])


def _is_numeric(cells: list[str]) -> bool:
    try:
        return bool([float(cell.strip().strip('"')) for cell in cells])
    except ValueError:
        return False


def _names(line: str, separator: str) -> list[str]:
    return [name.strip().strip('"').lower() for name in line.split(separator)]


def _table(path: Path, rows: list[tuple[int, str]], separator: str) -> NDArray[np.float32]:
    try:
        table = np.loadtxt(
            (line for _, line in rows), np.float32, delimiter=separator, comments=None, quotechar='"', ndmin=2
        )
    except ValueError:
        table = None
    if table is not None and np.isfinite(table).all():
        return table
    for number, line in rows:
        for cell in line.split(separator):
            if not _is_numeric([cell]) or not np.isfinite(float(cell.strip().strip('"'))):
                raise DataError(f"{path}: line {number} holds “{cell.strip()[:20]}”, which is not a finite number.")
    raise DataError(f"{path}: the file cannot be read as a table of numbers.")


def _label_column(names: list[str], table: NDArray[Any]) -> int:
    for name in _LABEL_NAMES:
        if name in names:
            return names.index(name)
    first = table[:, 0]
    could_be = ((first >= 0) & (first <= 9) & (first == np.floor(first))).all()
    last = table[:, -1]
    # A first column of zeros alone is a pixel of the corner if the last column has several digits.
    is_corner = not first.any() and len(np.unique(last)) > 1 and float(last.max()) <= 9
    return 0 if could_be and not is_corner else -1
