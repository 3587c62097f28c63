"""The options of `train` that a kept run remembers besides its settings: which digits, and which weights at first."""

import argparse
from pathlib import Path
from typing import Any

from engine.storage.runs.run_entry import RunEntry

# What they are when they are not given.
_DEFAULTS: dict[str, Any] = {
    "data": None, "recipe": "plain", "fold": None, "hold_out_images": 0, "hold_out_source": None, "start_from": None,
    "calibration_of": None, "labels_column": None, "transpose": None, "mirror": False, "flip": False, "invert": None,
    "part": None, "shift_labels": None, "examples": None,
}  # fmt: skip
_PATHS = ("data", "hold_out_source", "start_from", "calibration_of")


def remembered(arguments: argparse.Namespace) -> dict[str, Any]:
    """Those that were given, as plain JSON values; paths are whole."""
    given = {name: getattr(arguments, name, default) for name, default in _DEFAULTS.items()}
    return {
        name: _whole(value) if name in _PATHS else value for name, value in given.items() if value != _DEFAULTS[name]
    }


def recalled(entry: RunEntry, *, save: str | None, as_json: bool) -> argparse.Namespace:
    """The options with which the run was started, for `models.cli.train.train`."""
    given = {name: value for name, value in entry.data.arguments.items() if name in _DEFAULTS}
    return argparse.Namespace(**{**_DEFAULTS, **given}, preset=entry.preset, save=save, json=as_json)


def _whole(value: str | list[str]) -> str | list[str]:
    return [str(Path(path).resolve()) for path in value] if isinstance(value, list) else str(Path(value).resolve())
