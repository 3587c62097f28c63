"""The fully connected layer."""

from typing import Any, Unpack

import numpy as np

from engine.core.number_check import is_whole_number
from engine.core.parameters import FloatArray, Shape
from engine.errors import ConfigurationError
from engine.layers.activation_choice import ActivationLike
from engine.layers.kernel_layer import KernelLayer, KernelOptions


class Dense(KernelLayer):
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
        use_bias: bool = True,
        **options: Unpack[KernelOptions],
    ) -> None:
        super().__init__(activation, use_bias, **options)
        if not is_whole_number(units, 1):
            raise ConfigurationError(
                f"A dense layer needs a whole number of units, at least 1, not {units!r}.", "units"
            )
        self.units = int(units)
        self._inputs: FloatArray | None = None

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        if not input_shape:
            raise self.refuse_input("(batch, features)")
        self.add_kernel_and_bias((input_shape[-1], self.units), (self.units,), rng)
        return self.build_end((*input_shape[:-1], self.units))

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """One matrix product for the whole batch."""
        rows = inputs.reshape(-1, self.input_shape[-1])
        outputs = self.buffer("outputs", (len(rows), self.units))
        np.matmul(rows, self.parameters[0].value, out=outputs)
        if self.use_bias:
            outputs += self.parameters[1].value
        self._inputs = rows if training else None
        result = outputs.reshape(len(inputs), *self.output_shape)
        return result if self.end is None else self.end.forward(result, training)

    def formula(self, inputs: Any) -> Any:  # noqa: ANN401 — a tensor (batch, …)
        """The outputs by functions that tapes record one by one, for gradients of gradients."""
        outputs = np.matmul(inputs, self.weights[0])
        outputs = outputs + self.weights[1] if self.use_bias else outputs
        return outputs if self.end is None else self.activation(outputs)

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The kernel's and the bias's gradient, then the inputs' where it is needed."""
        inputs = self.recall(self._inputs)
        if self.end is not None:
            output_gradient = self.end.backward(output_gradient)
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

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"units": self.units, **super().config()}
