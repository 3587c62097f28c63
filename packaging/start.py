"""Start of the packed program: DigitLab, or one of its child processes, which ask for a Python that is not there."""

import multiprocessing
import sys


def _run_as_python(program: str, arguments: list[str]) -> None:
    """What `python -c PROGRAM ARGUMENTS` does: the workers of a training are started so."""
    sys.argv = ["-c", *arguments]
    exec(compile(program, "-c", "exec"), {"__name__": "__main__"})


if __name__ == "__main__":
    # A spawned process of a sweep ends in here.
    multiprocessing.freeze_support()
    if sys.argv[1:2] == ["-c"] and len(sys.argv) > 2:
        _run_as_python(sys.argv[2], sys.argv[3:])
        sys.exit()
    from main import main

    sys.exit(main())
