"""Files that are whole or untouched: a crash, a full disk or a power cut never leaves half a file."""

import contextlib
import os
import stat
import tempfile
import time
from pathlib import Path

_REPLACE_ATTEMPTS = 10
_REPLACE_DELAY_SECONDS = 0.05


def write_atomically(path: str | os.PathLike[str], data: bytes) -> None:
    """Make `data` the contents of the file at `path`, all or nothing.

    The bytes go to a temporary file in the same directory, are forced to the disk, and the file is then renamed
    over the old one; the old file's permissions are kept, and a symbolic link keeps pointing at its target.

    Raises:
        OSError: the directory is missing or not writable, or the disk is full. The old file is then unchanged.
    """
    target = Path(os.path.realpath(path))
    descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name[:60]}-", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, _mode_for(target))
        _replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    _sync_directory(target.parent)


def _mode_for(target: Path) -> int:
    """The permissions of the file that is about to be replaced, or those that a new file would get."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except OSError:
        # `mkstemp` makes files private; a user's new model or drawing file is an ordinary one. The process-wide
        # umask can only be read by setting it, which other threads would notice, so the usual 022 is assumed.
        return 0o644


def _replace(source: str, target: Path) -> None:
    """`os.replace`, tried again for half a second where Windows has the target open (virus scanner, indexer)."""
    for attempt in range(_REPLACE_ATTEMPTS):
        try:
            os.replace(source, target)
            return
        except PermissionError:
            if os.name != "nt" or attempt == _REPLACE_ATTEMPTS - 1:
                raise
            time.sleep(_REPLACE_DELAY_SECONDS)


def _sync_directory(directory: Path) -> None:
    """Force the rename itself to the disk, where the system lets a directory be opened."""
    if os.name == "nt":
        return
    # Some network file systems refuse to sync a directory; the file's contents are safe already.
    with contextlib.suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
