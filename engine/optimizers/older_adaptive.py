"""Further rules with a step size of their own for every weight: Adagrad, Adamax and Nadam."""

from typing import Any, ClassVar, Unpack

import numpy as np

from engine.core.parameters import FloatArray
from engine.optimizers.adaptive import Adam
from engine.optimizers.base import Optimizer, OptimizerOptions, RateLike
from engine.optimizers.checks import require_positive

_Vectors = tuple[FloatArray, ...]


class Adagrad(Optimizer):
    """Steps that shrink with all slopes so far:  s ← s + g²;  w ← w − α·g / √(s + ε).

    s starts at `initial_accumulator_value`.

    J. Duchi, E. Hazan and Y. Singer, "Adaptive subgradient methods", 2011.
    """

    kind: ClassVar[str] = "adagrad"
    slot_names: ClassVar[tuple[str, ...]] = ("sum_of_squares",)

    def __init__(
        self,
        learning_rate: RateLike = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        clip_norm: float | None = None,
        **options: Unpack[OptimizerOptions],
    ) -> None:
        super().__init__(learning_rate, clip_norm, **options)
        self.initial_accumulator_value = float(initial_accumulator_value)
        self.epsilon = require_positive(epsilon, "Adagrad's epsilon")

    def update(self, values: FloatArray, gradients: FloatArray, slots: _Vectors, scratch: _Vectors) -> None:
        """The rule above on one slice; the memory holds what came after the start."""
        (squares,), (work,) = slots, scratch
        np.multiply(gradients, gradients, out=work)
        squares += work
        np.add(squares, self.initial_accumulator_value + self.epsilon, out=work)
        np.sqrt(work, out=work)
        np.divide(gradients, work, out=work)
        work *= self.rate
        values -= work

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        own = {"initial_accumulator_value": self.initial_accumulator_value, "epsilon": self.epsilon}
        return {**super().config(), **own}


class Adamax(Adam):
    """Adam with the largest recent slope:  u ← max(β₂·u, |g|);  w ← w − α/(1−β₁ᵗ) · m / (u + ε).

    D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2015, section 7.1.
    """

    kind: ClassVar[str] = "adamax"

    def update(self, values: FloatArray, gradients: FloatArray, slots: _Vectors, scratch: _Vectors) -> None:
        """The rule above on one slice."""
        (first, largest), (work,) = slots, scratch
        first *= self.beta_1
        np.multiply(gradients, 1 - self.beta_1, out=work)
        first += work
        largest *= self.beta_2
        np.abs(gradients, out=work)
        np.maximum(largest, work, out=largest)
        np.add(largest, self.epsilon, out=work)
        np.divide(first, work, out=work)
        work *= self.rate / (1 - self.beta_1**self.steps)
        values -= work


class Nadam(Adam):
    """Adam with Nesterov's look-ahead: m̂ mixes the moment of the next step with the present slope.

    With uₜ = β₁·(1 − 0.96ᵗ/2) and Uₜ their product:  m̂ = uₜ₊₁·m/(1 − Uₜ₊₁) + (1 − uₜ)·g/(1 − Uₜ).
    T. Dozat, "Incorporating Nesterov momentum into Adam", 2016.
    """

    kind: ClassVar[str] = "nadam"
    scratch_count: ClassVar[int] = 2

    def update(self, values: FloatArray, gradients: FloatArray, slots: _Vectors, scratch: _Vectors) -> None:
        """The rule above on one slice."""
        (first, second), (work, ahead) = slots, scratch
        steps = np.arange(1, self.steps + 2)
        weights = self.beta_1 * (1 - 0.5 * 0.96**steps)
        product = float(np.prod(weights[:-1]))
        np.multiply(gradients, 1 - self.beta_1, out=work)
        first *= self.beta_1
        first += work
        np.square(gradients, out=work)
        work *= 1 - self.beta_2
        second *= self.beta_2
        second += work
        np.multiply(first, float(weights[-1] / (1 - product * weights[-1])), out=ahead)
        np.multiply(gradients, float((1 - weights[-2]) / (1 - product)), out=work)
        ahead += work
        np.divide(second, 1 - self.beta_2**self.steps, out=work)
        np.sqrt(work, out=work)
        work += self.epsilon
        np.divide(ahead, work, out=work)
        work *= self.rate
        values -= work
