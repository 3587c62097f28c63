"""Which activation is meant by a name, a function, a layer or its configuration; and `Activation`, a layer for it."""

from collections.abc import Callable, Mapping
from typing import Any, Unpack

import numpy as np

from engine.core import activations
from engine.core.parameters import FloatArray, Shape
from engine.errors import ConfigurationError
from engine.layers.activation import ActivationLayer, LeakyReLU, Linear
from engine.layers.base import Layer, LayerOptions
from engine.layers.function_activation import OwnActivation
from engine.layers.registry import ACTIVATION_LAYERS

ACTIVATION_FUNCTIONS: dict[str, Callable[..., FloatArray]] = {
    **{kind: function for kind, (function, _) in activations.ACTIVATIONS.items()},
    "softmax": activations.softmax,
}
# Names that `engine.keras.activations` adds: functions whose derivative is recorded.
FURTHER_ACTIVATIONS: dict[str, Callable[..., Any]] = {}
# Functions of `keras.ops` and `tf.nn` that are one of the kinds.
SAME_ACTIVATIONS: dict[Callable[..., Any], str] = {}
_OTHER_NAMES = {"swish": "silu", "hard_swish": "hard_silu"}

# What `Dense(…, activation=…)` takes: a kind, a function of `engine.core.activations`, a layer, a layer's configuration
# with its kind, or nothing.
ActivationLike = str | Callable[..., FloatArray] | ActivationLayer | type[ActivationLayer] | Mapping[str, Any] | None


def make_activation(activation: ActivationLike) -> ActivationLayer | None:
    """The activation that a layer was asked to end with, or None for "linear" and None.

    An activation layer is copied, since each one remembers its own inputs: two layers may be given the same one.
    Raises `ConfigurationError` for an unknown kind or a wrong setting.
    """
    if activation is None or isinstance(activation, Linear):
        return None
    if isinstance(activation, ActivationLayer):
        return type(activation).from_config(activation.config())
    if isinstance(activation, type) and issubclass(activation, ActivationLayer):
        return activation()
    if callable(activation):
        kinds = (kind for kind, function in ACTIVATION_FUNCTIONS.items() if function is activation)
        known = next(kinds, None) or SAME_ACTIVATIONS.get(activation)
        if known is None:
            return OwnActivation(activation)
        activation = known
    if not isinstance(activation, str | Mapping):
        raise ConfigurationError(
            f'An activation is a name such as "relu" or an activation layer, not {activation!r}.', "activation"
        )
    # By its name alone Keras' leaky ReLU has another slope than its layer.
    by_name = {"negative_slope": 0.2} if activation == LeakyReLU.kind else {}
    settings = {"kind": activation, **by_name} if isinstance(activation, str) else dict(activation)
    kind = settings.pop("kind", None)
    kind = _OTHER_NAMES.get(kind, kind) if isinstance(kind, str) else kind
    if kind in FURTHER_ACTIVATIONS and not settings:
        return OwnActivation(FURTHER_ACTIVATIONS[str(kind)])
    if not isinstance(kind, str) or kind not in ACTIVATION_LAYERS:
        raise ConfigurationError(f"Unknown activation {kind!r}; known are {', '.join(ACTIVATION_LAYERS)}.")
    if kind == Linear.kind:
        return None
    try:
        return ACTIVATION_LAYERS[kind](**settings)
    except TypeError:
        raise ConfigurationError(f"Activation {kind!r} does not take the settings {settings}.") from None


def activation_function(activation: ActivationLayer | None) -> Callable[..., Any]:
    """What Keras shows as a layer's `activation`: the function, or the layer where it has settings of its own."""
    if activation is None:
        return activations.linear
    if isinstance(activation, OwnActivation):
        return activation.function
    usual = make_activation(activation.kind)
    same = usual is not None and activation_config(usual) == activation_config(activation)
    return ACTIVATION_FUNCTIONS[activation.kind] if same else activation


def activation_config(activation: ActivationLayer | None) -> str | dict[str, Any] | None:
    """What `make_activation` needs to make it again: its kind, with its settings where it has any."""
    if activation is None:
        return None
    if isinstance(activation, OwnActivation):
        return activation.function  # type: ignore[return-value]
    settings = {key: value for key, value in activation.config().items() if key != "name"}
    return {"kind": activation.kind, **settings} if settings else activation.kind


class Activation(Layer):
    """An activation as a layer of its own, chosen by name or function.

    Args:
        activation: as `Dense` takes it.
    """

    kind = "activation"

    def __init__(self, activation: ActivationLike, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        self.end = make_activation(activation)
        self.holds_function = isinstance(self.end, OwnActivation)

    @property
    def activation(self) -> Callable[..., Any]:
        """The function."""
        return activation_function(self.end)

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        if self.end is not None:
            self.end.build(input_shape, None, self.dtype)
        return input_shape

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The activation of each element."""
        return inputs if self.end is None else self.end.forward(inputs, training)

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The output gradient times the derivative."""
        return output_gradient if self.end is None else self.end.backward(output_gradient)

    def release_buffers(self) -> None:
        """Forget every buffer and the remembered array."""
        super().release_buffers()
        if self.end is not None:
            self.end.release_buffers()

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"activation": activation_config(self.end), **super().config()}
