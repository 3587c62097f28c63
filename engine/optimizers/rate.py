"""A learning rate as people read and write it: a number that also answers to `.numpy()` and `.assign(…)`."""

from typing import Any

import numpy as np


class Rate(float):
    """The learning rate of an optimizer at the time when it was read."""

    owner: Any = None

    def numpy(self) -> np.float32:
        """The number as NumPy's."""
        return np.float32(self)

    @property
    def value(self) -> float:
        """The number."""
        return float(self)

    def assign(self, value: float) -> "Rate":
        """Set the optimizer's learning rate."""
        self.owner.learning_rate = value
        rate: Rate = self.owner.learning_rate
        return rate


class RateAttribute:
    """The attribute of optimizers that holds it: reads give a `Rate`, any number may be written."""

    def __get__(self, optimizer: Any, kind: type) -> Any:  # noqa: ANN401 — a `Rate`; of the class the descriptor
        if optimizer is None:
            return self
        rate = Rate(optimizer.rate)
        rate.owner = optimizer
        return rate

    def __set__(self, optimizer: Any, value: Any) -> None:  # noqa: ANN401 — a number
        optimizer.rate = float(value)
