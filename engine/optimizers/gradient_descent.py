"""Gradient descent, plain and with momentum."""

from functools import partial
from typing import Any, ClassVar, Unpack

import numpy as np

from engine.core.parameters import FloatArray
from engine.optimizers.base import Optimizer, OptimizerOptions, RateLike
from engine.optimizers.checks import require_fraction


class GradientDescent(Optimizer):
    """Downhill by a fixed fraction of the slope:  w ← w − α·g.

    On the whole data set this is the textbook's gradient descent, on batches it is stochastic gradient descent.

    Args:
        learning_rate: α.
        clip_norm: cut the gradient's norm to this.
    """

    kind: ClassVar[str] = "gradient_descent"
    usual_name = "SGD"

    def __init__(
        self, learning_rate: RateLike = 0.01, clip_norm: float | None = None, **options: Unpack[OptimizerOptions]
    ) -> None:
        super().__init__(learning_rate, clip_norm, **options)

    def update(
        self,
        values: FloatArray,
        gradients: FloatArray,
        slots: tuple[FloatArray, ...],
        scratch: tuple[FloatArray, ...],
    ) -> None:
        """The rule above on one slice."""
        (change,) = scratch
        np.multiply(gradients, self.rate, out=change)
        values -= change


class SGD(Optimizer):
    """Gradient descent that keeps its speed, as a ball that rolls downhill.

    v ← μ·v − α·g;  w ← w + v, or with Nesterov's look-ahead  w ← w + μ·v − α·g.
    B. T. Polyak 1964; Y. Nesterov 1983 in the form of Sutskever et al., "On the importance of initialization and
    momentum", 2013. With a constant rate PyTorch's `SGD` makes the same steps.

    Args:
        learning_rate: α.
        momentum: μ in [0, 1); 0 is plain gradient descent.
        nesterov: whether the gradient is followed from where the momentum leads.
        clip_norm: cut the gradient's norm to this.
    """

    kind: ClassVar[str] = "momentum"
    usual_name = "SGD"
    slot_names: ClassVar[tuple[str, ...]] = ("velocity",)

    def __init__(
        self,
        learning_rate: RateLike = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        clip_norm: float | None = None,
        **options: Unpack[OptimizerOptions],
    ) -> None:
        super().__init__(learning_rate, clip_norm, **options)
        self.momentum = require_fraction(momentum, "Momentum", "momentum")
        self.nesterov = nesterov

    def update(
        self,
        values: FloatArray,
        gradients: FloatArray,
        slots: tuple[FloatArray, ...],
        scratch: tuple[FloatArray, ...],
    ) -> None:
        """The rule above on one slice."""
        (velocity,), (change,) = slots, scratch
        np.multiply(gradients, self.rate, out=change)
        velocity *= self.momentum
        velocity -= change
        if not self.nesterov:
            values += velocity
            return
        values -= change
        np.multiply(velocity, self.momentum, out=change)
        values += change

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().config(), "momentum": self.momentum, "nesterov": self.nesterov}


# What the registry names.
with_momentum = partial(SGD, momentum=0.9)
with_nesterov_momentum = partial(SGD, momentum=0.9, nesterov=True)
