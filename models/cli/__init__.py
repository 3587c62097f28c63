"""The command line: one file a subcommand, each with `add_parser(subparsers)` and `run(arguments) -> exit code`."""

from collections.abc import Sequence

from engine.core.file_io import reason_of
from engine.errors import EngineError
from models.cli import bench, classify, evaluate, export, gradcheck, importing, runs, sweep, train
from models.cli.output import write_note
from models.cli.parsing import Parser, UsageError, VersionAction
from models.cli.streams import careful_streams

# To add a subcommand: its file, and its line here.
COMMANDS = (train, evaluate, classify, export, importing, runs, sweep, bench, gradcheck)

_OUTPUT_LOST = 1
_BAD_INPUT = 2
_INTERRUPTED = 130


def make_parser() -> Parser:
    """The parser of all subcommands; parsed arguments carry the subcommand's `run`."""
    parser = Parser(
        prog="digitlab",
        description="A desktop laboratory for handwritten digits. Without arguments the window opens.",
        epilog="A file in place of a command (a model, a drawing, an image, data) is opened in the window. "
        "--self-check opens the window, draws a digit, waits for the answer and closes.",
    )
    parser.add_argument("--version", action=VersionAction, help="print the version and exit")
    subparsers = parser.add_subparsers(title="commands", dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_parser(subparsers)
    return parser


def run(argv: Sequence[str]) -> int:
    """Run one command line; bad input becomes one sentence on stderr and the exit code 2.

    Output that cannot be written costs the exit code 1, unless its reader has left: who writes `| head` wants that.
    """
    with careful_streams() as (out, _err):
        code = _run(argv)
        if code == 0 and out.problem is not None and not out.reader_left:
            return _fail(f"The output could not be written: {reason_of(out.problem)}.", _OUTPUT_LOST)
        return code


def _run(argv: Sequence[str]) -> int:
    try:
        arguments = make_parser().parse_args(argv)
        code: int = arguments.run(arguments)
        return code
    except SystemExit as end:  # --help and --version
        return end.code if isinstance(end.code, int) else 0
    except KeyboardInterrupt:
        return _fail("Interrupted.", _INTERRUPTED)
    except (EngineError, UsageError) as error:
        return _fail(str(error), _BAD_INPUT)
    except MemoryError:
        return _fail("There is not enough memory for this.", _BAD_INPUT)
    except OSError as error:
        return _fail(f"{error.filename or 'A file'}: {reason_of(error)}.", _BAD_INPUT)


def _fail(sentence: str, code: int) -> int:
    write_note(" ".join(sentence.split()))
    return code
