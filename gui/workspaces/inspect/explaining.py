"""Which pixels decided, by each method, as one thing to show."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.core.parameters import FloatArray
from engine.inspection.attribution import (
    MOST_STEPS,
    STEPS,
    input_gradients,
    integrated_gradients,
    linear_evidence,
    occlusion,
)
from engine.inspection.nearest import nearest
from engine.inspection.twin import with_random_weights
from engine.inspection.update_terms import short
from engine.network.network import Network
from gui.services.background_task import Task
from gui.workspaces.inspect.digit_bank import Digits

EXACT: Final = "Weight × ink, exact"
GRADIENT: Final = "Signed gradient"
INTEGRATED: Final = "Integrated gradients"
OCCLUSION: Final = "Occlusion"
# Done in a millisecond or two.
QUICK: Final = (EXACT, GRADIENT)
AVERAGE: Final = "the average digit"
NEAREST: Final = "the nearest other digit"


@dataclass(frozen=True)
class ExplanationKey:
    """What is to be explained; equal keys have equal explanations.

    Attributes:
        version: of the weights.
        drawing: of the drawing.
        method, baseline: names above.
        answer, rival: classes, or an output and None.
        random: whether the weights are drawn at random.
        digits: key of the digits to compare with.
        refined: whether an integral takes as many points as its gap asks for; else it is done while the pen moves.
    """

    version: int
    drawing: int
    method: str
    baseline: str
    answer: int
    rival: int | None
    random: bool
    digits: tuple[object, ...]
    refined: bool = False


@dataclass(frozen=True, eq=False)
class Explanation:
    """Maps of one scale.

    Attributes:
        maps: (n, 20, 20), the first one is the evidence.
        names: of the maps.
        note: what the numbers add up to.
        is_rough: whether the same question, refined, has a better answer.
    """

    maps: FloatArray
    names: tuple[str, ...]
    note: str
    is_rough: bool = False


def explain_quickly(
    method: str, twin: Network, image: FloatArray, weights: FloatArray, *, compares: bool
) -> Explanation:  # fmt: skip
    """What one of `QUICK` says about an image (20, 20) and a contrast (outputs,): while the pen moves, at once.

    `compares` is whether it is the difference of two classes.
    """
    if method == GRADIENT:
        slopes = input_gradients(twin, image[np.newaxis], weights)
        return Explanation(slopes, ("slope: more ink here helps (orange) or harms",), "")
    found = linear_evidence(twin, image, weights)
    blank = np.where(image > 0, 0.0, found.weights)
    note = (
        f"Σ weight × ink = {short(found.value - found.bias)}, bias {short(found.bias)}, "
        f"together {short(found.value)}{': above 0 the answer wins' if compares else ''}."
    )
    return Explanation(np.stack([found.products, blank]), ("weight × ink", "weight where there is no ink"), note)


class Explaining:
    """Answers a question in another thread.

    Args:
        question: what is asked.
        image: (20, 20).
        weights: the contrast (outputs,).
        make_twin: makes a network of this thread's own.
        read_digits: gives the digits for a baseline.
        against: the digit whose nearest one is a baseline, or None for any.
    """

    def __init__(
        self, question: ExplanationKey, image: FloatArray, weights: FloatArray, make_twin: Callable[[], Network],
        read_digits: Callable[[], Digits], against: int | None,
    ) -> None:  # fmt: skip
        self._question, self._image, self._weights = question, image, weights
        self._make_twin, self._read_digits, self._against = make_twin, read_digits, against

    def __call__(self, task: Task) -> tuple[ExplanationKey, Explanation]:
        """In the thread of the task."""
        twin = self._make_twin()
        if self._question.random:
            twin = with_random_weights(twin, fused=True)

        def report() -> None:
            task.progress(0.1)

        image, weights, method = self._image, self._weights, self._question.method
        compares = self._question.rival is not None
        what = "the difference of the two logits" if compares else "the output"
        if method in QUICK:
            return self._question, explain_quickly(method, twin, image, weights, compares=compares)
        if method == OCCLUSION:
            erased, painted = (occlusion(twin, image, weights, ink, report=report) for ink in (0.0, 1.0))
            note = (
                f"How much {what} falls where 4×4 pixels are erased, and where they are painted: orange where it "
                "falls, blue where it rises."
            )
            return self._question, Explanation(
                np.stack([erased.pixels, painted.pixels]), ("erasing costs", "painting costs"), note
            )
        refined = self._question.refined
        integral = integrated_gradients(
            twin, image, self._baseline(), weights, most=MOST_STEPS if refined else STEPS, report=report
        )
        note = (
            f"From {self._question.baseline} to the drawing {what} changes by {short(integral.difference)}; the "
            f"map adds up to {short(float(integral.pixels.sum()))}: gap {short(integral.gap)}, {integral.steps} steps."
        )
        return self._question, Explanation(
            integral.pixels[np.newaxis], ("integrated gradient",), note, not refined and integral.is_rough
        )

    def _baseline(self) -> FloatArray:
        digits = self._read_digits()
        if self._question.baseline == AVERAGE:
            return digits.average
        images = digits.images if self._against is None else digits.images[digits.labels == self._against]
        images = images if len(images) else digits.images
        closest: FloatArray = images[nearest(self._image.reshape(-1), images.reshape(len(images), -1), 1)[0][0]]
        return closest
