"""Writes a chart's numbers as a table while the window goes on: a million rows take seconds."""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from engine.core.file_io import write_atomically
from gui.charts.line import Line
from gui.charts.live_series import Points

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
    """Writes tables, each in a thread of its own and from its own copy of the data.

    Signals, delivered in the thread of this object:
        written(path), failed(sentence): how an export ended.
    """

    written = Signal(str)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._threads: list[threading.Thread] = []

    def start(self, path: Path, lines: Sequence[Line]) -> None:
        """Write these curves, as they are now, to a file."""
        thread = threading.Thread(target=self._write, args=(path, columns_of(lines)), name="digitlab-table")
        self._threads = [*(other for other in self._threads if other.is_alive()), thread]
        thread.start()

    def finish(self) -> None:
        """Wait until everything is written."""
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def _write(self, path: Path, columns: list[Column]) -> None:
        try:
            write_atomically(path, table_bytes(columns))
        except OSError as error:
            self._fail(f"{path.name} could not be saved: {error.strerror or error}.")
        except MemoryError:
            self._fail(f"{path.name} could not be saved: there is not enough memory.")
        else:
            self.written.emit(str(path))

    def _fail(self, sentence: str) -> None:
        # A window that closes has nobody left to hear the signal; the log keeps the sentence.
        logger.warning(sentence)
        self.failed.emit(sentence)
