import os
import stat
import sys
from pathlib import Path

import pytest

from engine.core.file_io import write_atomically

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions and links")


def test_new_file_then_replacement_and_nothing_left_over(tmp_path: Path) -> None:
    path = tmp_path / "ścieżka 数字.bin"
    write_atomically(path, b"first")
    write_atomically(str(path), b"second")
    assert path.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [path]


def test_failure_keeps_the_old_file_and_cleans_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(b"old")

    def disk_full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_missing_directory_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"."):
        write_atomically(tmp_path / "nowhere" / "file", b"x")


def test_long_names_work(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 250)
    write_atomically(path, b"y")
    assert path.read_bytes() == b"y"


@posix_only
def test_permissions_are_kept_and_new_files_are_ordinary(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"1")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    path.chmod(0o600)
    write_atomically(path, b"2")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@posix_only
def test_symbolic_link_keeps_pointing_at_its_target(tmp_path: Path) -> None:
    target = tmp_path / "real"
    target.write_bytes(b"old")
    link = tmp_path / "link"
    link.symlink_to(target)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_windows_retry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    attempts = []
    replace = os.replace

    def busy_twice(source: str, target: Path) -> None:
        attempts.append(source)
        if len(attempts) < 3:
            raise PermissionError(13, "The file is open in another program")
        replace(source, target)

    class WindowsOs:
        name = "nt"
        replace = staticmethod(busy_twice)

        def __getattr__(self, attribute: str) -> object:
            return getattr(os, attribute)

    monkeypatch.setattr("engine.core.file_io.os", WindowsOs())
    monkeypatch.setattr("engine.core.file_io.time.sleep", lambda _seconds: None)
    write_atomically(tmp_path / "file", b"data")
    assert (tmp_path / "file").read_bytes() == b"data"
    assert len(attempts) == 3
