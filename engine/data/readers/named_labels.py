"""A table beside images that says which digit each shows, such as "img_001.png,7"; or one label a line."""

import csv
from pathlib import Path

from engine.ink.digit_names import digit_named

_SUFFIXES = {".csv", ".tsv", ".txt"}
_LARGEST_BYTES = 50_000_000


def labels_of_names(folder: Path, names: list[str]) -> tuple[list[int], str]:
    """The digit of each image by a table in its folder, and the table's name; none where there is none.

    A digit is 10 where somebody counts from 1.

    Args:
        folder: where the table lies.
        names: of the image files, in alphabetical order.
    """
    for path in sorted(file for file in folder.iterdir() if file.suffix.lower() in _SUFFIXES and file.is_file()):
        if path.stat().st_size <= _LARGEST_BYTES:
            lines = path.read_text("utf-8-sig", "replace").splitlines()
            if labels := _by_name(lines, names) or _in_order(lines, names):
                return labels, path.name
    return [], ""


def digits_in_table(table: Path, names: list[str]) -> dict[str, int | None]:
    """What a table says of images, by their names without the end; None where that is no digit."""
    return _digits_of(table.read_text("utf-8-sig", "replace").splitlines(), names)


def _by_name(lines: list[str], names: list[str]) -> list[int]:
    found = _digits_of(lines, names)
    labels = [found.get(Path(name).stem) for name in names]
    return [label for label in labels if label is not None] if None not in labels else []


def _digits_of(lines: list[str], names: list[str]) -> dict[str, int | None]:
    separator = max(",;\t ", key="\n".join(lines[:9]).count)
    rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=separator) if row]
    known = {Path(name).stem: None for name in names}
    exact = set(names)
    found: dict[str, int | None] = {}
    for row in rows:
        # A label may be the stem of another image.
        places = [k for k, cell in enumerate(row) if Path(cell).name in exact] or [
            k for k, cell in enumerate(row) if cell in known
        ]
        if places:
            digits = [digit_named(cell) for k, cell in enumerate(row) if k != places[0]]
            found[Path(row[places[0]]).stem] = next((digit for digit in digits if digit is not None), None)
    return found


def _in_order(lines: list[str], names: list[str]) -> list[int]:
    """One label a line, with or without a name above."""
    cells = [line.strip() for line in lines if line.strip()]
    labels = [digit_named(cell) for cell in cells[len(cells) - len(names) :]]
    return [label for label in labels if label is not None] if len(cells) - len(names) in (0, 1) else []
