"""The metrics of a run's epochs: one line of JSON an epoch, appended when the epoch ends."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.core.file_io import write_atomically
from engine.training.messages import EpochEnded


def append_epoch(path: Path, event: EpochEnded) -> None:
    """Add a line; raises `OSError` when the file cannot be written."""
    with path.open("ab") as file:
        file.write(epoch_line(event))


def write_epochs(path: Path, events: Sequence[EpochEnded]) -> None:
    """Replace all lines, all or nothing; raises `OSError` when the file cannot be written."""
    write_atomically(path, b"".join(map(epoch_line, events)), sync=False)


def read_epochs(path: Path) -> list[EpochEnded]:
    """The epochs in order.

    A line that was cut off with its process, and whatever follows it, is left out, as no file at all is no epoch.
    """
    events: list[EpochEnded] = []
    try:
        lines = path.read_bytes().split(b"\n")[:-1]
    except OSError:
        return []
    for line in lines:
        try:
            events.append(epoch_of(line))
        except (ValueError, TypeError, KeyError, AttributeError):
            break
    return events


def epoch_line(event: EpochEnded) -> bytes:
    """An epoch as a line."""
    return json.dumps(_without_nan(asdict(event)), allow_nan=False).encode() + b"\n"


def _without_nan(value: Any) -> Any:  # noqa: ANN401 (any JSON value)
    """Numbers that are not finite become null, which JSON has a word for."""
    if isinstance(value, dict):
        return {name: _without_nan(entry) for name, entry in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def epoch_of(line: bytes) -> EpochEnded:
    """The epoch of a line; raises `ValueError`, `TypeError`, `KeyError` or `AttributeError` where it is none."""
    value = json.loads(line)
    for name in ("metrics", "validation_metrics"):
        value[name] = {key: math.nan if entry is None else float(entry) for key, entry in value[name].items()}
    for name in ("loss", "data_loss", "learning_rate", "images_per_second", "seconds"):
        value[name] = math.nan if value[name] is None else float(value[name])
    return EpochEnded(**value)
