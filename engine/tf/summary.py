"""TensorFlow's `summary`: metrics of one's own for TensorBoard."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine.sequential.event_files import append_event

_OPEN: list["Writer"] = []


class Writer:
    """Takes metrics into an event file of a folder.

    Args:
        logdir: the folder.
    """

    def __init__(self, logdir: Any) -> None:
        self.folder = Path(str(logdir))
        self.path: Path | None = None

    @contextmanager
    def as_default(self, step: Any = None) -> Iterator["Writer"]:
        """Within this block metrics come here."""
        _OPEN.append(self)
        try:
            yield self
        finally:
            _OPEN.pop()

    def flush(self) -> None:
        """Here for TensorFlow's sake: everything has been written."""

    close = flush


create_file_writer = Writer


def scalar(name: str, data: Any, step: Any = None, description: str | None = None) -> bool:
    """Write a metric of a step; whether a writer was there."""
    if not _OPEN:
        return False
    writer = _OPEN[-1]
    writer.path = append_event(writer.folder, writer.path, int(step or 0), {name: float(data)})
    return True


def histogram(name: str, data: Any, step: Any = None, **settings: Any) -> bool:
    """Here for TensorFlow's sake: only metrics are written."""
    return False


image = text = audio = histogram

__all__ = ["Writer", "audio", "create_file_writer", "histogram", "image", "scalar", "text"]
