"""An answer in words, as honest as the numbers behind it."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from engine.core.parameters import FloatArray
from engine.evaluation.wording import percent

# Two classes closer together than this are named both.
TIE: Final = 0.10
BLANK_TEXT: Final = "Draw a digit"
BROKEN_TEXT: Final = "No answer"
LATE_DETAIL: Final = "looking for a number …"
BROKEN_DETAIL: Final = "The model's outputs are not finite."


def describe_classes(labels: Sequence[str], probabilities: FloatArray) -> tuple[str, str]:
    """The best of several classes, and how sure that is; `probabilities` are (labels,)."""
    # Stable, so that of equals the first one is the best here and in the chart.
    order = np.argsort(-probabilities, kind="stable")
    best, second = int(order[0]), int(order[min(1, len(order) - 1)])
    top, next_best = float(probabilities[best]), float(probabilities[second])
    if len(labels) > 2 and top < 1.5 / len(labels):
        return labels[best], f"near chance: {percent(top)}"
    if len(labels) > 1 and top - next_best < TIE:
        return labels[best], f"or {labels[second]}? {100 * top:.0f} % to {100 * next_best:.0f} %"
    if top < 0.5:
        return labels[best], f"not sure: {percent(top)}"
    return labels[best], f"{percent(top)} sure"


def describe_number(confidence: float) -> str:
    """How sure it is that every digit of a number is right."""
    return f"all {percent(confidence)} sure"


def describe_refusal(labels: Sequence[str], probabilities: FloatArray) -> str:
    """What a refused drawing comes closest to; nothing where all probabilities, (labels,), are about equal."""
    best = int(probabilities.argmax())
    if probabilities[best] < 2 / len(labels):
        return "nothing comes close"
    return f"closest: {labels[best]}"


def describe_properties(labels: Sequence[str], probabilities: FloatArray) -> tuple[str, str]:
    """Which of several properties are true, and how sure the least certain answer is; `probabilities` are (labels,)."""
    true = [label for label, probability in zip(labels, probabilities, strict=True) if probability >= 0.5]
    least = float(np.maximum(probabilities, 1 - probabilities).min())
    return ", ".join(true) or "none of these", f"each {percent(least)} sure"


def describe_angle(degrees: float) -> tuple[str, str]:
    """A rotation, and its direction."""
    rounded = round(degrees)
    number = f"{rounded:+d}°".replace("-", "−") if rounded else "0°"
    if not rounded:
        return number, "upright"
    return number, "turned clockwise" if rounded > 0 else "turned anticlockwise"


def scope_text(task: str, labels: Sequence[str], refuses: bool) -> str:
    """What a model can tell at all, and that it takes a scribble for a digit; "" where neither has to be said."""
    if task == "binary" and len(labels) == 2:
        return f"This model can tell only {labels[0]} from {labels[1]}{'' if refuses else ', and never refuses'}."
    return "" if refuses else "This model never refuses: it answers whatever is drawn."
