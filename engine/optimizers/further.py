"""Rules that Keras has and presets do not offer: Adadelta, FTRL and Lion."""

from typing import Any, ClassVar, Unpack

import numpy as np

from engine.core.parameters import FloatArray
from engine.optimizers.base import Optimizer, OptimizerOptions, RateLike
from engine.optimizers.checks import require_fraction, require_positive

_Vectors = tuple[FloatArray, ...]


class Adadelta(Optimizer):
    """Steps as large as the steps usually are:  s ← ρ·s + (1−ρ)·g²;  d = √(u + ε)·g / √(s + ε);  u ← ρ·u + (1−ρ)·d².

    w ← w − α·d. M. D. Zeiler, "ADADELTA: an adaptive learning rate method", 2012.
    """

    kind: ClassVar[str] = "adadelta"
    slot_names: ClassVar[tuple[str, ...]] = ("mean_square", "mean_square_step")

    def __init__(
        self,
        learning_rate: RateLike = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-7,
        clip_norm: float | None = None,
        **options: Unpack[OptimizerOptions],
    ) -> None:
        super().__init__(learning_rate, clip_norm, **options)
        self.rho = require_fraction(rho, "Adadelta's rho")
        self.epsilon = require_positive(epsilon, "Adadelta's epsilon")

    def update(self, values: FloatArray, gradients: FloatArray, slots: _Vectors, scratch: _Vectors) -> None:
        """The rule above on one slice."""
        squares, steps = slots
        squares *= self.rho
        squares += (1 - self.rho) * gradients * gradients
        change = np.sqrt((steps + self.epsilon) / (squares + self.epsilon)) * gradients
        steps *= self.rho
        steps += (1 - self.rho) * change * change
        values -= self.rate * change

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().config(), "rho": self.rho, "epsilon": self.epsilon}


class Lion(Optimizer):
    """Steps of one length:  w ← w − α·sign(β₁·m + (1−β₁)·g);  m ← β₂·m + (1−β₂)·g.

    X. Chen et al., "Symbolic discovery of optimization algorithms", 2023.
    """

    kind: ClassVar[str] = "lion"
    slot_names: ClassVar[tuple[str, ...]] = ("momentum",)

    def __init__(
        self,
        learning_rate: RateLike = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        clip_norm: float | None = None,
        **options: Unpack[OptimizerOptions],
    ) -> None:
        super().__init__(learning_rate, clip_norm, **options)
        self.beta_1 = require_fraction(beta_1, "Lion's beta_1")
        self.beta_2 = require_fraction(beta_2, "Lion's beta_2")

    def update(self, values: FloatArray, gradients: FloatArray, slots: _Vectors, scratch: _Vectors) -> None:
        """The rule above on one slice."""
        (momentum,) = slots
        values -= self.rate * np.sign(self.beta_1 * momentum + (1 - self.beta_1) * gradients)
        momentum *= self.beta_2
        momentum += (1 - self.beta_2) * gradients

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().config(), "beta_1": self.beta_1, "beta_2": self.beta_2}


class Ftrl(Optimizer):
    """Follow the regularized leader: n ← n + g²;  z ← z + g − (nᵖ − nᵖ before)/α·w;  w = (clip(z, ±l1) − z) / q.

    q = nᵖ/α + 2·l2, p = −`learning_rate_power`; n starts at `initial_accumulator_value`.
    H. B. McMahan et al., "Ad click prediction: a view from the trenches", 2013.
    """

    kind: ClassVar[str] = "ftrl"
    slot_names: ClassVar[tuple[str, ...]] = ("sum_of_squares", "linear")

    def __init__(
        self,
        learning_rate: RateLike = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        clip_norm: float | None = None,
        **options: Unpack[OptimizerOptions],
    ) -> None:
        super().__init__(learning_rate, clip_norm, **options)
        self.learning_rate_power = float(learning_rate_power)
        self.initial_accumulator_value = float(initial_accumulator_value)
        self.l1_regularization_strength = float(l1_regularization_strength)
        self.l2_regularization_strength = float(l2_regularization_strength)
        self.l2_shrinkage_regularization_strength = float(l2_shrinkage_regularization_strength)
        self.beta = float(beta)

    def update(self, values: FloatArray, gradients: FloatArray, slots: _Vectors, scratch: _Vectors) -> None:
        """The rule above on one slice; the memory holds what came after the start."""
        (squares, linear), power, rate = slots, -self.learning_rate_power, self.rate
        used = gradients + 2 * self.l2_shrinkage_regularization_strength * values
        before = (squares + self.initial_accumulator_value) ** power
        squares += gradients * gradients
        after = (squares + self.initial_accumulator_value) ** power
        linear += used - (after - before) / rate * values
        quadratic = after / rate + 2 * (self.l2_regularization_strength + self.beta / (2 * rate))
        limit = self.l1_regularization_strength
        values[...] = (np.clip(linear, -limit, limit) - linear) / quadratic

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        names = (
            "learning_rate_power", "initial_accumulator_value", "l1_regularization_strength",
            "l2_regularization_strength", "l2_shrinkage_regularization_strength", "beta",
        )  # fmt: skip
        return {**super().config(), **{name: getattr(self, name) for name in names}}
