"""Reading a drawing of several digits as a number, left to right."""

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.core.parameters import FloatArray
from engine.core.steps import finished
from engine.ink import DIGIT_SIDE, features_from_drawings
from engine.ink.drawing import Drawing, Stroke
from engine.ink.segmentation import StrokeGroup, best_partition, candidate_groups
from engine.storage.model import Model
from engine.threads.blas_threads import BlasLimit

# A drawing is taken for a number where the strokes are surely shared out among several digits, and the digits are
# about as likely right as wrong in the (geometric) mean: one that is badly written, such as a stranger's bare 1, does
# not make two of them one drawing. Of 450 tens such as 10, 15 and 16, 98 % are shown; with 0.5, 95 %.
CONFIDENT_CUT = 0.7
CONFIDENT_DIGIT = 0.4
# A model may be all but certain of the wrong thing; the places of the strokes still count then.
_LEAST_PROBABILITY = 1e-3
# Groups of a lower logarithm of the prior are not looked at: 1 in 160,000.
_HOPELESS = -12.0
# Groups of the likeliest shapes that are shown to the model; a number of 16 digits rarely has more.
_MOST_LOOKS = 40
# Groups, and points of their strokes, that are looked at in one step: some milliseconds, half the price of one by one.
_GROUPS_A_STEP, _POINTS_A_STEP = 4, 600
# How much likelier than usual a digit is one that is written with strokes apart: 4, 5 and 7 are by most of the
# writers of the pen stroke data, 2, 3 and 6 by next to none; others have a flag, a foot or two rings.
_APART = np.array([0.7, 0.7, 0.1, 0.1, 3.0, 3.0, 0.1, 3.0, 0.7, 0.7])


@dataclass(frozen=True, slots=True, eq=False)
class ReadDigit:
    """One digit of a number.

    Attributes:
        label: "0" to "9".
        probability: of the label.
        probabilities: (10,) float64 of all ten labels, read-only.
        features: (20, 20) as the model received them.
        box: (left, top, right, bottom) of the digit's ink in the drawing's unit, y down.
        strokes: positions of its strokes in the drawing.
        rejected: whether the model does not know it for a digit (`engine.evaluation.calibration`).
    """

    label: str
    probability: float
    probabilities: FloatArray
    features: FloatArray
    box: tuple[float, float, float, float]
    strokes: tuple[int, ...]
    rejected: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class SeenGroup:
    """What a model says about a group of strokes.

    Attributes:
        features: (20, 20) as the model received them, read-only.
        probabilities: (10,) float64, read-only.
        rejected: whether the model does not know it for a digit.
    """

    features: FloatArray
    probabilities: FloatArray
    rejected: bool


# By the strokes themselves, not by what they hold: those of a drawing in progress stay the same but for the last.
Memory = dict[tuple[Stroke, ...], SeenGroup]


@dataclass(frozen=True, slots=True, eq=False)
class NumberReading:
    """What a drawing says.

    Attributes:
        text: the digits, such as "2026"; "" for a blank drawing.
        digits: from left to right.
        cut_confidence: the probability that the strokes were shared out rightly among the digits.
        confidence: the probability that the whole text is right: of the cut and of every digit.
    """

    text: str = ""
    digits: tuple[ReadDigit, ...] = ()
    cut_confidence: float = 0.0
    confidence: float = 0.0

    @property
    def doubtful(self) -> frozenset[int]:
        """The positions of the digits that the model would not know if they stood alone."""
        return frozenset(place for place, digit in enumerate(self.digits) if digit.rejected)

    @property
    def is_number(self) -> bool:
        """Whether more than one digit was found, with confidence, and the model knows at least half of them."""
        count = len(self.digits)
        if count < 2 or self.cut_confidence < CONFIDENT_CUT or 2 * len(self.doubtful) > count:
            return False
        return math.prod(digit.probability for digit in self.digits) >= CONFIDENT_DIGIT**count


def can_read_numbers(model: Model) -> bool:
    """Whether the model tells all ten digits apart."""
    return model.task == "multiclass" and sorted(model.labels) == list("0123456789")


def read_groups(
    model: Model, drawing: Drawing, groups: Sequence[StrokeGroup], memory: Memory
) -> Generator[None, None, NumberReading]:
    """The number that the best choice of these groups gives, in steps.

    All groups of strokes that may be digits are shown to the model; the cut that the model's probabilities and the
    strokes' places like best together is taken. `memory` holds what this model, with these weights, said about the
    strokes of the last reading, and is brought up to date: a drawing in progress is then read in the time that its
    newest stroke needs.
    """
    if not groups:
        return NumberReading()
    keys = [tuple(drawing.strokes[stroke] for stroke in group.strokes) for group in groups]
    # What has next to no chance to be a digit, such as the stroke that has just begun, is not shown to the model.
    hopeful = [place for place, group in enumerate(groups) if group.log_prior > _HOPELESS]
    likeliest = sorted(hopeful, key=lambda place: -groups[place].log_prior)[:_MOST_LOOKS]
    looked_at = [keys[place] for place in likeliest]
    for step in _in_steps([key for key in looked_at if key not in memory]):
        memory.update(_look(model, step))
        yield
    # These groups, and no others.
    for key in memory.keys() - set(looked_at):
        del memory[key]
    order = np.array([int(label) for label in model.labels])
    likelihoods = []
    for key, group in zip(keys, groups, strict=True):
        likelihood = 0.0
        if key in memory:
            probabilities = memory[key].probabilities
            apart = group.stop - group.first > 1
            likelihood = float(probabilities @ _APART[order] if apart else probabilities.max())
        likelihoods.append(math.log(max(likelihood, _LEAST_PROBABILITY)))
    chosen, cut_confidence = best_partition(groups, likelihoods)
    digits = tuple(_digit(model, keys[place], groups[place], memory) for place in chosen)
    return NumberReading(
        "".join(digit.label for digit in digits),
        digits,
        cut_confidence,
        cut_confidence * math.prod(digit.probability for digit in digits),
    )


def find_number(model: Model, drawing: Drawing) -> NumberReading | None:
    """The number that a drawing says with confidence; None where it says none, or the model tells no ten digits apart.

    This is the rule by which the window and the command line take a drawing for several digits instead of one.
    """
    return finished(find_number_in_steps(model, drawing, {}))


def find_number_in_steps(model: Model, drawing: Drawing, memory: Memory) -> Generator[None, None, NumberReading | None]:
    """As `find_number`, in steps of a few milliseconds: a scribble of many strokes has dozens of groups to look at."""
    if len(drawing.strokes) < 2 or not can_read_numbers(model):
        return None
    groups = candidate_groups(drawing)
    if len(groups) < 2:
        return None
    yield
    reading = yield from read_groups(model, drawing, groups, memory)
    return reading if reading.is_number else None


def _digit(model: Model, key: tuple[Stroke, ...], group: StrokeGroup, memory: Memory) -> ReadDigit:
    seen = memory.get(key) or _look(model, [key])[key]
    best = int(seen.probabilities.argmax())
    return ReadDigit(
        model.labels[best],
        float(seen.probabilities[best]),
        seen.probabilities,
        seen.features,
        group.box,
        group.strokes,
        seen.rejected,
    )


def _in_steps(keys: list[tuple[Stroke, ...]]) -> Generator[list[tuple[Stroke, ...]], None, None]:
    step: list[tuple[Stroke, ...]] = []
    points = 0
    for key in keys:
        size = sum(len(stroke.points) for stroke in key)
        if len(step) == _GROUPS_A_STEP or (step and points + size > _POINTS_A_STEP):
            yield step
            step, points = [], 0
        step.append(key)
        points += size
    if step:
        yield step


def _look(model: Model, keys: list[tuple[Stroke, ...]]) -> Memory:
    blank = np.zeros((DIGIT_SIDE, DIGIT_SIDE), np.float32)
    drawn = features_from_drawings([Drawing(key) for key in keys])
    return {
        key: look_at_features(model, blank.copy() if features is None else features)
        for key, features in zip(keys, drawn, strict=True)
    }


def look_at_features(model: Model, features: FloatArray) -> SeenGroup:
    """What the model says about the features (20, 20) of a group, which become read-only."""
    # One by one and on one thread: waking BLAS' threads for so small products takes ten times what it saves where the
    # cores are busy.
    with BlasLimit(1):
        said = model.answer_one(features)
    # Answers of a network that diverges are worth nothing, and so is the reading.
    probabilities = np.nan_to_num(said.values, nan=0.0)
    probabilities.flags.writeable = features.flags.writeable = False
    return SeenGroup(features, probabilities, said.rejected)
