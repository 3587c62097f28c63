"""Files: written whole or not at all; read from anywhere without being hurt."""

import contextlib
import errno
import os
import stat
import sys
import tempfile
import time
from pathlib import Path

from engine.errors import DataError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

# MNIST's training images are 47 MB as bytes and 376 MB as float64.
MAX_FILE_BYTES = 400_000_000
_UNFINISHED = ".part"
_REPLACE_ATTEMPTS = 10
_REPLACE_DELAY_SECONDS = 0.05


def write_atomically(path: str | os.PathLike[str], data: bytes, *, sync: bool = True) -> None:
    """Make `data` the contents of the file at `path`, all or nothing.

    The bytes go to a temporary file in the same directory, are forced to the disk, and the file is then renamed
    over the old one; the old file's permissions are kept, and a symbolic link keeps pointing at its target. What a
    killed writer of the same file left behind is removed.

    Args:
        path: a file, or a link to one; it need not exist.
        data: all that it will hold.
        sync: force the bytes to the disk. Without, they survive the end of the process, but not a power cut.

    Raises:
        OSError: the directory is missing or not writable, the disk is full, or `path` is no ordinary file but, say, a
            device. The old file is then unchanged.
    """
    target = Path(os.path.realpath(path))
    check_replaceable(target)
    prefix = f".{target.name[:60]}-"
    remove_unfinished(target.parent, prefix)
    descriptor, temporary = _make_locked(target.parent, prefix)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            if sync:
                os.fsync(file.fileno())
            os.chmod(temporary, _mode_for(target))
            if os.name != "nt":
                # Still locked, so that nobody takes it for unfinished; Windows renames closed files only.
                _replace(temporary, target)
        if os.name == "nt":
            _replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    if sync:
        _sync_directory(target.parent)


def check_replaceable(path: str | os.PathLike[str]) -> None:
    """Raise `OSError` if there is something at `path` that is no ordinary file: a folder, a pipe, a device."""
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "not an ordinary file"
        raise OSError(errno.EINVAL, f"it is {kind}", os.fspath(path))


def remove_unfinished(folder: Path, prefix: str = ".") -> None:
    """Remove temporary files whose writers were killed; those of living writers are locked and stay."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(prefix) and entry.name.endswith(_UNFINISHED):
                with contextlib.suppress(OSError):
                    _remove_unlocked(entry.path)


def _remove_unlocked(path: str) -> None:
    if sys.platform == "win32":
        # Refused while the file is open.
        os.unlink(path)
        return
    descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    try:
        lock_file(descriptor)
        os.unlink(path)
    finally:
        os.close(descriptor)


def _make_locked(folder: Path, prefix: str) -> tuple[int, str]:
    """A new temporary file, open and locked, and its name."""
    while True:
        descriptor, name = tempfile.mkstemp(prefix=prefix, suffix=_UNFINISHED, dir=folder)
        if sys.platform == "win32":
            return descriptor, name
        # A file system without locks has no clean-up either.
        with contextlib.suppress(OSError):
            lock_file(descriptor)
        if os.path.exists(name):
            return descriptor, name
        # Taken for unfinished between the two lines.
        os.close(descriptor)


def lock_file(descriptor: int) -> None:
    """Lock an open file against other processes until it is closed, or its process is dead.

    Raises:
        OSError: somebody else has locked it, or the file system has no locks.
    """
    if sys.platform == "win32":
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


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


def check_regular_file(path: Path) -> None:
    """Refuse what is missing, a folder, a pipe or a device: opening a pipe would wait for ever.

    Raises:
        DataError: there is no ordinary file at the path.
    """
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        raise DataError(f"{path}: there is no such file; check the name and the folder.") from None
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: the file cannot be reached ({reason_of(error)}).") from None
    if stat.S_ISDIR(mode):
        raise DataError(f"{path}: this is a folder, but a file is needed.")
    if not stat.S_ISREG(mode):
        raise DataError(f"{path}: this is not an ordinary file.")


def decode_text(path: Path, data: bytes) -> str:
    """The bytes as text: UTF-8, with or without a byte order mark, or UTF-16 with one.

    Raises:
        DataError: the bytes are no such text; the sentence names the file.
    """
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise DataError(f"{path}: this is not a text file.") from None
    if "\x00" in text:
        raise DataError(f"{path}: this is not a text file.")
    return text


def reason_of(error: Exception) -> str:
    """An error of the operating system in words that go on a sentence."""
    if isinstance(error, FileNotFoundError):
        return "it does not exist"
    if isinstance(error, PermissionError):
        return "permission is denied"
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text[:1].lower() + text[1:]
