"""The settings of layers as the editor shows them: what each is called, how it is typed, what it means."""

from dataclasses import dataclass
from typing import Any, Final, Literal

from engine.core.initializers import INITIALIZERS
from engine.layers import ACTIVATION_LAYERS

SettingKind = Literal["whole", "number", "sizes", "switch", "choice", "regularizer"]


@dataclass(frozen=True, slots=True)
class SettingRecord:
    """What a setting is called, how it is edited and what it means.

    Attributes:
        label: what stands above the field.
        kind: how it is edited; "sizes" are whole numbers with × between them, or one for all.
        explanation: what it does, for a person.
        choices: values of a choice.
    """

    label: str
    kind: SettingKind
    explanation: str
    choices: tuple[Any, ...] = ()


_INITIALIZERS: Final = tuple(INITIALIZERS)
_ACTIVATIONS: Final = (None, *(kind for kind in ACTIVATION_LAYERS if kind != "linear"))
_INITIAL: Final = "How the weights start: zeros, or drawn so that signals keep their size (He for ReLU)."
_PENALTY: Final = "A price on these weights that is part of the loss: L1 makes many of them 0, L2 keeps them small."
SETTINGS: Final[dict[str, SettingRecord]] = {
    "units": SettingRecord("Units", "whole", "How many numbers the layer gives."),
    "filters": SettingRecord("Filters", "whole", "How many patterns are looked for, each a channel of the output."),
    "kernel_size": SettingRecord("Kernel size", "sizes", "Height × width of a filter in pixels."),
    "pool_size": SettingRecord("Window", "sizes", "Height × width of a window in pixels."),
    "strides": SettingRecord("Strides", "sizes", "How far a window moves at a time; empty for its own size."),
    "padding": SettingRecord(
        "Padding", "choice", "same: zeros around the image keep its size. valid: whole windows only.", ("valid", "same")
    ),
    "dilation_rate": SettingRecord("Dilation", "sizes", "Distance between the pixels that a filter looks at."),
    "depth_multiplier": SettingRecord("Filters a channel", "whole", "How many filters each channel has."),
    "activation": SettingRecord(
        "Activation", "choice", "The function that bends: without one, two layers are no more than one.", _ACTIVATIONS
    ),
    "use_bias": SettingRecord("Bias", "switch", "Whether a learned number is added to each sum."),
    "kernel_initializer": SettingRecord("Initializer", "choice", _INITIAL, _INITIALIZERS),
    "depthwise_initializer": SettingRecord("Initializer", "choice", _INITIAL, _INITIALIZERS),
    "bias_initializer": SettingRecord("Bias initializer", "choice", "How the biases start.", _INITIALIZERS),
    "kernel_regularizer": SettingRecord("Regularizer", "regularizer", _PENALTY),
    "depthwise_regularizer": SettingRecord("Regularizer", "regularizer", _PENALTY),
    "bias_regularizer": SettingRecord("Bias regularizer", "regularizer", _PENALTY),
    "rate": SettingRecord("Rate", "number", "The part that is set to 0, from 0 to less than 1."),
    "stddev": SettingRecord("Deviation", "number", "How strong the noise is."),
    "momentum": SettingRecord("Momentum", "number", "How slowly the moving averages follow, from 0 to less than 1."),
    "epsilon": SettingRecord("Epsilon", "number", "A small number that keeps the quotient finite."),
    "center": SettingRecord("Learned shift", "switch", "Whether a learned number is added."),
    "scale": SettingRecord("Scale", "switch", "Whether a learned factor multiplies."),
    "offset": SettingRecord("Offset", "number", "What is added."),
    "size": SettingRecord("Times", "sizes", "How often each row × column is repeated."),
    "target_shape": SettingRecord("Shape", "sizes", "The new shape; −1 once, for what is left."),
    "dims": SettingRecord("Order of axes", "sizes", "The axes in their new order, the first one is 1."),
    "n": SettingRecord("Times", "whole", "How often the row is repeated."),
}
# Where one name means another thing.
_OF_KIND: Final = {
    ("rescaling", "scale"): SettingRecord("Scale", "number", "What each number is multiplied by."),
    ("zero_padding2d", "padding"): SettingRecord("Border", "sizes", "Rows × columns of zeros at each edge."),
}


def record_of(kind: str, name: str) -> SettingRecord:
    """The record of a setting of a kind of row."""
    return _OF_KIND.get((kind, name)) or SETTINGS[name]
