"""Writes a chart's numbers as a table while the window goes on: a million rows take seconds."""

import csv
import io
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from engine.core.file_io import reason_of, write_atomically
from engine.errors import DataError

logger = logging.getLogger("digitlab")

# Rows that are turned into text in one go; between two blocks, other threads get their turn.
_BLOCK_ROWS: Final = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A chart's numbers as they were when the export began; nobody else writes into the arrays.

    Attributes:
        columns: the names in the head.
        parts: rows in groups; a group has, for each column, an array (rows,) or one text for all its rows.
        settings: what the numbers come from, by name.
        exact: whether numbers have all their digits, so that reading them gives the same ones.
    """

    columns: tuple[str, ...]
    parts: Sequence[Sequence[str | Sequence[str] | NDArray[Any]]]
    settings: Mapping[str, object] = field(default_factory=dict)
    exact: bool = False


def table_bytes(table: Table) -> bytes:
    """The table as CSV in UTF-8; the settings stand above the head in lines that start with "#".

    Numbers that need not be exact have six digits, and fewer where these say the same.
    """
    text = io.StringIO()
    text.writelines(f"# {name}: {' '.join(str(value).split())}\n" for name, value in table.settings.items())
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    for part in table.parts:
        rows = max((len(cells) for cells in part if not isinstance(cells, str)), default=0)
        for start in range(0, rows, _BLOCK_ROWS):
            block = slice(start, min(rows, start + _BLOCK_ROWS))
            writer.writerows(zip(*(_texts(cells, block, table.exact) for cells in part), strict=True))
    return text.getvalue().encode("utf-8")


def _texts(cells: str | Sequence[str] | NDArray[Any], block: slice, exact: bool) -> Sequence[object]:
    if isinstance(cells, str):
        return [cells] * (block.stop - block.start)
    if not isinstance(cells, np.ndarray):
        return cells[block]
    values: list[object] = cells[block].tolist()
    return values if exact or not np.issubdtype(cells.dtype, np.floating) else [f"{value:.6g}" for value in values]


def write_made(path: Path, make: Callable[[], bytes]) -> str:
    """Write what `make` makes; its path.

    Raises:
        DataError: it cannot be written, in a sentence that the log has too: a closed window has nobody left to hear it.
    """
    try:
        write_atomically(path, make())
    except (OSError, MemoryError) as error:
        reason = "there is not enough memory" if isinstance(error, MemoryError) else reason_of(error)
        sentence = f"{path.name} could not be saved: {reason}."
        logger.warning(sentence)
        raise DataError(sentence) from None
    return str(path)
