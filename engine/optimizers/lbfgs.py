"""L-BFGS: the course's "unconstrained optimization function", by SciPy, one iteration a step.

SciPy's minimizer is a function that calls back and returns at the end; the training loop wants to hold the reins, so
that a run can be paused, watched and stopped after every iteration. So SciPy runs in a thread of its own that
computes nothing but its own vectors: when it wants the loss somewhere, it asks the training thread and waits.
"""

import math
import threading
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray, ParameterStore
from engine.optimizers.base import Optimizer, ShardRunner, require_positive, run_whole

Vector = NDArray[np.float64]


class LBFGS(Optimizer):
    """Quasi-Newton steps with a line search: no learning rate to choose, few iterations, all the data in each.

    Builds the inverse Hessian's action from the last few steps and slopes. D. C. Liu and J. Nocedal, "On the limited
    memory BFGS method for large scale optimization", 1989; SciPy's `L-BFGS-B` without bounds. SciPy computes in float64
    also when the network has float32.

    The loss has to be the same function in every step: all the data, no augmentation, no dropout.

    Args:
        learning_rate: without effect, the line search chooses the length of each step.
        clip_norm: without effect, for the same reason.
        memory: how many steps are remembered, ≥ 1.
        gradient_tolerance: finished when no element of the gradient is larger.
        loss_tolerance: finished when an iteration lowers the loss by less than this part of it.
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
        self._minimization: _Minimization | None = None
        # Values and state where the minimization started; they and the number of iterations determine everything that
        # SciPy remembers.
        self._start: FloatArray | None = None
        self._accepted: FloatArray | None = None
        # Of the accepted weights; infinite before the first evaluation.
        self._loss = math.inf
        self._replay = False

    def step(self, store: ParameterStore, evaluate: Callable[[], float], run_shards: ShardRunner = run_whole) -> float:
        """One iteration, line search included; returns the loss *after* it.

        When no further iteration lowers the loss, `finished` is set. An exception from `evaluate` leaves the weights
        of the last complete iteration.
        """
        if self._replay:
            return self._replay_and_step(store, evaluate)
        moved = self._accepted is None or not np.array_equal(store.values, self._accepted)
        if self._minimization is None or moved:
            self._begin(store)
        return self._iterate(store, evaluate)

    def _begin(self, store: ParameterStore) -> None:
        start = store.values
        self.close()
        self.steps = 0
        self.finished = False
        self._start, self._accepted, self._loss = store.snapshot(), start.copy(), math.inf
        self._minimization = _Minimization(
            start.astype(np.float64),
            {"maxcor": self.memory, "gtol": self.gradient_tolerance, "ftol": self.loss_tolerance},
        )
        # A forgotten optimizer must not leave its thread waiting for ever.
        weakref.finalize(self, self._minimization.close)

    def _replay_and_step(self, store: ParameterStore, evaluate: Callable[[], float]) -> float:
        """After `load_state_dict`: SciPy's memory cannot be written down, so its iterations are done once more."""
        self._replay = False
        if self.finished:
            return evaluate()
        done = self.steps
        if self._start is not None:
            store.restore(self._start)
        self._begin(store)
        for _ in range(done):
            self._iterate(store, evaluate)
        return self._iterate(store, evaluate)

    def _iterate(self, store: ParameterStore, evaluate: Callable[[], float]) -> float:
        """Serve SciPy's wishes until an iteration is complete or there is nothing more to do."""
        assert self._minimization is not None
        assert self._accepted is not None
        while True:
            news = self._minimization.next_news()
            store.values[...] = news.point
            if news.kind == "evaluate":
                try:
                    loss = evaluate()
                except BaseException:
                    store.values[...] = self._accepted
                    self.close()
                    raise
                if not math.isfinite(loss):
                    if self._loss == math.inf:
                        self.close()
                        return loss
                    # Too high to be accepted, yet near enough for the line search to interpolate with.
                    wall = self._loss + 10 * (1 + abs(self._loss))
                    self._minimization.answer(wall, np.zeros(store.values.size))
                    continue
                if self._loss == math.inf:
                    self._loss = loss
                self._minimization.answer(loss, store.gradients.astype(np.float64))
                continue
            self._accepted[...] = store.values
            self._loss = news.loss
            if news.kind == "end":
                self.finished = True
                self.close()
            else:
                self.steps += 1
            return news.loss

    def reset(self) -> None:
        """Forget where the minimization started and what it learnt."""
        self.close()
        super().reset()
        self._start = self._accepted = None
        self._replay = False

    def state_dict(self) -> dict[str, Any]:
        """Steps, and the point where they started: SciPy's memory follows from both."""
        state = super().state_dict()
        if self._start is not None:
            state["start"] = self._start.copy()
        return state

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave; the next step repeats the earlier iterations to regain SciPy's memory."""
        self.close()
        super().load_state_dict(state)
        self._start = np.array(state["start"]) if "start" in state else None
        self._replay = True

    def close(self) -> None:
        """End SciPy's thread; the next step begins a new minimization at the present weights."""
        if self._minimization is not None:
            self._minimization.close()
            self._minimization = None

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().config(),
            "memory": self.memory,
            "gradient_tolerance": self.gradient_tolerance,
            "loss_tolerance": self.loss_tolerance,
        }


class _Closed(Exception):
    """Unwinds SciPy's minimizer when nobody waits for it any more."""


@dataclass(frozen=True, slots=True, eq=False)
class _News:
    """What SciPy's thread says: "evaluate" here, "iteration" done, or "end"."""

    kind: str
    point: Vector
    loss: float = math.nan
    error: BaseException | None = None


class _Minimization:
    """`scipy.optimize.minimize`, turned inside out: `next_news` and `answer` instead of callbacks."""

    def __init__(self, start: Vector, options: dict[str, Any]) -> None:
        self._start, self._options = start, options
        self._news: SimpleQueue[_News] = SimpleQueue()
        self._answers: SimpleQueue[tuple[float, Vector] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="engine-lbfgs", daemon=True)
        self._thread.start()

    def next_news(self) -> _News:
        """Wait for SciPy; its own failures are raised here."""
        news = self._news.get()
        if news.error is not None:
            raise news.error
        return news

    def answer(self, loss: float, gradient: Vector) -> None:
        """Reply to "evaluate"."""
        self._answers.put((loss, gradient))

    def close(self) -> None:
        """End the thread and join it. May be called twice."""
        self._answers.put(None)
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        try:
            from scipy.optimize import minimize

            with np.errstate(all="ignore"):
                # Neither iterations nor evaluations are limited here: the training loop decides how long it goes on.
                result = minimize(
                    self._ask,
                    self._start,
                    jac=True,
                    method="L-BFGS-B",
                    callback=self._iteration_done,
                    options={**self._options, "maxiter": 2**31 - 1, "maxfun": 2**31 - 1},
                )
            self._news.put(_News("end", np.array(result.x), float(result.fun)))
        except _Closed:
            pass
        except BaseException as error:
            self._news.put(_News("end", self._start, error=error))

    def _ask(self, point: Vector) -> tuple[float, Vector]:
        self._news.put(_News("evaluate", point.copy()))
        reply = self._answers.get()
        if reply is None:
            raise _Closed
        return reply

    def _iteration_done(self, intermediate_result: Any) -> None:  # noqa: ANN401 — SciPy recognises it by this name
        self._news.put(_News("iteration", np.array(intermediate_result.x), float(intermediate_result.fun)))
