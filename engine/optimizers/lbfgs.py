"""L-BFGS, the course's "unconstrained optimization function": one iteration a step, so that a run can be watched."""

import math
import warnings
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import ParameterStore
from engine.optimizers.base import Optimizer
from engine.optimizers.checks import require_positive

Vector = NDArray[np.float64]
# How far the weights moved in an iteration, s, and by how much the gradient changed, y.
Pair = tuple[Vector, Vector]

# A pair is remembered when its curvature sᵀy is a positive number beside rounding.
_ROUNDING = np.finfo(np.float64).eps
# The strong Wolfe conditions: how much of the promised decrease a step has to keep, how much of the slope may be left.
_DECREASE, _CURVATURE = 1e-3, 0.9
_TRIALS = 20


class LBFGS(Optimizer):
    """Quasi-Newton steps with a line search: no learning rate to choose, few iterations, all the data in each.

    d = −H·g;  w ← w + α·d;  s = α·d;  y = g_new − g,  where the last few pairs (s, y) define H, an approximation of the
    inverse Hessian, and the length α meets the strong Wolfe conditions (`scipy.optimize.line_search`).
    D. C. Liu and J. Nocedal, "On the limited memory BFGS method for large scale optimization", 1989.

    The vectors are float64 also when the network has float32. The loss has to be the same function in every step of a
    run: all the data, no augmentation, no dropout.

    Args:
        learning_rate: without effect, the line search chooses the length of each step.
        clip_norm: without effect, for the same reason.
        memory: how many pairs are remembered, ≥ 1.
        gradient_tolerance: finished when no element of the gradient is larger.
        loss_tolerance: finished when an iteration lowers the loss by less than this part of it (of 1 when below 1).
    """

    kind: ClassVar[str] = "lbfgs"
    full_batch: ClassVar[bool] = True
    scratch_count: ClassVar[int] = 0

    def __init__(
        self,
        learning_rate: float = 1.0,
        clip_norm: float | None = None,
        memory: int = 10,
        gradient_tolerance: float = 1e-6,
        loss_tolerance: float = 1e-12,
    ) -> None:
        super().__init__(learning_rate, clip_norm)
        self.memory = int(require_positive(memory, "The memory of L-BFGS"))
        self.gradient_tolerance = require_positive(gradient_tolerance, "The gradient tolerance of L-BFGS")
        self.loss_tolerance = require_positive(loss_tolerance, "The loss tolerance of L-BFGS")
        self._forget()

    def _forget(self) -> None:
        self._pairs: deque[Pair] = deque(maxlen=self.memory)
        # Where the last iteration ended, with the loss and the gradient there.
        self._point: Vector = np.empty(0)
        self._gradient: Vector = np.empty(0)
        self._loss = math.inf

    def step(self, store: ParameterStore, evaluate: Callable[[], float]) -> float:
        """One iteration, line search included; returns the loss *after* it.

        When no further iteration lowers the loss, `finished` is set. An exception from `evaluate` leaves the weights
        of the last complete iteration. Weights that somebody else has changed are a new start.
        """
        if not np.array_equal(store.values, self._point):
            self.reset()
            loss = evaluate()
            if not math.isfinite(loss):
                return loss
            self._point = store.values.astype(np.float64)
            self._loss, self._gradient = loss, store.gradients.astype(np.float64)
            self.finished = self._is_flat()
        if self.finished:
            return evaluate()
        try:
            found = self._search(store, evaluate)
            if found is None and self._pairs:
                # The pairs may be misleading; the gradient itself is not.
                self._pairs.clear()
                found = self._search(store, evaluate)
        except BaseException:
            store.values[...] = self._point
            raise
        if found is None:
            self.finished = True
            store.values[...] = self._point
            return evaluate()
        self._accept(store.values.astype(np.float64), *found)
        return self._loss

    def _search(self, store: ParameterStore, evaluate: Callable[[], float]) -> tuple[float, Vector] | None:
        """Go down along −H·g: loss and gradient there, or None when no step is good enough."""
        from scipy.optimize import line_search

        direction = -inverse_hessian_product(self._pairs, self._gradient)
        if not self._pairs:
            # Nothing is known about lengths yet.
            direction /= np.linalg.norm(self._gradient)
        # Too high to be accepted, yet near enough for the line search to interpolate with.
        wall = self._loss + 10 * (1 + abs(self._loss))
        at, found = self._point, (self._loss, self._gradient)

        def evaluate_at(point: Vector) -> tuple[float, Vector]:
            nonlocal at, found
            if not np.array_equal(at, point):
                store.values[...] = point
                loss = evaluate()
                finite = math.isfinite(loss)
                found = (loss, store.gradients.astype(np.float64)) if finite else (wall, np.zeros(point.size))
                at = point.copy()
            return found

        with warnings.catch_warnings():
            # SciPy warns when it finds no length, and says so by None as well. What the loss warns of is still heard.
            warnings.filterwarnings("ignore", ".*line search", RuntimeWarning)
            length = line_search(
                lambda point: evaluate_at(point)[0],
                lambda point: evaluate_at(point)[1],
                self._point,
                direction,
                self._gradient,
                self._loss,
                c1=_DECREASE,
                c2=_CURVATURE,
                maxiter=_TRIALS,
            )[0]
        return None if length is None else evaluate_at(self._point + length * direction)

    def _accept(self, point: Vector, loss: float, gradient: Vector) -> None:
        move, change = point - self._point, gradient - self._gradient
        if np.dot(move, change) > _ROUNDING * np.dot(change, change):
            self._pairs.append((move, change))
        gain = self._loss - loss
        self._point, self._loss, self._gradient = point, loss, gradient
        self.steps += 1
        self.finished = self._is_flat() or gain <= self.loss_tolerance * max(1.0, abs(loss))

    def _is_flat(self) -> bool:
        return bool(np.abs(self._gradient).max(initial=0) <= self.gradient_tolerance)

    def begin(self, resumed: bool) -> None:
        """Forget the last run, whose data may have been others, unless this one goes on with it."""
        if not resumed:
            self.reset()

    def reset(self) -> None:
        """Forget everything learnt from earlier steps; the settings stay."""
        super().reset()
        self._forget()

    def state_dict(self) -> dict[str, Any]:
        """Steps, the last point with its loss and gradient, and the pairs, (pairs, 2, weights)."""
        state = super().state_dict()
        if self._point.size:
            state |= {"point": self._point.copy(), "gradient": self._gradient.copy(), "loss": self._loss}
            state["pairs"] = np.array(self._pairs).reshape(-1, 2, self._point.size)
        return state

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave. Without a point (an older version's state) the next step is a first one."""
        super().load_state_dict(state)
        self._forget()
        if "point" in state:
            self._point, self._gradient = np.array(state["point"]), np.array(state["gradient"])
            self._loss = float(state["loss"])
            self._pairs.extend((move, change) for move, change in np.array(state["pairs"]))

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().config(),
            "memory": self.memory,
            "gradient_tolerance": self.gradient_tolerance,
            "loss_tolerance": self.loss_tolerance,
        }


def inverse_hessian_product(pairs: Sequence[Pair], gradient: Vector) -> Vector:
    """H·g by the two-loop recursion, H being the inverse Hessian's approximation that the pairs define.

    J. Nocedal and S. Wright, "Numerical optimization", 2006, algorithm 7.4, starting from γ·I with γ = sᵀy / yᵀy of the
    newest pair.

    Args:
        pairs: moves and changes of the gradient, (weights,) each, oldest first; without any, H is the identity.
        gradient: g, (weights,).
    """
    result = gradient.copy()
    weights = []
    for move, change in reversed(pairs):
        weight = np.dot(move, result) / np.dot(move, change)
        result -= weight * change
        weights.append(weight)
    if pairs:
        move, change = pairs[-1]
        result *= np.dot(move, change) / np.dot(change, change)
    for (move, change), weight in zip(pairs, reversed(weights), strict=True):
        result += (weight - np.dot(change, result) / np.dot(move, change)) * move
    return result
