"""Everything the tab shows about one or two models on some digits, made in the background; knows no widget."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import IntArray
from engine.data import Dataset
from engine.errors import DataError
from engine.evaluation.comparison import Comparison, wilson_interval
from engine.evaluation.confusion import margins, most_confused, suspicious_labels
from engine.evaluation.metrics import confusion_matrix
from engine.storage.model import Model
from gui.services.background_task import Task
from gui.workspaces.evaluate.calibrating import Reliability, reliability_of
from models.scoring import Answers, answer_dataset, common_digits, compare_answers, read_anew
from models.scoring.metrics import metrics_of
from models.scoring.robustness_curve import RobustnessCurve, robustness_curve

DigitsSource = Callable[[], tuple[Dataset, NDArray[np.int64]]]
# A list longer than this is not looked through.
LONGEST_LIST = 500


@dataclass(frozen=True, eq=False)
class Evaluation:
    """One model, and perhaps a second one, on the same digits.

    Attributes:
        title: of the model.
        model: a copy that nobody else uses.
        data_key: of the data set in the lab.
        data_title: which digits.
        answers: the model's.
        ids: (n,) positions in the whole data set, as `lab.selection` counts.
        metrics: those of `models.scoring.evaluate`.
        interval: 95 % of the accuracy.
        pairs: (truth, answer, count) of the mistakes, most frequent first.
        lists: places in the answers by the name of the list, worst first.
        reliability: of answers that name a class, else None.
        digits, places: what was judged, and its positions in the whole data set.
        wish: what this came of.
        second: a copy of the second model, or None.
        against, against_title, comparison: of the second model, or None and "".
    """

    title: str
    model: Model
    data_key: str
    data_title: str
    answers: Answers
    ids: IntArray
    metrics: dict[str, Any]
    digits: Dataset
    places: NDArray[np.int64]
    wish: "Wish"
    interval: tuple[float, float]
    pairs: list[tuple[int, int, int]] = field(default_factory=list)
    lists: dict[str, IntArray] = field(default_factory=dict)
    reliability: Reliability | None = None
    second: Model | None = None
    against: Answers | None = None
    against_title: str = ""
    comparison: Comparison | None = None

    def of_class(self, place: int) -> tuple[IntArray, str]:
        """The digits of a class, or those of which a label is wrong, as places in the answers, and what they are."""
        name, targets = self.answers.labels[place], np.asarray(self.answers.targets)
        if self.answers.has_classes:
            return np.flatnonzero(targets == place), f"class {name}"
        return np.flatnonzero((self.answers.predictions[:, place] >= 0.5) != targets[:, place]), f"wrong: {name}"

    def only_right(self, *, first: bool) -> IntArray:
        """The digits that only one of the two models has right, as places in the answers of the first."""
        if self.against is None:
            return np.zeros(0, np.intp)
        mine, other = common_digits(self.answers, self.against)
        right, right_too = self.answers.right[mine], self.against.right[other]
        return np.asarray(mine[right & ~right_too] if first else mine[~right & right_too])

    def caption(self, place: int) -> str:
        """What the model said about a digit, short things first."""
        answers = self.answers
        if answers.has_classes:
            truth, said = int(np.asarray(answers.targets)[place]), int(answers.classes[place])
            labels, own = answers.labels, float(answers.predictions[place, truth])
            first = labels[said] if truth == said else f"{labels[truth]}→{labels[said]}"
            return f"{first} · loss {answers.errors[place]:.2f} · p({labels[truth]}) {100 * own:.1f} %"
        if answers.task == "multilabel":
            names = [
                label
                for label, true, said in zip(
                    answers.labels, np.asarray(answers.targets)[place], answers.predictions[place] >= 0.5, strict=True
                )
                if true != said
            ]
            return f"{len(names)} wrong: {', '.join(names)}" if names else "right"
        true, said_degrees = float(np.asarray(answers.targets)[place]), float(answers.predictions[place, 0])
        text = f"{said_degrees - true:+.0f}° · true {true:.1f}° · said {said_degrees:.1f}°"
        return text.replace("-", "−")


@dataclass(frozen=True, eq=False)
class Wish:
    """What to evaluate.

    Attributes:
        versions: of one or two models, each of its weights and of its calibration; equal models have equal ones.
        data: likewise of the digits.
        models: titles, and what makes a copy of each that nobody else uses.
        load: gives data set and places.
        data_key: of the data set in the lab.
        data_title: which digits.
    """

    versions: tuple[tuple[object, object], ...]
    data: tuple[object, ...]
    models: tuple[tuple[str, Callable[[], Model]], ...]
    load: DigitsSource
    data_key: str
    data_title: str

    @property
    def key(self) -> tuple[object, ...]:
        """Equal wishes have equal ones."""
        return self.versions, self.data


def evaluate_wish(wish: Wish, known: Sequence[Evaluation], task: Task) -> Evaluation:
    """The whole evaluation, in the thread of a task.

    Args:
        wish: what is to be judged.
        known: earlier ones: what a model has answered on these digits is not computed again.
        task: hears the share that is done.

    Raises:
        DataError: a model knows none of the digits.
    """
    task.progress(0.0)
    same = [found for found in known if found.wish.data == wish.data]
    digits, places = (same[-1].digits, same[-1].places) if same else _loaded(wish)
    answered = {
        weights: answers
        for found in same
        for (weights, _), answers in zip(found.wish.versions, (found.answers, found.against), strict=False)
    }
    models = [copy() for _, copy in wish.models]
    number, judged = len(models), []
    for part, ((weights, _), model) in enumerate(zip(wish.versions, models, strict=True)):
        answers = answered.get(weights)
        if answers is None:
            answers = answer_dataset(model, digits, lambda share, part=part: task.progress((part + share) / number))  # type: ignore[misc]
        else:
            answers = read_anew(model, answers)
        judged.append(answers)
    first, title, model = judged[0], wish.models[0][0], models[0]
    metrics = metrics_of(first, can_reject=model.calibration.threshold is not None)
    # What is derived lazily is derived here, so that the window never waits for it.
    lists = {"Worst mistakes": _worst(first)}
    pairs: list[tuple[int, int, int]] = []
    if first.has_classes:
        pairs = most_confused(confusion_matrix(first.targets, first.predictions, len(first.labels)))
        targets = np.asarray(first.targets, np.intp)
        lists["Most unsure"] = np.argsort(margins(first.predictions), kind="stable")[:LONGEST_LIST]
        lists["Suspicious labels"] = suspicious_labels(targets, first.predictions)[:LONGEST_LIST]
        _ = (first.confidence, first.energies, first.probability_sums)
    second = judged[1] if number > 1 else None
    return Evaluation(
        title, model, wish.data_key, wish.data_title, first, places[first.places], metrics, digits, places, wish,
        wilson_interval(int(first.right.sum()), len(first)), pairs, lists,
        reliability_of(model, first) if first.has_classes else None, models[1] if number > 1 else None, second,
        wish.models[1][0] if number > 1 else "", compare_answers(first, second) if second is not None else None,
    )  # fmt: skip


def measure_robustness(found: Evaluation, change: str, task: Task) -> RobustnessCurve:
    """How the models of an evaluation bear a change, in the thread of a task."""
    models = [model for model in (found.model, found.second) if model is not None]
    return robustness_curve(models, found.digits, change, task.progress)


def _loaded(wish: Wish) -> tuple[Dataset, NDArray[np.int64]]:
    dataset, places = wish.load()
    if not len(places):
        raise DataError(f"{wish.data_title}: there are no digits in it.")
    return dataset.subset(places), places


def _worst(answers: Answers) -> IntArray:
    """Mistakes, the worst first."""
    wrong = np.flatnonzero(~answers.right)
    return np.asarray(wrong[np.argsort(-answers.errors[wrong], kind="stable")][:LONGEST_LIST])
