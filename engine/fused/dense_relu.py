"""The dense layer with its ReLU as one layer that keeps its arrays."""

from dataclasses import dataclass

import numpy as np

from engine.core.parameters import FloatArray
from engine.layers.base import Layer
from engine.layers.dense import Dense

# Up to this many units the outputs are stored unit by unit: sums and maxima over the units of a row, as every loss
# takes them, are then operations on long vectors.
FEW_UNITS = 16
# Batch sizes whose arrays are kept: full batches and the last, smaller one, of training and of validation.
_WORKSPACES = 4


@dataclass(slots=True)
class _Workspace:
    """The arrays for one batch size.

    Attributes:
        outputs: (batch, units), in Fortran's order for few units.
        products: (batch, units) in C's order: the outputs themselves, or what they are copied from.
        active, zeros: (batch, units), where ReLU let pass, and what it compares with; empty without it.
        ones: (batch,).
        input_gradient: (batch, in), or empty when nobody needs it.
    """

    outputs: FloatArray
    products: FloatArray
    active: FloatArray
    zeros: FloatArray
    ones: FloatArray
    input_gradient: FloatArray


class DenseBlock(Layer):
    """relu(inputs · kernel + bias) or, not rectified, inputs · kernel + bias, for inputs (batch, in).

    Args:
        dense: the layer whose parameters are used.
        rectified: whether ReLU follows.
    """

    kind = "dense_block"

    def __init__(self, dense: Dense, rectified: bool) -> None:
        super().__init__(dense.name)
        self.dense = dense
        self.rectified = rectified
        self.input_shape, self.output_shape = dense.input_shape, dense.output_shape
        self.dtype = dense.dtype
        self.needs_input_gradient = dense.needs_input_gradient
        self._transposed = dense.units <= FEW_UNITS
        self._no_bias = np.zeros((dense.units, 1), self.dtype)
        self._workspaces: dict[int, _Workspace] = {}
        self._inputs: FloatArray | None = None

    def _workspace(self, batch: int) -> _Workspace:
        kept = self._workspaces.get(batch)
        if kept is None:
            while len(self._workspaces) >= _WORKSPACES:
                del self._workspaces[next(iter(self._workspaces))]
            shape = (batch, self.dense.units)
            outputs = np.empty(shape, self.dtype, order="F" if self._transposed else "C")
            rectified = outputs if self.rectified else outputs[:0]
            kept = self._workspaces[batch] = _Workspace(
                outputs,
                np.empty(shape, self.dtype) if self._transposed else outputs,
                np.empty_like(rectified, np.bool_),
                np.zeros_like(rectified),
                np.ones(batch, self.dtype),
                np.empty((batch, *self.input_shape) if self.needs_input_gradient else 0, self.dtype),
            )
        return kept

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The outputs, (batch, units)."""
        workspace = self._workspace(len(inputs))
        outputs = workspace.outputs
        parameters = self.dense.parameters
        np.dot(inputs, parameters[0].value, out=workspace.products)
        if self._transposed:
            # Adding the bias turns the array round on the way.
            bias = parameters[1].value[:, np.newaxis] if self.dense.use_bias else self._no_bias
            np.add(workspace.products.T, bias, out=outputs.T)
        elif self.dense.use_bias:
            # Of the shape of a single example's outputs: NumPy is quicker with equal ones.
            np.add(outputs, parameters[1].value[np.newaxis], out=outputs)
        if self.rectified:
            # Zeros, not the number 0: NumPy's loop over two arrays is vectorized, and one of equal shapes is one loop.
            np.maximum(outputs, workspace.zeros, out=outputs)
        self._inputs = inputs if training else None
        return outputs

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The kernel's and the bias's gradient, then the inputs' where it is needed."""
        inputs = self.recall(self._inputs)
        workspace = self._workspace(len(inputs))
        parameters = self.dense.parameters
        if self.rectified:
            np.greater(workspace.outputs, 0, out=workspace.active)
            np.multiply(output_gradient, workspace.active, out=output_gradient)
        np.dot(inputs.T, output_gradient, out=parameters[0].gradient)
        if self.dense.use_bias:
            np.dot(workspace.ones, output_gradient, out=parameters[1].gradient)
        if not self.needs_input_gradient:
            return self.no_gradient()
        np.dot(output_gradient, parameters[0].value.T, out=workspace.input_gradient)
        return workspace.input_gradient

    def release_buffers(self) -> None:
        """Forget every array."""
        super().release_buffers()
        self._workspaces.clear()
        self._inputs = None
