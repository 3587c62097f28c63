"""Writes a chart's numbers as a table while the window goes on: a million rows take seconds."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from engine.core.file_io import write_atomically
from engine.errors import DataError
from gui.charts.line import Line
from gui.charts.live_series import Points
from gui.services.background_task import BackgroundTasks

logger = logging.getLogger("digitlab")

# Rows that are turned into text in one go; between two blocks, other threads get their turn.
_BLOCK_ROWS: Final = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A curve as it was when the export began.

    Attributes:
        name: the series' name in the file.
        x, y: epochs and values, (points,); nobody else writes into them.
    """

    name: str
    x: Points
    y: Points


def columns_of(lines: Sequence[Line]) -> list[Column]:
    """Copies of all curves: a training goes on adding to the originals."""
    return [Column(line.name, line.series.x.copy(), line.series.y.copy()) for line in lines]


def table_bytes(columns: Sequence[Column]) -> bytes:
    """All points of all curves, one a row: series, epoch, value."""
    blocks = [b"series,epoch,value\n"]
    for column in columns:
        for start in range(0, len(column.x), _BLOCK_ROWS):
            part = slice(start, start + _BLOCK_ROWS)
            pairs = zip(column.x[part].tolist(), column.y[part].tolist(), strict=True)
            blocks.append("".join(f"{column.name},{x:.10g},{y:.10g}\n" for x, y in pairs).encode("utf-8"))
    return b"".join(blocks)


class TableExport(QObject):
    """Writes tables in the background, each from its own copy of the data.

    Signals, delivered in the thread of this object:
        written(path), failed(sentence): how an export ended.
    """

    written = Signal(str)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = BackgroundTasks(self)

    def start(self, path: Path, lines: Sequence[Line]) -> None:
        """Write these curves, as they are now, to a file."""
        columns = columns_of(lines)
        self._tasks.start(
            "table",
            lambda _task: _write(path, columns),
            done=self.written.emit,
            failed=self._on_failed,
            ordered=True,
        )

    def finish(self) -> None:
        """Wait until everything is written."""
        self._tasks.finish()

    def _on_failed(self, error: Exception) -> None:
        self.failed.emit(str(error))


def _write(path: Path, columns: list[Column]) -> str:
    try:
        write_atomically(path, table_bytes(columns))
    except (OSError, MemoryError) as error:
        reason = "there is not enough memory" if isinstance(error, MemoryError) else error.strerror or str(error)
        sentence = f"{path.name} could not be saved: {reason}."
        # A window that closes has nobody left to hear it; the log keeps the sentence.
        logger.warning(sentence)
        raise DataError(sentence) from None
    return str(path)
