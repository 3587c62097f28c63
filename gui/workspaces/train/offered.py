"""What the form offers to choose from; looked up when the tab is built, so that the window opens without it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.presets.preset import ModelPreset


def all_presets() -> "Mapping[str, ModelPreset]":
    """All presets by their keys."""
    from models.presets.own_files import all_presets

    return all_presets()


def registry_choices() -> dict[str, tuple[str, ...]]:
    """What the engine offers for each field that is a choice."""
    from engine.optimizers import OPTIMIZERS
    from engine.optimizers.schedules import SCHEDULES

    return {"optimizer": tuple(OPTIMIZERS), "schedule": tuple(SCHEDULES)}
