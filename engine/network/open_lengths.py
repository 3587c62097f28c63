"""Networks for inputs of any length: built for a stand-in, and for other lengths as data bring them."""

from collections.abc import Sequence
from typing import Any

from engine.core.parameters import Shape
from engine.errors import ShapeError
from engine.layer_support.symbolic import SymbolicTensor


class TakesAnyLength:
    """The part of a stack of layers that is about axes of its inputs whose length was given as None.

    Attributes:
        open_axes: of an example, 0 for its first axis.
        refitting: whether layers are being built anew for another length.
    """

    layers: list[Any]
    example_shape: Shape
    answer_shape: Shape
    open_axes: tuple[int, ...] = ()
    refitting = False
    built: bool
    _build_layer: Any
    _reconnect: Any
    release_buffers: Any

    def declare(self, placeholder: SymbolicTensor) -> Shape:
        """The shape of an `Input`, and which of its axes are open."""
        self.open_axes = placeholder.open_axes
        return placeholder.example_shape

    def fit_length(self, shape: Sequence[int]) -> None:
        """Build anew for examples of this shape, with the same weights, where it differs along open axes alone.

        Raises:
            ShapeError: a layer cannot take such a length.
        """
        if not (self.open_axes and self.built):
            return
        wanted = tuple(int(size) for size in shape)
        if wanted == self.example_shape:
            return
        fixed = [axis for axis in range(len(self.example_shape)) if axis not in self.open_axes]
        if len(wanted) == len(self.example_shape) and all(wanted[axis] == self.example_shape[axis] for axis in fixed):
            before = self.example_shape
            try:
                self.rebuild(wanted)
            except ShapeError:
                self.rebuild(before)
                raise

    def rebuild(self, shape: Shape) -> None:
        """The shapes of all layers for examples of this shape; the weights stay."""
        self.release_buffers()
        self.refitting = True
        try:
            self.example_shape = shape
            for index in range(len(self.layers)):
                shape = self._build_layer(index, shape)
            self.answer_shape = shape
        finally:
            self.refitting = False
        self._reconnect()
