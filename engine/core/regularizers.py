"""Penalties on single parameters or outputs, as Keras spells them: `l1`, `l2`, `l1_l2`."""

import math
from collections.abc import Callable, Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from engine.core.tensor import Tensor, as_tensor
from engine.errors import ConfigurationError


class L1L2:
    """l1·Σ|w| + l2·Σw².

    Args:
        l1, l2: weights of the two sums, ≥ 0.
    """

    def __init__(self, l1: float | None = 0.0, l2: float | None = 0.0) -> None:
        self.l1, self.l2 = _weight(l1, "l1"), _weight(l2, "l2")

    def __call__(self, values: ArrayLike) -> Tensor:
        """The penalty on these values, of any shape."""
        array = values if isinstance(values, Tensor) else as_tensor(np.asarray(values))
        return as_tensor(self.l1 * np.sum(np.abs(array)) + self.l2 * np.sum(np.square(array)))

    def config(self) -> dict[str, float]:
        """Both weights."""
        return {"l1": self.l1, "l2": self.l2}

    def get_config(self) -> dict[str, Any]:
        """What the class takes, by Keras' name."""
        return self.config()

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """The penalty that `get_config` described."""
        return cls(**config)


class L1(L1L2):
    """l1·Σ|w|."""

    def __init__(self, l1: float = 0.01) -> None:
        super().__init__(l1=l1)

    def get_config(self) -> dict[str, Any]:
        """Its weight."""
        return {"l1": self.l1}


class L2(L1L2):
    """l2·Σw²."""

    def __init__(self, l2: float = 0.01) -> None:
        super().__init__(l2=l2)

    def get_config(self) -> dict[str, Any]:
        """Its weight."""
        return {"l2": self.l2}


class OwnRegularizer(L1L2):
    """A function of a parameter's values as a penalty; its gradient follows from what is recorded."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.function = function

    def __call__(self, values: ArrayLike) -> Tensor:
        """What the function says of values of any shape."""
        return as_tensor(self.function(values))


class Regularizer(L1L2):
    """Base of penalties of one's own: a class writes `__call__(weights)`."""

    l1 = l2 = 0.0

    def __init__(self) -> None:
        super().__init__()


def l1_l2(l1: float = 0.01, l2: float = 0.01) -> L1L2:
    """Both penalties, by default with 0.01 each."""
    return L1L2(l1, l2)


RegularizerLike = str | L1L2 | Mapping[str, Any] | Callable[..., Any] | None
_BY_NAME: dict[str, Callable[[], L1L2]] = {"l1": L1, "l2": L2, "l1_l2": l1_l2, "L1": L1, "L2": L2, "L1L2": L1L2}


def get_regularizer(given: RegularizerLike) -> L1L2 | None:
    """The regularizer that is meant by a name, an object, a configuration or None; else `ConfigurationError`."""
    if given is None or isinstance(given, L1L2):
        return given
    if callable(given) and not isinstance(given, type):
        return OwnRegularizer(given)
    if isinstance(given, str) and given in _BY_NAME:
        return _BY_NAME[given]()
    if isinstance(given, Mapping) and set(given) <= {"l1", "l2"}:
        return L1L2(**given)
    raise ConfigurationError(
        f"A regularizer is l1(…), l2(…), l1_l2(…), one of these names or a function, not {given!r}.",
        "regularizer",
    )


def is_own(regularizer: L1L2 | None) -> bool:
    """Whether it is a function or a class of one's own, not a sum over absolute or squared values."""
    return isinstance(regularizer, OwnRegularizer | Regularizer)


def regularizer_config(regularizer: L1L2 | None) -> Any:  # noqa: ANN401 — plain values, or the object
    """What `get_regularizer` needs to make it again."""
    return None if regularizer is None else regularizer if is_own(regularizer) else regularizer.config()


def _weight(value: float | None, name: str) -> float:
    number = 0.0 if value is None else value
    if isinstance(number, bool) or not isinstance(number, int | float | np.number) or not 0 <= number < math.inf:
        raise ConfigurationError(
            f"The weight {name} of a penalty must be a finite number of at least 0, not {value!r}."
        )
    return float(number)
