"""The geometry that convolution and pooling share: where a sliding window stands, and how far the border is padded.

Keras' rules, for one axis of length n, window k and stride s:

* ``valid``: the window stays inside, (n − k) // s + 1 positions, no padding;
* ``same``: ⌈n / s⌉ positions, padded by max((positions − 1)·s + k − n, 0), the smaller half before, the larger after.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.errors import ConfigurationError

PADDINGS = ("valid", "same")


@dataclass(frozen=True, slots=True)
class WindowAxis:
    """A window that slides along one axis.

    Attributes:
        length: of the axis, n.
        window: of the window, k.
        stride: step between positions, s.
        before, after: how much the axis is padded.
        positions: how many places the window stands at.
    """

    length: int
    window: int
    stride: int
    before: int
    after: int
    positions: int

    @classmethod
    def fit(cls, length: int, window: int, stride: int, padding: str) -> "WindowAxis":
        """The window's positions under Keras' rule; `positions` is 0 where a valid window does not fit."""
        if padding == "valid":
            return cls(length, window, stride, 0, 0, max(0, (length - window) // stride + 1))
        positions = -(-length // stride)
        total = max((positions - 1) * stride + window - length, 0)
        return cls(length, window, stride, total // 2, total - total // 2, positions)

    @property
    def padded(self) -> int:
        """Length of the padded axis."""
        return self.length + self.before + self.after

    @property
    def interior(self) -> slice:
        """Where the original axis lies in the padded one."""
        return slice(self.before, self.before + self.length)

    def members(self, offset: int) -> slice:
        """The places in the padded axis that hold member `offset` of every window."""
        return slice(offset, offset + (self.positions - 1) * self.stride + 1, self.stride)


def pair(value: int | Sequence[int], setting: str) -> tuple[int, int]:
    """Height and width from one whole number or two, each at least 1; else `ConfigurationError` names the setting."""
    values = tuple(value) if isinstance(value, Iterable) else (value, value)
    if len(values) != 2 or any(isinstance(v, bool) or not isinstance(v, int | np.integer) or v < 1 for v in values):
        raise ConfigurationError(
            f"The setting {setting} takes one or two whole numbers of at least 1, not {value!r}.", setting
        )
    return int(values[0]), int(values[1])


def check_padding(padding: str) -> str:
    """The padding in lower case; `ConfigurationError` when it is neither "valid" nor "same"."""
    if not isinstance(padding, str) or padding.lower() not in PADDINGS:
        raise ConfigurationError(f'The padding has to be "valid" or "same", not {padding!r}.', "padding")
    return padding.lower()
