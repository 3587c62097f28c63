"""Rows that do not have one cell a number: all pixels in one cell, or only those that are not 0."""

import re
from collections.abc import Callable

# "5,0 0 12 …,Training" or "5;[0, 0, 12, …]"
_PIXELS = re.compile(rb"(?:^|([,;\t]))\[?(\d[\d.]*(?: +\d[\d.]*){63,})\]?(?:([,;\t])|$)")


def unfolding_of(names: bytes, row: bytes) -> tuple[bytes, Callable[[bytes], bytes]] | None:
    """The names of the columns and what brings lines to one cell a number; None where there is nothing to do.

    Args:
        names: the first line, which may be a row.
        row: the line after it, or the first one.
    """
    if row.startswith(b"{"):
        count = names.count(b",") + 1
        return names, lambda lines: _filled(lines, count)
    match = _PIXELS.search(row)
    if match is not None and (separator := match[1] or match[3]):
        place, count = row[: match.start(2)].count(separator), match[2].count(b" ") + 1
        cells = names.split(separator)
        if len(names) < len(match[2]):
            cells[place : place + 1] = [cells[place]] * count
        return separator.join(cells), lambda lines: _unpacked(lines, separator)
    return (names, lambda lines: _unpacked(lines, b"")) if b"[" in row else None


def _unpacked(lines: bytes, separator: bytes) -> bytes:
    lines = lines.replace(b"[", b"").replace(b"]", b"")
    return re.sub(rb" *" + re.escape(separator) + rb" *| +", separator, lines) if separator else lines


def _filled(lines: bytes, count: int) -> bytes:
    """Rows such as "{3 255, 784 7}" of Weka with their zeros."""
    rows = []
    for line in lines.split(b"\n"):
        if line:
            cells = [b"0"] * count
            for pair in line.strip(b"{} \t").split(b","):
                place, _, value = pair.strip().partition(b" ")
                if place.isdigit() and int(place) < count:
                    cells[int(place)] = value.strip()
            rows.append(b",".join(cells) + b"\n")
    return b"".join(rows)
