"""Rules with a step size of their own for every weight: RMSProp, Adam and AdamW."""

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Unpack

import numpy as np

from engine.core.parameters import FloatArray
from engine.errors import ConfigurationError
from engine.optimizers.base import Optimizer, OptimizerOptions, RateLike
from engine.optimizers.checks import require_fraction, require_positive


class RMSProp(Optimizer):
    """Divides each weight's slope by how large it usually is.

    s ← ρ·s + (1−ρ)·g²;  u ← μ·u + α·g / √(s + ε);  w ← w − u.  `centered` takes m² off s, m ← ρ·m + (1−ρ)·g.
    G. Hinton, "Neural Networks for Machine Learning", lecture 6e, 2012.

    Args:
        learning_rate: α.
        rho: ρ in [0, 1), how long the average remembers.
        momentum: μ in [0, 1).
        epsilon: ε, keeps the quotient finite.
        centered: whether the variance of the slope is taken, not its mean square.
        clip_norm: cut the gradient's norm to this.
        epsilon_inside_root: True as in Keras; False adds ε to √s, as in PyTorch and in runs begun before this setting.
    """

    kind: ClassVar[str] = "rmsprop"
    slot_names: ClassVar[tuple[str, ...]] = ("mean_square",)

    def __init__(
        self,
        learning_rate: RateLike = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        clip_norm: float | None = None,
        *,
        epsilon_inside_root: bool = True,
        **options: Unpack[OptimizerOptions],
    ) -> None:
        super().__init__(learning_rate, clip_norm, **options)
        self.rho = require_fraction(rho, "RMSProp's rho")
        self.momentum = require_fraction(momentum, "RMSProp's momentum")
        self.epsilon = require_positive(epsilon, "RMSProp's epsilon")
        self.centered, self.epsilon_inside_root = bool(centered), bool(epsilon_inside_root)
        names = ("mean_square", *("velocity",) * bool(momentum), *("mean",) * self.centered)
        self.slot_names = names  # type: ignore[misc]

    def update(
        self,
        values: FloatArray,
        gradients: FloatArray,
        slots: tuple[FloatArray, ...],
        scratch: tuple[FloatArray, ...],
    ) -> None:
        """The rule above on one slice."""
        named, (work,) = dict(zip(self.slot_names, slots, strict=True)), scratch
        mean_square = named["mean_square"]
        np.multiply(gradients, gradients, out=work)
        work *= 1 - self.rho
        mean_square *= self.rho
        mean_square += work
        if self.centered:
            mean = named["mean"]
            mean *= self.rho
            mean += (1 - self.rho) * gradients
            np.subtract(mean_square, np.square(mean), out=work)
        else:
            np.copyto(work, mean_square)
        if self.epsilon_inside_root:
            work += self.epsilon
        np.sqrt(work, out=work)
        if not self.epsilon_inside_root:
            work += self.epsilon
        np.divide(gradients, work, out=work)
        work *= self.rate
        if self.momentum:
            velocity = named["velocity"]
            velocity *= self.momentum
            velocity += work
            values -= velocity
        else:
            values -= work

    def state_dict(self) -> dict[str, Any]:
        """As every optimizer's, and where ε stands."""
        return {**super().state_dict(), "epsilon_inside_root": self.epsilon_inside_root}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave; a run from before the setting keeps its ε outside."""
        super().load_state_dict(state)
        self.epsilon_inside_root = bool(state.get("epsilon_inside_root", False))

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().config(),
            "rho": self.rho,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "centered": self.centered,
            "epsilon_inside_root": self.epsilon_inside_root,
        }


class Adam(Optimizer):
    """Momentum and RMSProp together, both corrected for having started at zero.

    m ← β₁·m + (1−β₁)·g;  v ← β₂·v + (1−β₂)·g²;  m̂ = m/(1−β₁ᵗ);  v̂ = v/(1−β₂ᵗ);  w ← w − α·m̂ / (√v̂ + ε).
    D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1. There (and in
    PyTorch) ε is added after the correction of v; Keras adds it before, to √v.

    Args:
        learning_rate: α.
        beta_1: β₁ in [0, 1).
        beta_2: β₂ in [0, 1).
        epsilon: ε.
        amsgrad: whether the largest v so far is taken: S. J. Reddi et al., "On the convergence of Adam", 2018.
        clip_norm: cut the gradient's norm to this.
        epsilon_after_correction: True as in the paper, False as in Keras.
    """

    kind: ClassVar[str] = "adam"
    slot_names: ClassVar[tuple[str, ...]] = ("first_moment", "second_moment")

    def __init__(
        self,
        learning_rate: RateLike = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        clip_norm: float | None = None,
        *,
        epsilon_after_correction: bool = False,
        **options: Unpack[OptimizerOptions],
    ) -> None:
        super().__init__(learning_rate, clip_norm, **options)
        self.amsgrad = bool(amsgrad)
        if self.amsgrad:
            self.slot_names = ("first_moment", "second_moment", "largest_moment")  # type: ignore[misc]
        self.epsilon_after_correction = bool(epsilon_after_correction)
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
        self._step_size = self.rate * (1 - self.beta_1) / (1 - self.beta_1**self.steps) / root_scale
        # Keras adds ε to √v as it is, which is √(1−β₂)·√slot₂; the paper to the corrected √v̂.
        correction = root_scale if self.epsilon_after_correction else math.sqrt(1 - self.beta_2)
        self._shift = self.epsilon / correction

    def update(
        self,
        values: FloatArray,
        gradients: FloatArray,
        slots: tuple[FloatArray, ...],
        scratch: tuple[FloatArray, ...],
    ) -> None:
        """The rule above on one slice."""
        (first, second, *largest), (work,) = slots, scratch
        first *= self.beta_1
        first += gradients
        np.multiply(gradients, gradients, out=work)
        second *= self.beta_2
        second += work
        if largest:
            second = np.maximum(largest[0], second, out=largest[0])
        np.sqrt(second, out=work)
        work += self._shift
        np.divide(first, work, out=work)
        work *= self._step_size
        values -= work

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
            "epsilon_after_correction": self.epsilon_after_correction,
            **({"amsgrad": True} if self.amsgrad else {}),
        }

    def state_dict(self) -> dict[str, Any]:
        """As every optimizer's, and where ε stands."""
        return {**super().state_dict(), "epsilon_after_correction": self.epsilon_after_correction}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave; a run from before the setting keeps its ε after the correction."""
        super().load_state_dict(state)
        self.epsilon_after_correction = bool(state.get("epsilon_after_correction", True))


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
    usual_weight_decay: ClassVar[float | None] = 0.004

    def __init__(
        self,
        learning_rate: RateLike = 0.001,
        weight_decay: float | None = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        clip_norm: float | None = None,
        *,
        epsilon_after_correction: bool = False,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        name: str | None = None,
        ema_overwrite_frequency: None = None,
        loss_scale_factor: None = None,
        gradient_accumulation_steps: None = None,
    ) -> None:
        if weight_decay is None:
            raise ConfigurationError("AdamW is Adam with weight decay: give a number, or use Adam.", "weight_decay")
        super().__init__(
            learning_rate,
            beta_1,
            beta_2,
            epsilon,
            amsgrad,
            clip_norm,
            epsilon_after_correction=epsilon_after_correction,
            weight_decay=weight_decay,
            clipnorm=clipnorm,
            clipvalue=clipvalue,
            global_clipnorm=global_clipnorm,
            use_ema=use_ema,
            ema_momentum=ema_momentum,
            name=name,
            ema_overwrite_frequency=ema_overwrite_frequency,
            loss_scale_factor=loss_scale_factor,
            gradient_accumulation_steps=gradient_accumulation_steps,
        )
