"""DigitLab's start: no arguments open the window, subcommands do the same work without one.

Nothing heavy is imported before it is known which of the two is wanted.
"""

import sys
from collections.abc import Sequence

_SELF_CHECK = "--self-check"


def main(argv: Sequence[str] | None = None) -> int:
    """Run DigitLab and return the exit code: 0 done, 1 output lost, 2 bad input, 130 interrupted.

    Args:
        argv: the arguments without the program's name; None for those of the process.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if not arguments or arguments == [_SELF_CHECK]:
            return _open_window(self_check=bool(arguments))
        from models.cli import run

        return run(arguments)
    except KeyboardInterrupt:
        # Before there was anything to be interrupted.
        if sys.stderr is not None:
            sys.stderr.write("Interrupted.\n")
        return 130


def _open_window(*, self_check: bool) -> int:
    try:
        from gui.app.application import run_application
    except ImportError as error:
        # A bare machine: Qt's own system libraries are missing. The README names them.
        if sys.stderr is not None:
            sys.stderr.write(f"The window cannot be opened: a library is missing ({error}); the README names it.\n")
        return 2
    return run_application(sys.argv[:1] or ["digitlab"], self_check=self_check)


def console() -> int:
    """Entry point of the command `digitlab`."""
    return main()


def window() -> int:
    """Entry point of the command `digitlab-window`, which has no console."""
    return main([])


if __name__ == "__main__":
    sys.exit(main())
