"""Rules with a step size of their own for every weight: RMSProp, Adam and AdamW."""

import math
from typing import Any, ClassVar

import numpy as np

from engine.core.parameters import FloatArray
from engine.errors import ConfigurationError
from engine.optimizers.base import Optimizer, require_fraction, require_positive


class RMSProp(Optimizer):
    """Divides each weight's slope by how large it usually is.

    s ← ρ·s + (1−ρ)·g²;  w ← w − α·g / (√s + ε).
    G. Hinton, "Neural Networks for Machine Learning", lecture 6e, 2012.

    Args:
        learning_rate: α.
        rho: ρ in [0, 1), how long the average remembers.
        epsilon: ε, keeps the quotient finite.
        clip_norm: cut the gradient's norm to this.
    """

    kind: ClassVar[str] = "rmsprop"
    slot_names: ClassVar[tuple[str, ...]] = ("mean_square",)

    def __init__(
        self,
        learning_rate: float = 0.001,
        rho: float = 0.9,
        epsilon: float = 1e-7,
        clip_norm: float | None = None,
    ) -> None:
        super().__init__(learning_rate, clip_norm)
        self.rho = require_fraction(rho, "RMSProp's rho")
        self.epsilon = require_positive(epsilon, "RMSProp's epsilon")

    def update(
        self,
        values: FloatArray,
        gradients: FloatArray,
        slots: tuple[FloatArray, ...],
        scratch: tuple[FloatArray, ...],
    ) -> None:
        """The rule above on one slice."""
        (mean_square,), (work,) = slots, scratch
        np.multiply(gradients, gradients, out=work)
        work *= 1 - self.rho
        mean_square *= self.rho
        mean_square += work
        np.sqrt(mean_square, out=work)
        work += self.epsilon
        np.divide(gradients, work, out=work)
        work *= self.learning_rate
        values -= work

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().config(), "rho": self.rho, "epsilon": self.epsilon}


class Adam(Optimizer):
    """Momentum and RMSProp together, both corrected for having started at zero.

    m ← β₁·m + (1−β₁)·g;  v ← β₂·v + (1−β₂)·g²;  m̂ = m/(1−β₁ᵗ);  v̂ = v/(1−β₂ᵗ);  w ← w − α·m̂ / (√v̂ + ε).
    D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1. As there (and in
    PyTorch), ε is added after the correction of v.

    Args:
        learning_rate: α.
        beta_1: β₁ in [0, 1).
        beta_2: β₂ in [0, 1).
        epsilon: ε.
        clip_norm: cut the gradient's norm to this.
    """

    kind: ClassVar[str] = "adam"
    slot_names: ClassVar[tuple[str, ...]] = ("first_moment", "second_moment")

    def __init__(
        self,
        learning_rate: float = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        clip_norm: float | None = None,
    ) -> None:
        super().__init__(learning_rate, clip_norm)
        self.beta_1 = require_fraction(beta_1, "Adam's beta_1")
        self.beta_2 = require_fraction(beta_2, "Adam's beta_2")
        self.epsilon = require_positive(epsilon, "Adam's epsilon")
        self._step_size = self._shift = 0.0

    def prepare_step(self) -> None:
        """All that is the same for every weight, gathered into two numbers.

        The slots hold m/(1−β₁) and v/(1−β₂), which grow by g and g² alone: three passes over memory less. With
        c = √((1−β₂)/(1−β₂ᵗ)) the step is  α·(1−β₁)/(1−β₁ᵗ)/c · slot₁ / (√slot₂ + ε/c).
        """
        root_scale = math.sqrt((1 - self.beta_2) / (1 - self.beta_2**self.steps))
        self._step_size = self.learning_rate * (1 - self.beta_1) / (1 - self.beta_1**self.steps) / root_scale
        self._shift = self.epsilon / root_scale

    def update(
        self,
        values: FloatArray,
        gradients: FloatArray,
        slots: tuple[FloatArray, ...],
        scratch: tuple[FloatArray, ...],
    ) -> None:
        """The rule above on one slice."""
        (first, second), (work,) = slots, scratch
        first *= self.beta_1
        first += gradients
        np.multiply(gradients, gradients, out=work)
        second *= self.beta_2
        second += work
        np.sqrt(second, out=work)
        work += self._shift
        np.divide(first, work, out=work)
        work *= self._step_size
        values -= work

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().config(), "beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}


class AdamW(Adam):
    """Adam with weight decay beside the gradient instead of inside it:  w ← w − α·λ·w, then Adam's step.

    An L2 penalty in the gradient would be divided by √v̂ like everything else and hardly act on weights with steep
    slopes. All parameters decay, biases too, as in PyTorch and Keras.
    I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", 2019.

    Args:
        learning_rate: α.
        weight_decay: λ ≥ 0.
        beta_1, beta_2, epsilon, clip_norm: as for `Adam`.
    """

    kind: ClassVar[str] = "adamw"

    def __init__(
        self,
        learning_rate: float = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        clip_norm: float | None = None,
    ) -> None:
        super().__init__(learning_rate, beta_1, beta_2, epsilon, clip_norm)
        if not (weight_decay >= 0 and math.isfinite(weight_decay)):
            raise ConfigurationError(f"Weight decay must not be negative, not {weight_decay}.", "weight_decay")
        self.weight_decay = float(weight_decay)

    def update(
        self,
        values: FloatArray,
        gradients: FloatArray,
        slots: tuple[FloatArray, ...],
        scratch: tuple[FloatArray, ...],
    ) -> None:
        """The rule above on one slice."""
        values *= 1 - self.learning_rate * self.weight_decay
        super().update(values, gradients, slots, scratch)

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().config(), "weight_decay": self.weight_decay}
