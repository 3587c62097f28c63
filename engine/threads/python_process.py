"""A second Python process, which finds the engine and whatever it imports where this one has found them."""

import json
import os
import subprocess
import sys
from pathlib import Path

_BEGIN = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
# Each process computes on one core. Asked for before its BLAS starts threads that nobody needs.
_ONE_THREAD = [
    *(f"{library}_NUM_THREADS" for library in ("OPENBLAS", "MKL", "BLIS", "OMP")),
    "VECLIB_MAXIMUM_THREADS",
]


def can_start_python() -> bool:
    """Whether there is an interpreter to start; a program that was packed into one file has none."""
    return os.name == "posix" and bool(sys.executable) and not getattr(sys, "frozen", False)


def start_python(program: str, *arguments: str) -> "subprocess.Popen[bytes]":
    """Start a program, one line of Python, with pipes to its standard input and output; it computes on one core.

    Args:
        program: what the process runs.
        arguments: the program's `sys.argv[2:]`.

    Raises:
        OSError: the system refuses a process.
    """
    folders = [str(Path(__file__).resolve().parents[2]), *(str(folder) for folder in sys.path if folder)]
    # A group of its own: Ctrl+C in a terminal is for this process, which ends the others in good order.
    return subprocess.Popen(
        [sys.executable, "-c", _BEGIN + program, json.dumps(folders), *arguments],
        env=os.environ | dict.fromkeys(_ONE_THREAD, "1"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
