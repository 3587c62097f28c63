"""What the commands write to stdout: lines for people, or JSON for machines."""

import json
import math
import sys
from typing import Any


def write_line(text: str) -> None:
    """One line."""
    sys.stdout.write(text + "\n")


def write_json(value: dict[str, Any]) -> None:
    """One JSON object on one line; numbers that are not finite become null, which JSON has a word for."""
    write_line(json.dumps(_finite(value), allow_nan=False))


def write_note(text: str) -> None:
    """One line beside the result, on stderr."""
    sys.stderr.write(text + "\n")


def _finite(value: Any) -> Any:  # noqa: ANN401 (anything that JSON can hold)
    if isinstance(value, dict):
        return {key: _finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
