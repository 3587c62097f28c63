"""What the form offers to choose from; looked up when the tab is built, so that the window opens without it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from engine.errors import EngineError

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
    from models.recipes.file_settings import FILES, file_settings

    found = {
        "schedule_settings": SCHEDULES[schedule].settings() if schedule in SCHEDULES else (),
        "stopping_settings": (),
        **{field: file_settings(field) for field in FILES},
    }
    if stops_early:
        from engine.core.class_settings import settings_of
        from engine.training.callbacks import EarlyStopping

        own_fields = ("patience", "restore_best_weights")
        found["stopping_settings"] = tuple(one for one in settings_of(EarlyStopping) if one.name not in own_fields)
    return found


def metrics_offered(task: str) -> tuple[str, ...]:
    """Further metrics of a model with this task."""
    from engine.evaluation.metrics import METRICS_OF_TASK

    return METRICS_OF_TASK[_TASKS[task]]


def refusals(values: Mapping[str, Any], task: str) -> dict[str, str]:
    """What the chosen classes say against their settings, by the fields that hold these; empty where all is well."""
    if not any(values[field] for field in _CHECKED):
        return {}
    from engine.training.config import TrainingConfig
    from engine.training.trainer import early_stopping, further_metrics, make_run_schedule
    from models.recipes.epoch_files import file_callback

    names = ("patience", "schedule", *_CHECKED)
    try:
        config, kind = TrainingConfig(**{name: values[name] for name in names}), _TASKS[task]
    except EngineError:
        # Of one field alone, which says so itself.
        return {}
    checks: dict[str, Callable[[], object]] = {
        "schedule_settings": lambda: make_run_schedule(config, kind),
        "stopping_settings": lambda: early_stopping(config, kind),
        "metrics": lambda: further_metrics(config.metrics, kind),
        **{field: partial(file_callback, field, config, kind) for field in _FILES},
    }
    said: dict[str, str] = {}
    for field in _CHECKED:
        try:
            if values[field]:
                checks[field]()
        except EngineError as error:
            said[field] = str(error)
        except (TypeError, ValueError):
            said[field] = "These settings do not go together."
    return said


_FILES = ("csv_settings", "checkpoint_settings")
_CHECKED = ("schedule_settings", "stopping_settings", "metrics", *_FILES)
# The losses' word for what a model answers.
_TASKS = {"multiclass": "classes", "binary": "label", "multilabel": "labels", "regression": "values"}
