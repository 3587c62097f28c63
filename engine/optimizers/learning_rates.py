"""Keras' schedules: a learning rate as a function of the step, given to an optimizer instead of a number."""

import math
from collections.abc import Mapping, Sequence
from functools import wraps
from typing import Any

import numpy as np

from engine.core.tensor import as_tensor
from engine.errors import ConfigurationError


class LearningRateSchedule:
    """Base class: `schedule(step)` is the rate of a step, counted from 0.

    Raises:
        ConfigurationError: a setting makes no sense; the sentence names it.
    """

    def __init_subclass__(cls, **settings: Any) -> None:  # noqa: ANN401
        """Let the rate answer as a tensor does."""
        super().__init_subclass__(**settings)
        if "__call__" in vars(cls):
            rate = cls.__call__
            setattr(cls, "__call__", wraps(rate)(lambda self, step: as_tensor(rate(self, step))))  # noqa: B010

    def __call__(self, step: int) -> float:
        """The learning rate."""
        raise NotImplementedError

    def config(self) -> dict[str, Any]:
        """Kind and the constructor's arguments as plain JSON values."""
        return {"kind": type(self).__name__, **vars(self)}


class ExponentialDecay(LearningRateSchedule):
    """α₀·rate^(step / decay_steps); with `staircase` the exponent is rounded down."""

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        self.initial_learning_rate, self.decay_steps = float(initial_learning_rate), _steps(decay_steps)
        self.decay_rate, self.staircase = float(decay_rate), bool(staircase)

    def __call__(self, step: int) -> float:
        """The learning rate."""
        done = step / self.decay_steps
        return self.initial_learning_rate * self.decay_rate ** (math.floor(done) if self.staircase else done)


class InverseTimeDecay(LearningRateSchedule):
    """α₀ / (1 + rate·step / decay_steps); with `staircase` the quotient is rounded down."""

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ) -> None:
        self.initial_learning_rate, self.decay_steps = float(initial_learning_rate), _steps(decay_steps)
        self.decay_rate, self.staircase = float(decay_rate), bool(staircase)

    def __call__(self, step: int) -> float:
        """The learning rate."""
        done = step / self.decay_steps
        return self.initial_learning_rate / (1 + self.decay_rate * (math.floor(done) if self.staircase else done))


class PiecewiseConstantDecay(LearningRateSchedule):
    """values[i] up to and including the step boundaries[i], the last value afterwards."""

    def __init__(self, boundaries: Sequence[int], values: Sequence[float], name: str = "PiecewiseConstant") -> None:
        if len(boundaries) + 1 != len(values):
            raise ConfigurationError(
                f"{len(boundaries)} boundaries need {len(boundaries) + 1} values, not {len(values)}."
            )
        self.boundaries, self.values = [int(step) for step in boundaries], [float(value) for value in values]

    def __call__(self, step: int) -> float:
        """The learning rate."""
        return self.values[int(np.searchsorted(self.boundaries, step))]


class PolynomialDecay(LearningRateSchedule):
    """(α₀ − end)·(1 − step/steps)^power + end; with `cycle` it starts again, over longer and longer stretches."""

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        self.initial_learning_rate, self.decay_steps = float(initial_learning_rate), _steps(decay_steps)
        self.end_learning_rate, self.power, self.cycle = float(end_learning_rate), float(power), bool(cycle)

    def __call__(self, step: int) -> float:
        """The learning rate."""
        steps = self.decay_steps * (max(1, math.ceil(step / self.decay_steps)) if self.cycle else 1)
        left = 1 - min(step, steps) / steps
        rate: float = (self.initial_learning_rate - self.end_learning_rate) * left**self.power + self.end_learning_rate
        return rate


class CosineDecay(LearningRateSchedule):
    """Half a cosine from the rate down to `alpha` times it, after a linear rise to `warmup_target` where one is given.

    I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: int = 0,
    ) -> None:
        self.initial_learning_rate, self.decay_steps = float(initial_learning_rate), _steps(decay_steps)
        self.alpha, self.warmup_target, self.warmup_steps = float(alpha), warmup_target, int(warmup_steps)

    def __call__(self, step: int) -> float:
        """The learning rate."""
        top = self.initial_learning_rate
        if self.warmup_target is not None:
            if step < self.warmup_steps:
                return top + (self.warmup_target - top) * step / self.warmup_steps
            step, top = step - self.warmup_steps, self.warmup_target
        half = 0.5 * (1 + math.cos(math.pi * min(step, self.decay_steps) / self.decay_steps))
        return top * ((1 - self.alpha) * half + self.alpha)


class CosineDecayRestarts(LearningRateSchedule):
    """Half cosines one after the other, each `t_mul` times as long and `m_mul` times as high as the one before.

    I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: int,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        self.initial_learning_rate = float(initial_learning_rate)
        self.first_decay_steps = _steps(first_decay_steps)
        self.t_mul, self.m_mul, self.alpha = float(t_mul), float(m_mul), float(alpha)

    def __call__(self, step: int) -> float:
        """The learning rate."""
        done, length, height = step / self.first_decay_steps, 1.0, 1.0
        while done >= length:
            done, length, height = done - length, length * self.t_mul, height * self.m_mul
        half = 0.5 * height * (1 + math.cos(math.pi * done / length))
        return self.initial_learning_rate * ((1 - self.alpha) * half + self.alpha)


LEARNING_RATES: dict[str, type[LearningRateSchedule]] = {
    made.__name__: made
    for made in (
        ExponentialDecay,
        InverseTimeDecay,
        PiecewiseConstantDecay,
        PolynomialDecay,
        CosineDecay,
        CosineDecayRestarts,
    )
}


def rate_from_config(config: Mapping[str, Any]) -> LearningRateSchedule:
    """The schedule that `config` described."""
    settings = dict(config)
    return LEARNING_RATES[settings.pop("kind")](**settings)


def _steps(value: float) -> int:
    if not value > 0:
        raise ConfigurationError(f"A schedule runs over at least 1 step, not {value!r}.", "decay_steps")
    return int(value)
