"""What the tab's background task does for Learn from my digits; knows no widget."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.core.wording import counted
from engine.data import Dataset, bundled_split
from engine.errors import EngineError
from engine.storage.model import Model
from gui.lab.model_titles import SEPARATOR, given_name
from gui.lab.my_digits import MyDigit, dataset_of
from gui.services.background_task import Task
from models.recipes.fine_tuning import FineTuning, fine_tune
from models.scoring.answers import Answers, answer_dataset


@dataclass(frozen=True, slots=True)
class Change:
    """How well some digits are answered before and after.

    Attributes:
        what: which digits.
        count: how many.
        right: shares, before and after.
        refused: shares, before and after.
    """

    what: str
    count: int
    right: tuple[float, float]
    refused: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """A model that has learned, not yet kept.

    Attributes:
        before: what the model was called.
        model: what it is now.
        changes: on one's own digits, and on the validation digits.
    """

    before: str
    model: Model
    changes: tuple[Change, ...]


class Learning:
    """Trains a copy of a model further, and judges both."""

    def __init__(self, model: Model, title: str, digits: Sequence[MyDigit], settings: FineTuning | None = None) -> None:
        # Its parameters do not change any more; its calibration may, by other tabs.
        self._model = replace(model)
        self._title = title
        self._digits = digits
        self._settings = settings

    def __call__(self, task: Task) -> Learned:
        """In the thread of the task."""
        model, mine = self._model, dataset_of(self._digits)
        none = np.array([digit.features for digit in self._digits if digit.drawing.label is None], np.float32)
        none = none.reshape(-1, 20, 20)
        tuned = fine_tune(model, mine, task.progress, self._settings, none)
        changes = [_change("digits of mine, learned from", model, tuned, mine)]
        validation = bundled_split()[1]
        changes.append(_change("validation digits", model, tuned, validation))
        tuned.training = {
            # Of the weights before.
            **{key: value for key, value in model.training.items() if key != "validation_loss"},
            "name": f"{given_name(model) or model.title}{SEPARATOR}with {counted(len(mine), 'digit')} of mine",
            "learned_from": len(mine),
            "validation": {"accuracy": changes[-1].right[1]},
        }
        return Learned(self._title, tuned, tuple(change for change in changes if change.count))


def _change(what: str, before: Model, after: Model, digits: Dataset) -> Change:
    first, second = _answers(before, digits), _answers(after, digits)
    if first is None or second is None:
        return Change(what, 0, (0.0, 0.0), (0.0, 0.0))
    both = (first, second)
    right, refused = (tuple(float(np.mean(values)) for values in pair) for pair in (
        [answers.right for answers in both], [answers.refused for answers in both]
    ))  # fmt: skip
    return Change(what, len(first), (right[0], right[1]), (refused[0], refused[1]))


def _answers(model: Model, digits: Dataset) -> Answers | None:
    """None where the model knows none of the digits."""
    try:
        return answer_dataset(model, digits)
    except EngineError:
        return None
