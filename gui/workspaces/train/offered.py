"""What the form offers to choose from; looked up when the tab is built, so that the window opens without it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from engine.errors import ConfigurationError

if TYPE_CHECKING:
    from engine.core.class_settings import ClassSetting
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


def settings_offered(schedule: str, stops_early: bool) -> "dict[str, tuple[ClassSetting, ...]]":
    """What the chosen classes can be told, by the fields that hold it."""
    from engine.optimizers.schedules import SCHEDULES

    found = {
        "schedule_settings": SCHEDULES[schedule].settings() if schedule in SCHEDULES else (),
        "stopping_settings": (),
    }
    if stops_early:
        from engine.core.class_settings import settings_of
        from engine.training.callbacks import EarlyStopping

        own_fields = ("patience", "restore_best_weights")
        found["stopping_settings"] = tuple(one for one in settings_of(EarlyStopping) if one.name not in own_fields)
    return found


def refusals(values: Mapping[str, Any], task: str) -> dict[str, str]:
    """What the chosen classes say against their settings, by the fields that hold these; empty where all is well."""
    said: dict[str, str] = {}

    def attempt(make: Callable[[], object], field: str) -> None:
        try:
            make()
        except ConfigurationError as error:
            said[field] = str(error)
        except (TypeError, ValueError):
            said[field] = "These settings do not go together."

    if values["schedule_settings"]:
        from engine.optimizers.schedules import make_schedule

        attempt(lambda: make_schedule(values["schedule"], values["schedule_settings"]), "schedule_settings")
    if values["stopping_settings"]:
        from engine.training.config import TrainingConfig
        from engine.training.trainer import early_stopping

        names = ("patience", "stopping_settings", "metrics")
        config = TrainingConfig(**{name: values[name] for name in names})
        attempt(lambda: early_stopping(config, _TASKS[task]), "stopping_settings")
    if values["metrics"]:
        from engine.training.trainer import further_metrics

        attempt(lambda: further_metrics(values["metrics"], _TASKS[task]), "metrics")
    return said


# The losses' word for what a model answers.
_TASKS = {"multiclass": "classes", "binary": "label", "multilabel": "labels", "regression": "values"}
