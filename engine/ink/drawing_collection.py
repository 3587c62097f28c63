"""A drawing file that grows: kept at once, shared by several windows, and safe against an end at any moment.

New drawings are appended and forced to the disk; every other change writes the file anew, all or nothing, from what it
holds then, so that what another window has added stays. A lock file beside it lets one window write at a time. Lines
that are no drawing, such as the last one of a writer that was killed, are set aside in a file beside it.

Each drawing has the key `filed`: when it was filed, and what tells it from all others. The order is that of `filed`.
"""

import contextlib
import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from engine.core.file_io import lock_file, write_atomically
from engine.errors import DataError
from engine.ink.drawing import Drawing
from engine.ink.drawing_files import from_line, to_line

FILED = "filed"
_LOCK_SECONDS = 5.0
_LOCK_PAUSE_SECONDS = 0.01


def with_filed(drawing: Drawing, number: int = 0) -> Drawing:
    """The drawing with a new key `filed`; of drawings filed together `number` keeps the order."""
    seconds, rest = divmod(time.time_ns() + number, 10**9)
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return replace(drawing, extra={**drawing.extra, FILED: f"{moment}.{rest:09}Z-{secrets.token_hex(3)}"})


def filed(drawing: Drawing) -> str:
    """What tells a drawing of a collection from all others; "" for a drawing of none."""
    return str(drawing.extra.get(FILED, ""))


@dataclass(frozen=True, slots=True)
class Found:
    """What a collection holds.

    Attributes:
        drawings: in the order in which they were filed.
        set_aside: how many damaged lines lie in the file beside it since now.
    """

    drawings: list[Drawing]
    set_aside: int = 0


class DrawingCollection:
    """The file; every method may be called from any thread of any window.

    Attributes:
        path: the drawing file; it need not exist.
        damaged_path: where damaged lines go.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damaged_path = path.with_name(f"{path.stem}-damaged.txt")

    def read(self) -> Found:
        """All drawings; damaged lines are set aside.

        Raises:
            OSError: the file cannot be read, or another window does not let go of it.
        """
        if not self.path.exists():
            return Found([])
        with self._locked():
            return self._read()

    def signature(self) -> tuple[int, int] | None:
        """What changes whenever the file does; None while there is none."""
        try:
            facts = os.stat(self.path)
        except OSError:
            return None
        return facts.st_mtime_ns, facts.st_size

    def append(self, drawings: Iterable[Drawing], written: Callable[[], None] = lambda: None) -> None:
        """Add drawings that have the key `filed`; they are on the disk when this returns.

        Args:
            drawings: what is added.
            written: is called when they survive the end of the process, though not yet that of the power.

        Raises:
            OSError: they are not: the disk is full, or the folder cannot be written.
        """
        data = b"".join(to_line(drawing) for drawing in drawings)
        with self._locked():
            if not self._ends_whole():
                # A writer was killed in the middle of a line.
                self._read()
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o644)
            try:
                before = os.fstat(descriptor).st_size
                try:
                    while data:
                        data = data[os.write(descriptor, data) :]
                    written()
                    os.fsync(descriptor)
                except OSError:
                    # Half a line helps nobody.
                    with contextlib.suppress(OSError):
                        os.ftruncate(descriptor, before)
                    raise
            finally:
                os.close(descriptor)

    def change(self, changes: Mapping[str, Drawing | None], added: Iterable[str] = ()) -> None:
        """Replace drawings by their keys `filed`, remove those that become None, and add those named in `added`.

        What another window has removed meanwhile is not brought back, unless it is added.

        Raises:
            OSError: the file cannot be written; it is then unchanged.
        """
        new = set(added)
        with self._locked():
            kept = {filed(drawing): drawing for drawing in self._read().drawings} if self.path.exists() else {}
            for key, drawing in changes.items():
                if drawing is None:
                    kept.pop(key, None)
                elif key in kept or key in new:
                    kept[key] = drawing
            write_atomically(self.path, b"".join(to_line(kept[key]) for key in sorted(kept)))

    def _ends_whole(self) -> bool:
        try:
            with self.path.open("rb") as file:
                if file.seek(0, os.SEEK_END) == 0:
                    return True
                file.seek(-1, os.SEEK_END)
                return file.read(1) == b"\n"
        except FileNotFoundError:
            return True

    def _read(self) -> Found:
        """All drawings, the file locked; afterwards it holds nothing else."""
        data = self.path.read_bytes()
        found: dict[str, Drawing] = {}
        damaged: list[bytes] = []
        renamed = False
        for number, line in enumerate(data.splitlines(), start=1):
            if not line.strip():
                continue
            try:
                drawing = from_line(f"{self.path}, line {number}", line)
            except DataError:
                damaged.append(line)
                continue
            if not filed(drawing) or filed(drawing) in found:
                # Written by hand or by another program.
                drawing, renamed = with_filed(drawing, number), True
            found[filed(drawing)] = drawing
        drawings = [found[key] for key in sorted(found)]
        if damaged:
            with self.damaged_path.open("ab") as file:
                file.write(b"".join(line + b"\n" for line in damaged))
                file.flush()
                os.fsync(file.fileno())
        if damaged or renamed or (data and not data.endswith(b"\n")):
            write_atomically(self.path, b"".join(to_line(drawing) for drawing in drawings))
        return Found(drawings, len(damaged))

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path.with_name(f"{self.path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o644)
        try:
            deadline = time.monotonic() + _LOCK_SECONDS
            while True:
                try:
                    lock_file(descriptor)
                    break
                except (BlockingIOError, PermissionError):
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(_LOCK_PAUSE_SECONDS)
                except OSError:
                    # A file system without locks: one window works all the same.
                    break
            yield
        finally:
            os.close(descriptor)
