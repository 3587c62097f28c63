"""What models and their files are called."""

import math
import re
from collections.abc import Collection
from datetime import datetime
from itertools import count
from pathlib import Path

from engine.errors import DataError
from engine.storage.model import Model

MODEL_SUFFIX = ".safetensors"
# Between the parts of a title, such as "Convolutional network · 14:02 · 96.9 %".
SEPARATOR = " · "
# The metric in the title of a trained model, the first that its task has, and its name.
_TITLE_METRICS = {"f1": "F1", "accuracy": "accuracy", "rmse": "error"}


def given_name(model: Model | None) -> str:
    """What a person called the model; "" for most."""
    name = model.training.get("name") if model is not None else None
    return name if isinstance(name, str) else ""


def file_title(model: Model | None, path: Path) -> str:
    """What a model in a file is called: its given name, or that of the kept run it belongs to, or the file's."""
    return given_name(model) or _run_title(path) or path.stem


def _run_title(path: Path) -> str:
    """All runs have files of the same names; "" for a file of none."""
    from engine.storage.runs.run_folder import RunFolder

    if path.stem not in ("best", "last") or not path.with_name("run.json").is_file():
        return ""
    try:
        weights = "best epoch" if path.stem == "best" else "at the end"
        return f"{RunFolder(path.parent).entry().name}{SEPARATOR}{weights}"
    except DataError:
        return ""


def trained_title(model: Model, moment: datetime, taken: Collection[str] = ()) -> str:
    """The name that it was given, or such as "Convolutional network · 14:02 · accuracy 98.6 %", of the weights it has.

    Args:
        model: what was trained.
        moment: when; of another day than today, the day is said too.
        taken: titles that other models have.
    """
    clock = f"{moment:%H:%M}" if moment.date() == datetime.now().date() else f"{moment.day} {moment:%b %H:%M}"
    metrics = model.training.get("validation")
    parts = [model.title, clock]
    for name, word in _TITLE_METRICS.items():
        value = metrics.get(name) if isinstance(metrics, dict) else None
        if isinstance(value, float) and math.isfinite(value):
            parts.append(f"{word} {value:.1f}°" if name == "rmse" else f"{word} {100 * value:.1f} %")
            break
    title = given_name(model) or SEPARATOR.join(parts)
    numbered = (title if number == 1 else f"{title} ({number})" for number in count(1))
    return next(one for one in numbered if one not in taken)


def epoch_title(title: str, epoch: int) -> str:
    """What a model with this title is called as it was after an epoch: without the metric of the weights it has."""
    names = "|".join(_TITLE_METRICS.values())
    return re.sub(rf"{SEPARATOR}({names}) [\d.]+( %|°)", "", title) + f", epoch {epoch}"


def file_name(title: str) -> str:
    """A name for the file of a model with this title, without letters that a file system may refuse."""
    return re.sub(r"[^\w -]+", "-", title.replace(SEPARATOR, " ")).strip(" -") + MODEL_SUFFIX


def with_model_suffix(path: Path) -> Path:
    """The path with the suffix of model files at its end, whatever dots its name holds ("mlp v1.2")."""
    return path if path.suffix.lower() == MODEL_SUFFIX else path.with_name(path.name + MODEL_SUFFIX)
