"""Stdout and stderr that may be closed or full: what cannot be written never costs the work itself."""

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from typing import TextIO


class CarefulStream(io.TextIOBase):
    """Writes through at once, also into a pipe; after the first failure it writes nothing any more.

    Attributes:
        problem: why something could not be written, or None.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self.problem: OSError | None = None
        # A terminal that cannot show a character must not end the program.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
        if stream is None:
            # Started with this descriptor closed (`>&-`): no file of ours may get its number.
            os.open(os.devnull, os.O_RDWR)

    @property
    def reader_left(self) -> bool:
        """Whether whoever read the output has gone (`| head`), which is nobody's fault."""
        return isinstance(self.problem, BrokenPipeError)

    def writable(self) -> bool:
        """Always, as text streams ask."""
        return True

    def isatty(self) -> bool:
        """Whether a person reads along."""
        return self._stream is not None and self.problem is None and self._stream.isatty()

    def fileno(self) -> int:
        """The descriptor, for libraries that ask; raises `OSError` when the stream is closed."""
        if self._stream is None:
            raise OSError(errno.EBADF, "it is closed")
        return self._stream.fileno()

    def write(self, text: str) -> int:
        """Write, or remember why not."""
        if self.problem is None:
            try:
                if self._stream is None:
                    raise OSError(errno.EBADF, "it is closed")
                self._stream.write(text)
                self._stream.flush()
            except (OSError, ValueError) as error:
                self.problem = error if isinstance(error, OSError) else OSError(errno.EBADF, "it is closed")
                self._silence()
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""

    def _silence(self) -> None:
        """Let what the stream still holds go nowhere: Python would complain about it at its own end."""
        with contextlib.suppress(OSError, ValueError):
            descriptor = self.fileno()
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, descriptor)
            os.close(nowhere)


@contextlib.contextmanager
def careful_streams() -> Iterator[tuple[CarefulStream, CarefulStream]]:
    """Put careful streams in the place of stdout and stderr for a while."""
    before = sys.stdout, sys.stderr
    out, err = CarefulStream(sys.stdout), CarefulStream(sys.stderr)
    sys.stdout, sys.stderr = out, err
    try:
        yield out, err
    finally:
        sys.stdout, sys.stderr = before


def output_is_lost() -> bool:
    """Whether nobody gets what is written to stdout any more."""
    return isinstance(sys.stdout, CarefulStream) and sys.stdout.problem is not None
