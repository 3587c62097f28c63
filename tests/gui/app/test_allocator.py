"""What threads give back is there for other threads, told by the allocator itself."""

import ctypes
import platform
import subprocess
import sys

import pytest

from gui.app.allocator import use_one_arena

HEAPS = """
import ctypes, runpy, sys, threading
if "one" in sys.argv:
    assert runpy.run_path(sys.argv[1])["use_one_arena"]()
C = ctypes.CDLL(None)
C.malloc.restype = ctypes.c_void_p
gate = threading.Barrier(3)
def work():
    C.malloc(ctypes.c_size_t(5000))
    gate.wait()
threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads:
    thread.start()
gate.wait()
C.malloc_info(0, ctypes.c_void_p.in_dll(C, "stdout"))
C.fflush(None)
"""


def heaps(*options):
    path = sys.modules[use_one_arena.__module__].__file__
    command = [sys.executable, "-S", "-c", HEAPS, path, *options]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.count("<heap nr=")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has heaps of threads")
def test_threads_share_one_heap():
    assert heaps() > 1
    assert heaps("one") == 1


def test_other_c_libraries_are_left_alone(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    assert not use_one_arena()
