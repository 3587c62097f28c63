"""What layers with a kernel share: bias, initializers, regularizers, and the activation that they end with."""

from collections.abc import Callable
from typing import Any, Unpack

import numpy as np

from engine.core.constraints import get_constraint
from engine.core.initializer_choice import InitializerLike, get_initializer, initializer_config
from engine.core.parameters import Shape
from engine.core.regularizers import RegularizerLike, get_regularizer, is_own, regularizer_config
from engine.layers.activation_choice import (
    ActivationLike,
    activation_config,
    activation_function,
    make_activation,
)
from engine.layers.base import Layer, LayerOptions
from engine.layers.function_activation import OwnActivation


class KernelOptions(LayerOptions, total=False):
    """What every layer with a kernel takes, by keyword, with Keras' defaults; see `KernelLayer`."""

    kernel_initializer: InitializerLike
    bias_initializer: InitializerLike
    kernel_regularizer: RegularizerLike
    bias_regularizer: RegularizerLike
    kernel_constraint: Any
    bias_constraint: Any


class KernelLayer(Layer):
    """Base of the layers that multiply by a kernel, add a bias and apply an activation.

    Args:
        activation: a name, a function, an activation layer, or None.
        use_bias: whether a bias is added.
        kernel_initializer, bias_initializer: how the weights start.
        kernel_regularizer, bias_regularizer: penalties on them, part of the loss.
        kernel_constraint, bias_constraint: what they have to be after each step; see `engine.core.constraints`.

    Raises:
        ConfigurationError: a setting makes no sense, or is not there; the sentence names it.
    """

    kernel_name = "kernel"

    def __init__(
        self,
        activation: ActivationLike,
        use_bias: bool,
        *,
        kernel_initializer: InitializerLike = "glorot_uniform",
        bias_initializer: InitializerLike = "zeros",
        kernel_regularizer: RegularizerLike = None,
        bias_regularizer: RegularizerLike = None,
        kernel_constraint: Any = None,  # noqa: ANN401 — see `get_constraint`
        bias_constraint: Any = None,  # noqa: ANN401
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        # The activation as a layer that works on this layer's outputs; None for none.
        self.end = make_activation(activation)
        self.use_bias = bool(use_bias)
        self.kernel_initializer = get_initializer(kernel_initializer)
        self.bias_initializer = get_initializer(bias_initializer)
        self.kernel_regularizer = get_regularizer(kernel_regularizer)
        self.bias_regularizer = get_regularizer(bias_regularizer)
        penalties = {self.kernel_name: self.kernel_regularizer, "bias": self.bias_regularizer}
        limits = {self.kernel_name: get_constraint(kernel_constraint), "bias": get_constraint(bias_constraint)}
        self.own_penalties = {name: one for name, one in penalties.items() if is_own(one)}
        self.constraints = {name: limit for name, limit in limits.items() if limit is not None}
        functions = [limit for limit in self.constraints.values() if not hasattr(limit, "config")]
        self.holds_function = isinstance(self.end, OwnActivation) or bool(self.own_penalties or functions)

    @property
    def activation(self) -> Callable[..., Any]:
        """The activation as a function, as Keras shows it."""
        return activation_function(self.end)

    def add_kernel_and_bias(self, kernel: Shape, bias: Shape, rng: np.random.Generator | None) -> None:
        """Declare both parameters during `build`."""
        regularizer = self.kernel_regularizer
        self.add_parameter(
            self.kernel_name, kernel, self.kernel_initializer, rng, regularizer=regularizer, regularized=True
        )
        if self.use_bias:
            self.add_parameter("bias", bias, self.bias_initializer, rng, regularizer=self.bias_regularizer)

    def build_end(self, output_shape: Shape) -> Shape:
        """Build the activation, to work in place on this layer's own outputs; gives the shape back."""
        if self.end is not None:
            self.end.build(output_shape, None, self.dtype)
            self.end.works_in_place = True
        return output_shape

    def release_buffers(self) -> None:
        """Forget every buffer and what the activation remembers."""
        super().release_buffers()
        if self.end is not None:
            self.end.release_buffers()

    def config(self) -> dict[str, Any]:
        """The constructor's arguments that all of these layers have."""
        penalties = {"kernel_regularizer": self.kernel_regularizer, "bias_regularizer": self.bias_regularizer}
        return {
            "activation": activation_config(self.end),
            "use_bias": self.use_bias,
            "kernel_initializer": initializer_config(self.kernel_initializer),
            "bias_initializer": initializer_config(self.bias_initializer),
            **{name: regularizer_config(one) for name, one in penalties.items() if one is not None},
            **{
                f"{'bias' if name == 'bias' else 'kernel'}_constraint": one.config() if hasattr(one, "config") else one
                for name, one in self.constraints.items()
            },
            **super().config(),
        }
