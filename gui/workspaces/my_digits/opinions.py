"""All models on one drawing: what each says, and whether they agree. Knows no widget."""

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from engine.core.parameters import FloatArray
from engine.errors import EngineError
from engine.evaluation.calibration import Calibration
from engine.storage.model import Model
from gui.lab.classifier import Prediction, answer_features, independent_copy
from gui.lab.model_library import LibraryEntry
from gui.lab.wording import BROKEN_TEXT
from gui.services.background_task import Task
from models.presets.pretrained import load

_DIGITS = tuple(str(digit) for digit in range(10))
# Title, calibration and weights (parameters,) of a model after an epoch.
Shown = tuple[str, Calibration, FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class Opinion:
    """What one model says.

    Attributes:
        key: of its entry.
        title: of its entry.
        prediction: its answer.
        refuses: whether it can refuse a drawing.
    """

    key: str
    title: str
    prediction: Prediction
    refuses: bool

    @property
    def votes(self) -> bool:
        """Whether it answers with one of all ten digits."""
        return self.prediction.task == "multiclass" and set(_DIGITS) <= set(self.prediction.labels)

    @property
    def limits(self) -> str:
        """What its answer does not tell: a model of two digits takes every other for one of them."""
        if self.prediction.task == "binary" and len(self.prediction.labels) == 2:
            return "only {} or {}".format(*self.prediction.labels)
        return "" if self.refuses else "can't refuse"


class Panel:
    """Replicas of the window's models, each loaded when it is first asked; one thread after the other may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._models: dict[str, tuple[Model | None, Model]] = {}

    def ask(
        self, entries: Sequence[LibraryEntry], shown: Mapping[str, Shown], features: FloatArray, task: Task
    ) -> list[Opinion]:
        """What each model says about a digit, (20, 20); one whose file cannot be read says nothing.

        `shown` has those by key that are shown as they were after an earlier epoch.
        """
        with self._lock:
            return self._ask(entries, shown, features, task)

    def _ask(
        self, entries: Sequence[LibraryEntry], shown: Mapping[str, Shown], features: FloatArray, task: Task
    ) -> list[Opinion]:
        found = []
        for place, entry in enumerate(entries):
            task.progress(place / len(entries))
            try:
                model = self._model(entry)
            except EngineError:
                found.append(Opinion(entry.key, entry.title, Prediction(text=BROKEN_TEXT), False))
                continue
            if entry.model is not None:
                model = replace(model, calibration=entry.model.calibration)
            title = entry.title
            if entry.key in shown:
                title, calibration, weights = shown[entry.key]
                network = independent_copy(model.network)
                network.store.restore(weights)
                model = replace(model, network=network, calibration=calibration)
            refuses = model.calibration.threshold is not None
            found.append(Opinion(entry.key, title, answer_features(model, features), refuses))
        for key in self._models.keys() - {entry.key for entry in entries}:
            del self._models[key]
        return found

    def _model(self, entry: LibraryEntry) -> Model:
        known = self._models.get(entry.key)
        if known is None or known[0] is not entry.model:
            source = entry.model if entry.model is not None else load(entry.key)
            known = self._models[entry.key] = (entry.model, replace(source, network=source.network.replica()))
        return known[1]


def agreement(opinions: Sequence[Opinion]) -> str:
    """In a sentence, what those say that know all ten digits; "" where there are none."""
    voters = [one for one in opinions if one.votes]
    if not voters:
        return ""
    votes = Counter(one.prediction.best for one in voters if not one.prediction.rejected and one.prediction.best)
    refusing = [one.key for one in voters if one.prediction.rejected]
    if len(votes) == 1 and not refusing:
        (digit,) = votes
        return f"All {len(voters)} that know ten digits say {digit}."
    parts = []
    for digit, count in votes.most_common():
        names = [one.key for one in voters if one.prediction.best == digit and not one.prediction.rejected]
        parts.append(f"{count} say {digit}" if count > 1 else f"{names[0]} says {digit}")
    if refusing:
        parts.append(f"{', '.join(refusing)} {'refuses' if len(refusing) == 1 else 'refuse'}")
    return "They do not agree: " + ", ".join(parts) + "."
