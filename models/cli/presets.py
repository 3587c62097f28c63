"""Presets by the name that the command line gives."""

from models.cli.parsing import Parser, UsageError
from models.presets import PRESETS
from models.presets.preset import ModelPreset


def add_preset(parser: Parser) -> None:
    """The option that names the preset."""
    *others, last = PRESETS
    parser.add_argument("--preset", required=True, metavar="NAME", help=f"{', '.join(others)} or {last}")


def find_preset(name: str) -> ModelPreset:
    """The preset of this name; raises `UsageError` for any other word."""
    if name not in PRESETS:
        raise UsageError(f"There is no preset {name!r}; choose one of {', '.join(PRESETS)}.")
    return PRESETS[name]
