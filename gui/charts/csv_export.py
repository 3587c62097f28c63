"""Writes a chart's numbers as a table while the window goes on: a million rows take seconds."""

import csv
import io
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from engine.core.file_io import write_atomically
from engine.errors import DataError
from gui.services.background_task import BackgroundTasks

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
    """

    columns: tuple[str, ...]
    parts: Sequence[Sequence[str | Sequence[str] | NDArray[Any]]]
    settings: Mapping[str, object] = field(default_factory=dict)


def table_bytes(table: Table) -> bytes:
    """The table as CSV in UTF-8; the settings stand above the head in lines that start with "#".

    Numbers have six digits, and fewer where these say the same.
    """
    blocks = [f"# {name}: {' '.join(str(value).split())}\n" for name, value in table.settings.items()]
    blocks.append(_row(table.columns) + "\n")
    for part in table.parts:
        rows = max((len(cell) for cell in part if not isinstance(cell, str)), default=0)
        texts = [_row((cell,)) if isinstance(cell, str) else None for cell in part]
        for start in range(0, rows, _BLOCK_ROWS):
            stop = min(rows, start + _BLOCK_ROWS)
            cells = [
                [text] * (stop - start) if text is not None else _formatted(cell[start:stop])
                for text, cell in zip(texts, part, strict=True)
            ]
            blocks.append("".join(",".join(row) + "\n" for row in zip(*cells, strict=True)))
    return "".join(blocks).encode("utf-8")


def _row(cells: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(cells)
    return buffer.getvalue()


def _formatted(cells: Sequence[str] | NDArray[Any]) -> list[str]:
    if isinstance(cells, np.ndarray):
        if np.issubdtype(cells.dtype, np.floating):
            return [f"{value:.6g}" for value in cells.tolist()]
        return [str(value) for value in cells.tolist()]
    return [_row((cell,)) for cell in cells]


class TableExport(QObject):
    """Writes tables in the background, one after the other.

    Signals, delivered in the thread of this object:
        written(path), failed(sentence): how an export ended.
    """

    written = Signal(str)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = BackgroundTasks(self)

    def start(self, path: Path, table: Table) -> None:
        """Write a table to a file."""
        self._tasks.start(
            "table",
            lambda _task: _write(path, table),
            done=self.written.emit,
            failed=self._on_failed,
            ordered=True,
        )

    def finish(self) -> None:
        """Wait until everything is written."""
        self._tasks.finish()

    def _on_failed(self, error: Exception) -> None:
        self.failed.emit(str(error))


def _write(path: Path, table: Table) -> str:
    try:
        write_atomically(path, table_bytes(table))
    except (OSError, MemoryError) as error:
        reason = "there is not enough memory" if isinstance(error, MemoryError) else error.strerror or str(error)
        sentence = f"{path.name} could not be saved: {reason}."
        # A window that closes has nobody left to hear it; the log keeps the sentence.
        logger.warning(sentence)
        raise DataError(sentence) from None
    return str(path)
