"""Functions as layers: `Lambda`, arithmetic on placeholders, and the parts of what a layer with several outputs gives.

Inputs and outputs are (batch, …).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Unpack

import numpy as np

from engine.core.defaults import floatx
from engine.core.parameters import FloatArray, Shape
from engine.errors import ConfigurationError, ShapeError
from engine.layer_support.structures import Rebuild
from engine.layer_support.symbolic import SymbolicTensor
from engine.layers.base import Layer, LayerOptions
from engine.layers.merging import Add, Maximum, Minimum, Multiply, Subtract


class Lambda(Layer):
    """A function of arrays as a layer; it may use NumPy, `keras.ops` and `tf`.

    Args:
        function: takes the inputs (batch, …).
        output_shape, mask: Keras' and without effect: the shape is found by a call.
        arguments: further keyword arguments of the function.
    """

    kind = "lambda"

    def __init__(
        self,
        function: Callable[..., Any],
        output_shape: Any = None,  # noqa: ANN401
        mask: Any = None,  # noqa: ANN401
        arguments: Mapping[str, Any] | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        if not callable(function):
            raise ConfigurationError(f"Lambda takes a function, not {function!r}.", "function")
        self.function, self.arguments = function, dict(arguments or {})

    def call(self, inputs: Any) -> Any:  # noqa: ANN401
        """The function's result."""
        return self.function(inputs, **self.arguments)


class Operation(Layer):
    """One operation on placeholders, with whatever constants it takes."""

    kind = "operation"

    def __init__(self, function: Callable[..., Any], **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        self.function = function
        self.name = getattr(function, "__name__", self.kind).strip("<>")

    def call(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """The operation's result."""
        return self.function(*args, **kwargs)

    def as_input(self, leaf: Any) -> Any:  # noqa: ANN401
        """Constants stay what they are."""
        return leaf


class Part(Layer):
    """Some of the numbers of each example, in a shape of their own.

    Args:
        start: the first of them.
        shape: of the outputs, without the batch axis.
    """

    kind = "part"

    def __init__(self, start: int, shape: Sequence[int], **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        self.start, self.shape = int(start), tuple(int(size) for size in shape)

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        if len(input_shape) != 1:
            raise self.refuse_input("(batch, numbers)")
        return self.shape

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The part."""
        part = inputs[:, self.start : self.start + int(np.prod(self.shape))]
        return part.reshape(len(inputs), *self.shape)

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The gradient, zero for the other numbers."""
        gradient = np.zeros((len(output_gradient), *self.input_shape), self.dtype)
        flat = output_gradient.reshape(len(output_gradient), -1)
        gradient[:, self.start : self.start + flat.shape[1]] = flat
        return gradient

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"start": self.start, "shape": list(self.shape), **super().config()}


class InputLayer(Layer):
    """Declares the shape of a network's inputs; in a `Model` it is the first layer and gives what it takes.

    Args:
        shape: of one example; `input_shape` is another name for it.
        batch_size, dtype: Keras' and without effect.

    Raises:
        ShapeError: there is no shape.
    """

    kind = "input_layer"

    def __init__(
        self,
        shape: Sequence[int | None] | int | None = None,
        batch_size: int | None = None,
        dtype: Any = None,  # noqa: ANN401
        name: str | None = None,
        *,
        input_shape: Sequence[int | None] | int | None = None,
        trainable: bool = True,
    ) -> None:
        given = input_shape if shape is None else shape
        if given is None:
            raise ShapeError("An input needs its shape: InputLayer(shape=(…)).")
        super().__init__(name, input_shape=(given,) if isinstance(given, int) else given)

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        return input_shape

    def forward(self, inputs: FloatArray, training: bool = False) -> FloatArray:
        """The inputs."""
        return inputs

    def backward(self, output_gradient: FloatArray) -> FloatArray:
        """The gradient."""
        return output_gradient

    def config(self) -> dict[str, Any]:
        """The shape."""
        return {"shape": list(self.declared_shape or ()), "name": self.name}


_MERGING: dict[Any, Any] = {
    np.add: Add, np.subtract: Subtract, np.multiply: Multiply, np.maximum: Maximum, np.minimum: Minimum,
}  # fmt: skip


def operate(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 — placeholders
    """The placeholder of what a function gives for placeholders and constants.

    Of arithmetic between placeholders of one shape the layer that files know.
    """
    ufunc = getattr(function, "__self__", function)
    made = _MERGING.get(ufunc) if isinstance(ufunc, np.ufunc) and not kwargs else None
    shapes = {(arg.example_shape, arg.open_axes) if isinstance(arg, SymbolicTensor) else None for arg in args}
    if made is not None and len(shapes) == 1:
        return made()(list(args))
    return Operation(function)(*args, **kwargs)


def apply(layer: Any, symbols: Sequence[SymbolicTensor], again: Rebuild) -> Any:  # noqa: ANN401 — placeholders
    """What a layer of one's own gives for placeholders."""
    shapes = [symbol.example_shape for symbol in symbols]
    if not layer.built:
        layer.prepare([np.zeros((2, *shape), floatx()) for shape in shapes], again)
        layer.build(shapes[0], None, floatx())
    whole = SymbolicTensor(layer.output_shape, layer, tuple(symbols), floatx())
    if len(layer.output_shapes) == 1:
        return layer.outputs_again([whole])
    parts, start = [], 0
    for shape in layer.output_shapes:
        parts.append(Part(start, shape)(whole))
        start += int(np.prod(shape))
    return layer.outputs_again(parts)


SymbolicTensor.operate, SymbolicTensor.apply = staticmethod(operate), staticmethod(apply)
