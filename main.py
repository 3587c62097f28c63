"""DigitLab's start: no arguments open the window, subcommands do the same work without one.

Nothing heavy is imported before it is known which of the two is wanted.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

_SELF_CHECK = "--self-check"


def main(argv: Sequence[str] | None = None) -> int:
    """Run DigitLab and return the exit code: 0 done, 1 output lost, 2 bad input, 130 interrupted.

    Args:
        argv: the arguments without the program's name; None for those of the process.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if not arguments or arguments == [_SELF_CHECK]:
            return _open_window([], self_check=bool(arguments))
        if all(map(_names_file, arguments)):
            return _open_files(arguments)
        from models.cli import run

        return run(arguments)
    except KeyboardInterrupt:
        # Before there was anything to be interrupted.
        if sys.stderr is not None:
            sys.stderr.write("Interrupted.\n")
        return 130


def _names_file(argument: str) -> bool:
    """Whether an argument is a path: no command and no option has a dot or a folder in it."""
    return not argument.startswith("-") and ("." in argument or os.sep in argument or "/" in argument)


def _open_files(arguments: Sequence[str]) -> int:
    """The window with these files opened: what a double click in a file manager asks for."""
    for argument in arguments:
        if not os.path.exists(argument):
            if sys.stderr is not None:
                sys.stderr.write(f"{argument}: there is no such file; check the name and the folder.\n")
            return 2
    return _open_window(arguments, self_check=False)


def _open_window(files: Sequence[str], *, self_check: bool) -> int:
    try:
        from gui.app.application import run_application
    except ImportError as error:
        # A bare machine: Qt's own system libraries are missing. The README names them.
        if sys.stderr is not None:
            sys.stderr.write(f"The window cannot be opened: a library is missing ({error}); the README names it.\n")
        return 2
    return run_application(sys.argv[:1] or ["digitlab"], [Path(file) for file in files], self_check=self_check)


def console() -> int:
    """Entry point of the command `digitlab`."""
    return main()


def window() -> int:
    """Entry point of the command `digitlab-window`, which has no console; takes files to open."""
    return main([argument for argument in sys.argv[1:] if _names_file(argument)])


if __name__ == "__main__":
    sys.exit(main())
