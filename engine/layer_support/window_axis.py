"""The geometry that convolution and pooling share: where a sliding window stands, and how far the border is padded.

Keras' rules, for one axis of length n, window k and stride s:

* ``valid``: the window stays inside, (n − k) // s + 1 positions, no padding;
* ``same``: ⌈n / s⌉ positions, padded by max((positions − 1)·s + k − n, 0), the smaller half before, the larger after.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.core.number_check import is_whole_number
from engine.core.parameters import Shape
from engine.errors import ConfigurationError
from engine.layer_support.refusals import RefusesCalls

PADDINGS = ("valid", "same")
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class WindowAxis:
    """A window that slides along one axis.

    Attributes:
        length: of the axis, n.
        window: of the window, k.
        stride: step between positions, s.
        before, after: how much the axis is padded.
        positions: how many places the window stands at.
        dilation: distance between elements of a window.
    """

    length: int
    window: int
    stride: int
    before: int
    after: int
    positions: int
    dilation: int = 1

    @classmethod
    def fit(cls, length: int, window: int, stride: int, padding: str, dilation: int = 1) -> "WindowAxis":
        """The window's positions under Keras' rule; `positions` is 0 where a valid window does not fit."""
        span = (window - 1) * dilation + 1
        if padding == "valid":
            return cls(length, window, stride, 0, 0, max(0, (length - span) // stride + 1), dilation)
        positions = -(-length // stride)
        total = max((positions - 1) * stride + span - length, 0)
        return cls(length, window, stride, total // 2, total - total // 2, positions, dilation)

    @property
    def span(self) -> int:
        """How much of the axis a window covers, gaps included."""
        return (self.window - 1) * self.dilation + 1

    @property
    def padded(self) -> int:
        """Length of the padded axis."""
        return self.length + self.before + self.after

    @property
    def interior(self) -> slice:
        """Where the original axis lies in the padded one."""
        return slice(self.before, self.before + self.length)

    def elements(self, offset: int) -> slice:
        """The places in the padded axis that hold element `offset` of every window."""
        offset *= self.dilation
        return slice(offset, offset + (self.positions - 1) * self.stride + 1, self.stride)


def window_axes(
    layer: RefusesCalls, shape: Shape, window: Pair, strides: Pair, padding: str, dilation: Pair = (1, 1)
) -> tuple[WindowAxis, WindowAxis]:
    """Rows and columns of a layer's window over images of shape (height, width, channels).

    Raises:
        ShapeError: these are no images, or they are smaller than the window.
    """
    if len(shape) != 3:
        raise layer.refuse_input("(batch, height, width, channels)")
    rows, columns = map(WindowAxis.fit, shape[:2], window, strides, (padding, padding), dilation)
    if not (rows.positions and columns.positions and shape[2]):
        raise layer.refuse_input(f"(batch, at least {window[0]}, at least {window[1]}, channels)")
    return rows, columns


def pair(value: int | Sequence[int], setting: str) -> Pair:
    """Height and width from one whole number or two, each at least 1; else `ConfigurationError` names the setting."""
    values = tuple(value) if isinstance(value, Iterable) else (value, value)
    if len(values) != 2 or not all(is_whole_number(v, 1) for v in values):
        raise ConfigurationError(
            f"The setting {setting} takes one or two whole numbers of at least 1, not {value!r}.", setting
        )
    return int(values[0]), int(values[1])


def check_padding(padding: str) -> str:
    """The padding in lower case; `ConfigurationError` when it is neither "valid" nor "same"."""
    if not isinstance(padding, str) or padding.lower() not in PADDINGS:
        raise ConfigurationError(f'The padding has to be "valid" or "same", not {padding!r}.', "padding")
    return padding.lower()


def check_data_format(data_format: str | None) -> None:
    """`ConfigurationError` unless images are (height, width, channels)."""
    if data_format not in (None, "channels_last"):
        raise ConfigurationError(
            f"Images are (height, width, channels) here: move the channels to the end instead of "
            f"data_format={data_format!r}.",
            "data_format",
        )
