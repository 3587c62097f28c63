"""Presets by the name that the command line gives."""

from models.cli.parsing import Parser, UsageError
from models.presets import PRESETS
from models.presets.own_files import own_presets
from models.presets.preset import ModelPreset


def add_preset(parser: Parser) -> None:
    """The option that names the preset."""
    *others, last = PRESETS
    parser.add_argument(
        "--preset", required=True, metavar="NAME", help=f"{', '.join(others)}, {last} or a network of your own"
    )


def find_preset(name: str) -> ModelPreset:
    """The preset of this name, one that comes with DigitLab or the user's; raises `UsageError` for any other word."""
    if name in PRESETS:
        return PRESETS[name]
    own, problems = own_presets()
    if name in own:
        return own[name]
    reason = next((problem for problem in problems if f" {name}.json " in problem), "")
    raise UsageError(reason or f"There is no preset {name!r}; choose one of {', '.join([*PRESETS, *own])}.")
