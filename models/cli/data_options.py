"""Options that say how data files are read, and what is told about the guesses."""

import argparse
from typing import TYPE_CHECKING, Literal

from models.cli.output import write_note
from models.cli.parsing import Parser, whole_number

if TYPE_CHECKING:
    from engine.data import Reading, ReadOptions


def add_reading(parser: Parser) -> None:
    """The options that stand in for guesses of the readers."""
    parser.add_argument(
        "--labels-column",
        metavar="COLUMN",
        help="of a table: first, last, none, a name from its first line, or a number counted from 1",
    )
    parser.add_argument(
        "--transpose",
        action=argparse.BooleanOptionalAction,
        help="whether rows and columns of the pixels change places (default: where the digits lie on their side)",
    )
    parser.add_argument("--mirror", action="store_true", help="left and right of the pixels change places")
    parser.add_argument("--flip", action="store_true", help="top and bottom of the pixels change places")
    parser.add_argument(
        "--invert",
        action=argparse.BooleanOptionalAction,
        help="whether dark and bright change places (default: where the paper is bright)",
    )
    parser.add_argument("--part", choices=("train", "test"), help="of a file that holds several parts")
    parser.add_argument(
        "--shift-labels", type=whole_number, metavar="N", help="add N to every label, such as -1 for labels 1 to 10"
    )


def read_options(
    arguments: argparse.Namespace, purpose: Literal["train", "test"], labels_needed: bool = True
) -> "ReadOptions":
    """The options of a command line."""
    from engine.data import ReadOptions

    return ReadOptions(
        arguments.labels_column, arguments.transpose, arguments.part, purpose, arguments.shift_labels, labels_needed,
        arguments.mirror, arguments.flip, arguments.invert,
    )  # fmt: skip


def read_told(
    arguments: argparse.Namespace, path: str, purpose: Literal["train", "test"], *, labels_needed: bool = True
) -> "Reading":
    """Read a file; what was guessed about it, and what looks wrong, is said beside the result."""
    from engine.data import read_digits
    from models.data_check import doubts_about

    options = read_options(arguments, purpose, labels_needed)
    reading = read_digits(path, options)
    if reading.guesses:
        write_note(f"{reading.name} is read as: {reading.told}.")
    for doubt in doubts_about(reading, options=options):
        write_note(f"{reading.name} is doubtful: {doubt}.")
    return reading
