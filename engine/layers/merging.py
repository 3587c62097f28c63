"""Layers that bring several branches of a network together. They take lists of arrays.

Each is (batch, …); all have the same shape, for `Concatenate` but along its axis. Others raise `ShapeError`, and
settings that make no sense `ConfigurationError`.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, ClassVar, Self, Unpack

import numpy as np

from engine.core.defaults import floatx
from engine.core.number_check import is_whole_number
from engine.core.parameters import FloatArray, Shape
from engine.core.tensor import as_tensor, remember
from engine.errors import ConfigurationError, EngineError, ShapeError
from engine.layer_support.symbolic import SymbolicTensor
from engine.layers.base import Layer, LayerOptions


class MergeLayer(Layer):
    """Base of the layers with several inputs; a subclass writes `merged_shape`, `merge` and `split`.

    A network with branches runs whole, on one thread, as one whose examples are coupled.
    """

    couples_examples = True
    takes_several = True

    def __init__(self, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        self.input_shapes: tuple[Shape, ...] = ()

    def build_branches(self, shapes: Sequence[Shape]) -> Shape:
        """Fix the shapes of the branches (without the batch axis), return that of the result."""
        if len(shapes) < 2:
            raise ShapeError(f"Layer {self.name!r} brings at least two branches together.")
        self.input_shapes = tuple(tuple(shape) for shape in shapes)
        self.input_shape, self.output_shape = self.input_shapes[0], self.merged_shape()
        return self.output_shape

    def replica(self) -> Self:
        """A layer of the same configuration and shapes."""
        twin = type(self).from_config(self.config())
        twin.build_branches(self.input_shapes)
        return twin

    def merged_shape(self) -> Shape:
        """The shape of the result; `ShapeError` where the branches do not fit each other."""
        if len(set(self.input_shapes)) > 1:
            raise ShapeError(f"Layer {self.name!r} needs branches of one shape, not {list(self.input_shapes)}.")
        return self.input_shapes[0]

    def merge(self, branches: Sequence[FloatArray], training: bool = False) -> FloatArray:
        """The result, a new array."""
        raise NotImplementedError

    def split(self, gradient: FloatArray, branches: Sequence[FloatArray]) -> list[FloatArray]:
        """The gradient at each branch, from the one at the result."""
        raise NotImplementedError

    def _build(self, input_shape: Shape, rng: np.random.Generator | None) -> Shape:
        raise EngineError(f"Layer {self.name!r} brings branches together: call it with a list.")

    def __call__(self, inputs: Any, training: bool | None = None) -> Any:  # noqa: ANN401 — arrays or placeholders
        """The branches brought together: of arrays a new array, of `SymbolicTensor`s another one."""
        branches = list(inputs)
        if all(isinstance(branch, SymbolicTensor) for branch in branches):
            shape = self.build_branches([branch.example_shape for branch in branches])
            return SymbolicTensor(shape, self, tuple(branches), floatx())
        arrays = [np.asarray(branch, self.wanted_dtype or floatx()) for branch in branches]
        self.build_branches([array.shape[1:] for array in arrays])

        def pull(place: int) -> Callable[[Any], Any]:
            return lambda gradient: self.split(np.asarray(gradient), arrays)[place]

        return remember(as_tensor(self.merge(arrays)), [(branch, pull(place)) for place, branch in enumerate(branches)])


class Concatenate(MergeLayer):
    """The branches one after another along an axis, by default the last."""

    kind = "concatenate"

    def __init__(self, axis: int = -1, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        if not is_whole_number(axis) or axis == 0:
            raise ConfigurationError(f"Branches are joined along an axis after the first, not {axis!r}.", "axis")
        self.axis = int(axis)

    def merged_shape(self) -> Shape:
        """Sizes add up along the axis, the others agree."""
        first = self.input_shapes[0]
        place = self.axis - 1 if self.axis > 0 else len(first) + self.axis
        rest = {shape[:place] + shape[place + 1 :] for shape in self.input_shapes}
        if not 0 <= place < len(first) or len(rest) > 1:
            raise ShapeError(
                f"Layer {self.name!r} cannot join {list(self.input_shapes)} along the axis {self.axis}: "
                "the other sizes have to agree."
            )
        return (*first[:place], sum(shape[place] for shape in self.input_shapes), *first[place + 1 :])

    def merge(self, branches: Sequence[FloatArray], training: bool = False) -> FloatArray:
        """One after another."""
        return np.concatenate(branches, axis=self.axis)

    def split(self, gradient: FloatArray, branches: Sequence[FloatArray]) -> list[FloatArray]:
        """Each branch's part."""
        stops = np.cumsum([branch.shape[self.axis] for branch in branches])[:-1]
        return [np.ascontiguousarray(part) for part in np.split(gradient, stops, axis=self.axis)]

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"axis": self.axis, **super().config()}


class Add(MergeLayer):
    """The sum of the branches: the shortcut of residual networks (K. He et al., 2016)."""

    kind = "add"

    def merge(self, branches: Sequence[FloatArray], training: bool = False) -> FloatArray:
        """The sum."""
        merged: FloatArray = np.sum(branches, axis=0)
        return merged

    def split(self, gradient: FloatArray, branches: Sequence[FloatArray]) -> list[FloatArray]:
        """The same gradient for all."""
        return [gradient.copy() for _ in branches]


class Subtract(MergeLayer):
    """The first branch minus the second."""

    kind = "subtract"

    def merged_shape(self) -> Shape:
        """Two branches of one shape."""
        if len(self.input_shapes) != 2:
            raise ShapeError(f"Layer {self.name!r} takes two branches, not {len(self.input_shapes)}.")
        return super().merged_shape()

    def merge(self, branches: Sequence[FloatArray], training: bool = False) -> FloatArray:
        """The difference."""
        return np.subtract(branches[0], branches[1])

    def split(self, gradient: FloatArray, branches: Sequence[FloatArray]) -> list[FloatArray]:
        """The gradient, and the gradient with the other sign."""
        return [gradient.copy(), -gradient]


class Multiply(MergeLayer):
    """The product of the branches, element by element."""

    kind = "multiply"

    def merge(self, branches: Sequence[FloatArray], training: bool = False) -> FloatArray:
        """The product."""
        merged: FloatArray = np.prod(branches, axis=0)
        return merged

    def split(self, gradient: FloatArray, branches: Sequence[FloatArray]) -> list[FloatArray]:
        """The gradient times the other branches."""
        others = [[*branches[:place], *branches[place + 1 :]] for place in range(len(branches))]
        return [reduce(np.multiply, rest, gradient) for rest in others]


class Average(MergeLayer):
    """The mean of the branches."""

    kind = "average"

    def merge(self, branches: Sequence[FloatArray], training: bool = False) -> FloatArray:
        """The mean."""
        merged: FloatArray = np.mean(branches, axis=0)
        return merged

    def split(self, gradient: FloatArray, branches: Sequence[FloatArray]) -> list[FloatArray]:
        """An equal share for each."""
        return [gradient / len(branches) for _ in branches]


class _Extreme(MergeLayer):
    """The largest or smallest of the branches; the gradient goes to the winner, the first of equal ones."""

    choose: ClassVar[Callable[..., Any]]

    def merge(self, branches: Sequence[FloatArray], training: bool = False) -> FloatArray:
        """The winner of each place."""
        stack = np.stack(branches)
        merged: FloatArray = np.take_along_axis(stack, type(self).choose(stack, axis=0)[np.newaxis], axis=0)[0]
        return merged

    def split(self, gradient: FloatArray, branches: Sequence[FloatArray]) -> list[FloatArray]:
        """The gradient where the branch won."""
        winner = type(self).choose(np.stack(branches), axis=0)
        return [gradient * (winner == place) for place in range(len(branches))]


class Maximum(_Extreme):
    """The largest of the branches, element by element."""

    kind = "maximum"
    choose = staticmethod(np.argmax)


class Minimum(_Extreme):
    """The smallest of the branches, element by element."""

    kind = "minimum"
    choose = staticmethod(np.argmin)


class Dot(MergeLayer):
    """Products of two branches, summed along an axis of each: (batch, n) and (batch, n) → (batch, 1).

    Args:
        axes: the axis of both, or of each; the batch axis is 0.
        normalize: whether the vectors along it are made of length 1 first.
    """

    kind = "dot"

    def __init__(self, axes: int | Sequence[int], normalize: bool = False, **options: Unpack[LayerOptions]) -> None:
        super().__init__(**options)
        self.axes, self.normalize = axes if isinstance(axes, int) else tuple(axes), bool(normalize)
        if self.normalize:
            raise ConfigurationError("Put UnitNormalization before Dot: normalize is only False.", "normalize")

    def _spelled(self) -> str:
        """The product in `numpy.einsum`'s letters."""
        first, second = (len(shape) for shape in self.input_shapes)
        left, right = (self.axes, self.axes) if isinstance(self.axes, int) else self.axes
        one = ["a", *"bcdefg"[:first]]
        other = ["a", *"hijklm"[:second]]
        one[left % (first + 1)] = other[right % (second + 1)] = "z"
        return f"{''.join(one)},{''.join(other)}->" + "".join(x for x in [*one, *other[1:]] if x != "z")

    def merged_shape(self) -> Shape:
        """The axes that are left."""
        if len(self.input_shapes) != 2:
            raise ShapeError(f"Layer {self.name!r} takes two branches, not {len(self.input_shapes)}.")
        try:
            made = np.einsum(self._spelled(), *(np.zeros((1, *shape)) for shape in self.input_shapes))
        except ValueError:
            raise ShapeError(f"Layer {self.name!r} cannot multiply {list(self.input_shapes)}.") from None
        return made.shape[1:] or (1,)

    def merge(self, branches: Sequence[FloatArray], training: bool = False) -> FloatArray:
        """The sums of products."""
        made: FloatArray = np.einsum(self._spelled(), *branches)
        return made.reshape(len(branches[0]), *self.output_shape)

    def split(self, gradient: FloatArray, branches: Sequence[FloatArray]) -> list[FloatArray]:
        """The gradient times the other branch."""
        names, output = self._spelled().split("->")
        one, other = names.split(",")
        shaped = gradient.reshape(-1) if output == "a" else gradient
        return [
            np.einsum(f"{output},{other}->{one}", shaped, branches[1]),
            np.einsum(f"{output},{one}->{other}", shaped, branches[0]),
        ]

    def config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"axes": self.axes if isinstance(self.axes, int) else list(self.axes), **super().config()}
