"""How the command line is read: plain sentences instead of usage texts, and the kinds of values."""

import argparse
import math
import textwrap
from collections.abc import Sequence
from typing import Any, NoReturn, TypeAlias

from models.cli.output import write_line
from models.presets.pretrained import DEFAULT_MODEL, shipped_models

Subparsers: TypeAlias = "argparse._SubParsersAction[Parser]"


class UsageError(Exception):
    """The command line cannot be understood; the text is one plain sentence."""


class _HelpFormatter(argparse.HelpFormatter):
    """Keeps names such as cnn-large whole."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return textwrap.wrap(" ".join(text.split()), width, break_on_hyphens=False)


class Parser(argparse.ArgumentParser):
    """An argument parser that raises `UsageError` instead of printing its usage and leaving.

    Attributes:
        advice: what is said beside arguments that it does not know.
    """

    advice = ""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 (argparse's own)
        super().__init__(**{"allow_abbrev": False, "formatter_class": _HelpFormatter, **settings})

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:  # noqa: ANN401 (argparse's own)
        """Refuse what is not known where it is read: the command's own help says what there is."""
        known, rest = super().parse_known_args(args, namespace)
        if rest:
            self.error(f"unrecognized arguments: {' '.join(rest)}{self.advice and '; '}{self.advice}")
        return known, rest

    def error(self, message: str) -> NoReturn:
        """Raise `UsageError`."""
        text = message[:1].upper() + message[1:].rstrip(".")
        raise UsageError(f"{text}; see '{self.prog} --help'.")


class VersionAction(argparse.Action):
    """`--version`, which looks the version up only when it is asked for."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        """Print the version and leave."""
        from engine.version import digitlab_version

        write_line(f"digitlab {digitlab_version()}")
        parser.exit(0)


def whole_number(text: str) -> int:
    """A value such as 12; raises `ArgumentTypeError` for another text."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a whole number is needed, not {text!r}") from None


def number(text: str) -> float:
    """A value such as 0.001; raises `ArgumentTypeError` for another text."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"a number is needed, not {text!r}")
    return value


def add_json(parser: argparse.ArgumentParser) -> None:
    """The option that all commands have."""
    parser.add_argument("--json", action="store_true", help="print JSON for machines, one object a line")


def add_model(parser: argparse.ArgumentParser) -> None:
    """Which model answers: the name or file goes to `models.load`."""
    parser.add_argument(
        "--model",
        metavar="NAME|FILE",
        default=DEFAULT_MODEL,
        help=f"a model that comes with DigitLab ({', '.join(shipped_models())}) or a model file, "
        "ONNX and what export wrote too "
        "(default: %(default)s, the best recogniser)",
    )
