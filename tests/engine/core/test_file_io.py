import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from engine.core.file_io import remove_unfinished, write_atomically

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


# Dies as `kill -9` would, in the middle of writing.
KILLED_WRITER = """
import os, sys
from engine.core.file_io import write_atomically
os.fsync = lambda descriptor: os.kill(os.getpid(), 9)
write_atomically(sys.argv[1], b"half")
"""
# Holds a temporary file open until its input ends.
SLOW_WRITER = """
import os, sys
from engine.core.file_io import write_atomically
def wait(descriptor, fsync=os.fsync):
    os.fsync = fsync
    print("writing", flush=True)
    sys.stdin.read()
os.fsync = wait
write_atomically(sys.argv[1], b"slow")
"""


def writer(code: str, path: Path) -> "subprocess.Popen[str]":
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "-c", code, str(path)], text=True, **pipes)


@posix_only
def test_what_a_killed_writer_left_is_removed_at_the_next_write(tmp_path: Path) -> None:
    path, other = tmp_path / "model.bin", tmp_path / "other.bin"
    for killed in (path, other):
        with writer(KILLED_WRITER, killed) as process:
            assert process.wait(30) == -9
    assert len(list(tmp_path.glob(".*.part"))) == 2
    write_atomically(path, b"whole")
    assert [left.name.startswith(".other.bin-") for left in tmp_path.glob(".*.part")] == [True]
    remove_unfinished(tmp_path)
    assert list(tmp_path.iterdir()) == [path]


@posix_only
def test_a_writer_that_is_alive_keeps_its_temporary_file(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    with writer(SLOW_WRITER, path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        write_atomically(path, b"quick")
        remove_unfinished(tmp_path)
        assert path.read_bytes() == b"quick"
        assert len(list(tmp_path.glob(".*.part"))) == 1
        process.communicate("", timeout=30)
        assert process.returncode == 0
    assert path.read_bytes() == b"slow"
    assert list(tmp_path.iterdir()) == [path]


@posix_only
def test_only_ordinary_files_are_replaced(tmp_path: Path) -> None:
    pipe, folder, link = tmp_path / "pipe", tmp_path / "folder", tmp_path / "link"
    os.mkfifo(pipe)
    folder.mkdir()
    link.symlink_to(pipe)
    for path in (pipe, folder, link, Path("/dev/null")):
        with pytest.raises(OSError, match=r"it is (a folder|not an ordinary file)"):
            write_atomically(path, b"x")
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    assert sorted(tmp_path.iterdir()) == sorted([pipe, folder, link])


@posix_only
def test_a_link_to_nothing_gives_the_file_it_names(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "later")
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "later").read_bytes() == b"new"


def test_without_sync_nothing_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = []
    monkeypatch.setattr(os, "fsync", synced.append)
    write_atomically(tmp_path / "file", b"data", sync=False)
    assert (tmp_path / "file").read_bytes() == b"data"
    assert synced == []
