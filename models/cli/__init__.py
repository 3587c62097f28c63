"""The command line: one file a subcommand, each with `add_parser(subparsers)` and `run(arguments) -> exit code`."""

import os
import sys
from collections.abc import Sequence

from engine.errors import EngineError
from models.cli import bench, classify, evaluate, gradcheck, train
from models.cli.parsing import Parser, UsageError, VersionAction

# To add a subcommand: its file, and its line here.
COMMANDS = (train, evaluate, classify, bench, gradcheck)

_BAD_INPUT = 2
_INTERRUPTED = 130


def make_parser() -> Parser:
    """The parser of all subcommands; parsed arguments carry the subcommand's `run`."""
    parser = Parser(
        prog="digitlab",
        description="A desktop laboratory for handwritten digits. Without arguments the window opens.",
        epilog="--self-check opens the window, draws a digit, waits for the answer and closes.",
    )
    parser.add_argument("--version", action=VersionAction, help="print the version and exit")
    subparsers = parser.add_subparsers(title="commands", dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_parser(subparsers)
    return parser


def run(argv: Sequence[str]) -> int:
    """Run one command line; bad input becomes one sentence on stderr and the exit code 2."""
    # A terminal that cannot show a character must not end the program.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        arguments = make_parser().parse_args(argv)
        code: int = arguments.run(arguments)
        sys.stdout.flush()
        return code
    except SystemExit as end:  # --help and --version
        return end.code if isinstance(end.code, int) else 0
    except KeyboardInterrupt:
        return _fail("Interrupted.", _INTERRUPTED)
    except BrokenPipeError:
        # Whoever read the output has gone (`| head`); Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except (EngineError, UsageError) as error:
        return _fail(str(error), _BAD_INPUT)
    except MemoryError:
        return _fail("There is not enough memory for this.", _BAD_INPUT)
    except OSError as error:
        return _fail(f"{error.filename or 'A file'}: {error.strerror or error}.", _BAD_INPUT)


def _fail(sentence: str, code: int) -> int:
    sys.stderr.write(" ".join(sentence.split()) + "\n")
    return code
