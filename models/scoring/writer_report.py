"""What somebody's own drawings say about their hand: which digits a model confuses, and which habits cost most.

The cost of a habit is measured, not guessed: every drawing is shown to the model as it was made and once more without
the habit (moved to the middle, brought to the usual size, set upright, …), and the difference counts. Where the path
from strokes to features takes a habit away by itself, its cost is zero, and that is said.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.data import bundled_split
from engine.data.synthetic.lines import smooth_line
from engine.errors import DataError
from engine.ink import features_from_drawings
from engine.ink.drawing import Drawing, PointArray, Stroke
from engine.storage.model import Model

DIGITS = tuple(str(digit) for digit in range(10))
# As on a canvas of side 1: what counts as usual.
_USUAL_SIZE, _USUAL_PEN = 0.6, 20 / 280
# Points of one pen movement further apart than this, in sizes of the drawing, were drawn fast.
_FAST = 0.05
_STEEPEST = 1.0


@dataclass(frozen=True, slots=True)
class HabitCost:
    """One habit of the hand.

    Attributes:
        name: "position", "size", "slant", "pen" or "speed".
        habit: what it is like, in words.
        gain: how much more probable the true digit becomes without it, a mean over the drawings, from −1 to 1.
        more_right: how many more drawings are answered rightly without it; may be negative.
    """

    name: str
    habit: str
    gain: float
    more_right: int


@dataclass(frozen=True, slots=True, eq=False)
class WriterReport:
    """How a model reads somebody's digits.

    Attributes:
        count: drawings.
        right: how many are answered rightly.
        refused: how many are refused.
        confusion: (10, 10), rows are what was meant, columns what was answered.
        costs: of the habits, the most costly first.
    """

    count: int
    right: int
    refused: int
    confusion: NDArray[np.int64]
    costs: tuple[HabitCost, ...]

    @property
    def summary(self) -> str:
        """In two sentences what costs most."""
        first = self.costs[0]
        if first.gain < 0.0005:
            return "None of position, size, slant, pen and speed costs anything: the model reads this hand as it is."
        without = {"slant": "Written upright", "speed": "Drawn more slowly"}.get(
            first.name, f"With the usual {first.name}"
        )
        more = f", and {first.more_right} more of {self.count} would be right" if first.more_right > 0 else ""
        return (
            f"{first.name.capitalize()} costs most ({first.habit}). {without}, the true digit would be "
            f"{100 * first.gain:.1f} points more certain{more}."
        )


def writer_report(
    model: Model, drawings: Sequence[Drawing], report: Callable[[float], None] | None = None
) -> WriterReport:
    """Judge a model by somebody's labelled drawings, in units of the canvas's side.

    Args:
        model: answers with the ten digits.
        drawings: with labels and ink.
        report: hears which share is done; may raise to end the work.

    Raises:
        DataError: the model does not know the ten digits, or there is no drawing with a label.
    """
    if model.task != "multiclass" or not set(DIGITS) <= set(model.labels):
        raise DataError(f"{model.title} does not answer with the ten digits: choose another recogniser for the report.")
    known = [drawing for drawing in drawings if drawing.label is not None and not drawing.is_blank]
    if not known:
        raise DataError("The report needs drawings of digits: draw some first.")
    tell = report or _nobody
    order = [model.labels.index(digit) for digit in DIGITS]
    labels = np.array([drawing.label for drawing in known], np.int64)
    usual = _usual_slants()
    logits = model.logits(_features(known))
    before = model.probabilities(logits)[:, order]
    answers = before.argmax(axis=1)
    confusion = np.zeros((10, 10), np.int64)
    np.add.at(confusion, (labels, answers), 1)
    rows = np.arange(len(known))
    costs = []
    for number, (name, (habit, without)) in enumerate(_HABITS.items()):
        tell(number / len(_HABITS))
        changed = [without(drawing, float(usual[drawing.label or 0])) for drawing in known]
        after = model.answer(_features(changed))[:, order]
        gain = float((after[rows, labels] - before[rows, labels]).mean())
        more = int((after.argmax(axis=1) == labels).sum() - (answers == labels).sum())
        costs.append(HabitCost(name, habit(known, usual), gain, more))
    costs.sort(key=lambda cost: -cost.gain)
    refused = int(model.calibration.rejects(logits).sum())
    return WriterReport(len(known), int((answers == labels).sum()), refused, confusion, tuple(costs))


def _features(drawings: Sequence[Drawing]) -> FloatArray:
    images = features_from_drawings(drawings)
    return np.array([np.zeros((20, 20), np.float32) if image is None else image for image in images], np.float32)


def _mapped(drawing: Drawing, change: Callable[[PointArray], PointArray]) -> Drawing:
    return replace(drawing, strokes=tuple(replace(stroke, points=change(stroke.points)) for stroke in drawing.strokes))


def _box(drawing: Drawing) -> tuple[PointArray, float]:
    """The middle of a drawing's ink, (2,), and its longer side."""
    points = np.concatenate([stroke.points for stroke in drawing.strokes])
    low, high = points.min(axis=0), points.max(axis=0)
    return (low + high) / 2, float((high - low).max())


def _slant(points: PointArray) -> float:
    """How far a cloud of points leans to the right for each step up, by its second moments."""
    x, y = (points - points.mean(axis=0)).T
    spread = float((y * y).sum())
    return float(np.clip(-(x * y).sum() / spread, -_STEEPEST, _STEEPEST)) if spread > 0 else 0.0


def _drawing_slant(drawing: Drawing) -> float:
    """Evenly along the line, so that a slow part counts no more than a fast one."""
    return _slant(np.concatenate([_even(stroke.points) for stroke in drawing.strokes]))


def _even(points: PointArray) -> PointArray:
    if len(points) < 2:
        return points
    steps = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    places = np.linspace(0, along[-1], 64)
    return np.stack([np.interp(places, along, points[:, axis]) for axis in (0, 1)], axis=1)


def _usual_slants() -> NDArray[np.float64]:
    """(10,) how far the bundled digits of each class lean: a 7 leans however upright its writer is."""
    digits = bundled_split()[1]
    places = np.indices((20, 20))[::-1].reshape(2, -1).T.astype(np.float64)
    slants = np.zeros(10)
    for label in range(10):
        weights = digits.images[digits.labels == label].mean(axis=0).ravel()
        slants[label] = _slant(np.repeat(places, np.rint(100 * weights).astype(int), axis=0))
    return slants


def _centred(drawing: Drawing, _usual: float) -> Drawing:
    middle, _ = _box(drawing)
    return _mapped(drawing, lambda points: points - middle + 0.5)


def _resized(drawing: Drawing, _usual: float) -> Drawing:
    middle, size = _box(drawing)
    scale = _USUAL_SIZE / size if size > 0 else 1.0
    return _mapped(drawing, lambda points: (points - middle) * scale + middle)


def _upright(drawing: Drawing, usual: float) -> Drawing:
    middle, _ = _box(drawing)
    lean = _drawing_slant(drawing) - usual
    return _mapped(
        drawing, lambda points: points + np.stack([lean * (points[:, 1] - middle[1]), 0 * points[:, 1]], axis=1)
    )


def _with_usual_pen(drawing: Drawing, _usual: float) -> Drawing:
    return replace(drawing, strokes=tuple(Stroke(stroke.points, None, _USUAL_PEN) for stroke in drawing.strokes))


def _slower(drawing: Drawing, _usual: float) -> Drawing:
    def denser(points: PointArray) -> PointArray:
        return smooth_line(points, 4) if len(points) > 2 else points

    return replace(
        drawing, strokes=tuple(Stroke(denser(stroke.points), None, stroke.width) for stroke in drawing.strokes)
    )


def _position_words(drawings: Sequence[Drawing], _usual: NDArray[np.float64]) -> str:
    off = np.mean([np.hypot(*(_box(drawing)[0] - 0.5)) for drawing in drawings])
    return f"{100 * off:.0f} % of the canvas off its middle"


def _size_words(drawings: Sequence[Drawing], _usual: NDArray[np.float64]) -> str:
    sizes = [_box(drawing)[1] for drawing in drawings]
    return f"{100 * np.mean(sizes):.0f} % of the canvas high, ± {100 * np.std(sizes):.0f}"


def _slant_words(drawings: Sequence[Drawing], usual: NDArray[np.float64]) -> str:
    lean = np.mean([_drawing_slant(drawing) - usual[drawing.label or 0] for drawing in drawings])
    degrees = float(np.degrees(np.arctan(lean)))
    side = "to the right" if degrees > 0 else "to the left"
    return "as upright as most" if abs(degrees) < 1 else f"{abs(degrees):.0f}° further {side} than most"


def _pen_words(drawings: Sequence[Drawing], _usual: NDArray[np.float64]) -> str:
    widths = [stroke.width for drawing in drawings for stroke in drawing.strokes if stroke.width > 0]
    return f"{280 * np.mean(widths):.0f} px on a canvas of 280" if widths else "of unknown width"


def _speed_words(drawings: Sequence[Drawing], _usual: NDArray[np.float64]) -> str:
    gaps = []
    for drawing in drawings:
        size = _box(drawing)[1]
        steps = [np.hypot(*np.diff(stroke.points, axis=0).T) for stroke in drawing.strokes if len(stroke.points) > 1]
        if steps and size > 0:
            gaps.append(float(np.concatenate(steps).mean()) / size)
    mean = float(np.mean(gaps)) if gaps else 0.0
    return f"{'fast' if mean > _FAST else 'slow'}: a point every {100 * mean:.1f} % of the height"


def _nobody(_share: float) -> None:
    """Nobody wants to know."""


# Name → what the habit is like, and a drawing without it.
_HABITS: dict[
    str, tuple[Callable[[Sequence[Drawing], NDArray[np.float64]], str], Callable[[Drawing, float], Drawing]]
] = {
    "position": (_position_words, _centred),
    "size": (_size_words, _resized),
    "slant": (_slant_words, _upright),
    "pen": (_pen_words, _with_usual_pen),
    "speed": (_speed_words, _slower),
}
