"""Constraints on parameters after each step: `max_norm`, `non_neg`, `unit_norm`, `min_max_norm`, or a function.

They take and give arrays of the parameter's shape; settings that make no sense raise `ConfigurationError`.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from engine.errors import ConfigurationError

# From a parameter's values to allowed ones.
Constraint = Callable[[Any], Any]


class MinMaxNorm:
    """Vectors along an axis get a length between two bounds, by a part of the way.

    Args:
        min_value, max_value: the bounds.
        rate: the part of the way, in (0, 1].
        axis: of the vectors.
    """

    kind = "min_max_norm"

    def __init__(self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: int = 0) -> None:
        if not 0 <= min_value <= max_value or not 0 < rate <= 1:
            raise ConfigurationError(f"Lengths from {min_value} to {max_value} by {rate} of the way make no sense.")
        self.min_value, self.max_value, self.rate, self.axis = min_value, max_value, rate, axis

    def __call__(self, w: Any) -> Any:  # noqa: ANN401 — an array
        """The allowed values."""
        lengths = np.sqrt(np.sum(np.square(w), axis=self.axis, keepdims=True))
        wanted = self.rate * np.clip(lengths, self.min_value, self.max_value) + (1 - self.rate) * lengths
        return w * (wanted / (1e-7 + lengths))

    def config(self) -> dict[str, Any]:
        """Kind and the constructor's arguments."""
        return {"kind": self.kind, **vars(self)}


class MaxNorm(MinMaxNorm):
    """Vectors along an axis get at most a length."""

    kind = "max_norm"

    def __init__(self, max_value: float = 2, axis: int = 0) -> None:
        super().__init__(0.0, max_value, 1.0, axis)

    def config(self) -> dict[str, Any]:
        """Kind and the constructor's arguments."""
        return {"kind": self.kind, "max_value": self.max_value, "axis": self.axis}


class UnitNorm(MinMaxNorm):
    """Vectors along an axis get the length 1."""

    kind = "unit_norm"

    def __init__(self, axis: int = 0) -> None:
        super().__init__(1.0, 1.0, 1.0, axis)

    def config(self) -> dict[str, Any]:
        """Kind and the axis."""
        return {"kind": self.kind, "axis": self.axis}


class NonNeg:
    """Negative numbers become 0."""

    kind = "non_neg"

    def __call__(self, w: Any) -> Any:  # noqa: ANN401 — an array
        """The allowed values."""
        return w * (w >= 0)

    def config(self) -> dict[str, Any]:
        """The kind alone."""
        return {"kind": self.kind}


CONSTRAINTS: dict[str, Callable[..., Constraint]] = {
    made.kind: made for made in (MinMaxNorm, MaxNorm, UnitNorm, NonNeg)
}


def get_constraint(given: Any) -> Constraint | None:  # noqa: ANN401 — a name, an object, a function, a configuration
    """The constraint that is meant; `ConfigurationError` for an unknown one."""
    if given is None or (callable(given) and not isinstance(given, type)):
        return given
    settings = dict(given) if isinstance(given, Mapping) else {"kind": given}
    kind = settings.pop("kind", None)
    by_class = {"MinMaxNorm": "min_max_norm", "MaxNorm": "max_norm", "UnitNorm": "unit_norm", "NonNeg": "non_neg"}
    made = CONSTRAINTS.get(by_class.get(str(kind), str(kind)))
    if made is None:
        raise ConfigurationError(f"There is no constraint {kind!r}; there are {', '.join(CONSTRAINTS)}.", "constraint")
    return made(**settings)
