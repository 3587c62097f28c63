"""The errors of layers that are asked for what they cannot do."""

from engine.core.parameters import FloatArray, Shape
from engine.errors import EngineError, ShapeError
from engine.layer_support.shapes import with_batch


class RefusesCalls:
    """The part of a layer that words these errors."""

    name: str
    input_shape: Shape

    def refuse_call(self, shape: Shape) -> ShapeError:
        """The error for a call with another shape than the one that the layer is built for: raise it."""
        return ShapeError(
            f"Layer {self.name!r} is built for inputs of shape {with_batch(self.input_shape)}, not {with_batch(shape)}."
        )

    def recall(self, remembered: FloatArray | None) -> FloatArray:
        """What `forward` remembered for `backward`, (batch, …); raises `EngineError` when it remembered nothing."""
        if remembered is None:
            raise self.refuse_backward()
        return remembered

    def refuse_backward(self) -> EngineError:
        """The error for a step backward that no step forward went before: raise it."""
        return EngineError(f"Layer {self.name!r} has to run forward with training=True before it runs backward.")

    def refuse_input(self, expected: str) -> ShapeError:
        """The error for an input shape that this layer cannot take: raise it."""
        return ShapeError(
            f"Layer {self.name!r} expects inputs of shape {expected}, not {with_batch(self.input_shape)}."
        )
