"""A folder of its own for each window, so that two windows never touch each other's copies of unsaved work.

The first window takes the state folder itself, further ones `window-2`, `window-3`, … inside it. A lock says that a
folder is in use; the system lets go of it when the process ends, however it ends.
"""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from engine.core.file_io import lock_file

LOCK_NAME = "in-use.lock"


class WindowFolder:
    """The folder of one window.

    Attributes:
        path: it exists, unless nothing can be written there.
    """

    def __init__(self, base: Path) -> None:
        self._base = base
        self._descriptor: int | None = None
        for number in count(1):
            self.path = base if number == 1 else base / f"window-{number}"
            try:
                self._descriptor = _lock(self.path)
            except (BlockingIOError, PermissionError):
                if os.access(self.path, os.W_OK):
                    continue
            except OSError:
                # A full disk, or one without locks: the window works all the same.
                pass
            break

    def left_by_others(self) -> Iterator[Path]:
        """The folders of windows that have ended, each locked while it is looked at."""
        for path in (self._base, *sorted(self._base.glob("window-*"))):
            if path == self.path or not path.is_dir():
                continue
            try:
                descriptor = _lock(path)
            except OSError:
                continue
            try:
                yield path
            finally:
                os.close(descriptor)

    def release(self) -> None:
        """Leave the folder to the next window; may be called twice."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _lock(folder: Path) -> int:
    """Lock a folder; `OSError` if another window has it, or if it cannot be written."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        lock_file(descriptor)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
