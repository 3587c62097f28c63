"""The fully connected layer."""

from typing import Any

import numpy as np

from engine.core.initializers import get_initializer
from engine.core.parameters import FloatArray, Shape
from engine.errors import ConfigurationError
from engine.layers.activation import ActivationLike, activation_config, make_activation
from engine.layers.base import Layer


class Dense(Layer):
    """outputs = activation(inputs · kernel + bias), on the last axis.

    Shapes: inputs (batch, …, in), kernel (in, units), bias (units,), outputs (batch, …, units). With z the sum
    before the activation and G = ∂L/∂z as matrices of one row an example:
    ∂L/∂kernel = inputsᵀ·G, ∂L/∂bias = Σ rows of G, ∂L/∂inputs = G·kernelᵀ.

    I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", 2016, chapter 6.
    """

    kind = "dense"

    def __init__(
        self,
        units: int,
        activation: ActivationLike = None,
        *,
        use_bias: bool = True,
        kernel_initializer: str = "glorot_uniform",
        bias_initializer: str = "zeros",
        name: str = "",
    ) -> None:
        super().__init__(name)
        if isinstance(units, bool) or not isinstance(units, int | np.integer) or units < 1:
            raise ConfigurationError(
                f"A dense layer needs a whole number of units, at least 1, not {units!r}.", "units"
            )
        self.units = int(units)
        self.activation = make_activation(activation)
        self.use_bias = bool(use_bias)
        self.kernel_initializer = kernel_initializer
        self.bias_initializer = bias_initializer
        get_initializer(kernel_initializer)
        get_initializer(bias_initializer)
        self._inputs: FloatArray | None = None

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        if not input_shape:
            raise self.refuse_input("(batch, features)")
        shape = (input_shape[-1], self.units)
        self.add_parameter("kernel", shape, self.kernel_initializer, rng, regularized=True)
        if self.use_bias:
            self.add_parameter("bias", (self.units,), self.bias_initializer, rng)
        output_shape = (*input_shape[:-1], self.units)
        self.build_activation(self.activation, output_shape)
        return output_shape

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """One matrix product for the whole batch."""
        rows = inputs.reshape(-1, self.input_shape[-1])
        outputs = self.buffer("outputs", (len(rows), self.units))
        np.matmul(rows, self.parameters[0].value, out=outputs)
        if self.use_bias:
            outputs += self.parameters[1].value
        self._inputs = rows if training else None
        result = outputs.reshape(len(inputs), *self.output_shape)
        return result if self.activation is None else self.activation.forward(result, training)

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The kernel's and the bias's gradient, then the inputs' where it is needed."""
        inputs = self.recall(self._inputs)
        if self.activation is not None:
            output_gradient = self.activation.backward(output_gradient)
        gradient = output_gradient.reshape(len(inputs), self.units)
        np.matmul(inputs.T, gradient, out=self.parameters[0].gradient)
        if self.use_bias:
            gradient.sum(axis=0, out=self.parameters[1].gradient)
        if not self.needs_input_gradient:
            return self.no_gradient()
        input_gradient = self.buffer("input_gradient", inputs.shape)
        np.matmul(gradient, self.parameters[0].value.T, out=input_gradient)
        return input_gradient.reshape(-1, *self.input_shape)

    def release_buffers(self) -> None:
        """Forget every buffer and the remembered inputs."""
        super().release_buffers()
        self._inputs = None
        if self.activation is not None:
            self.activation.release_buffers()

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            "units": self.units,
            "activation": activation_config(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": self.kernel_initializer,
            "bias_initializer": self.bias_initializer,
            "name": self.name,
        }
