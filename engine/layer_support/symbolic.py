"""A placeholder for what a layer will give: `layer(placeholder)` wires layers up before there is any data."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, ClassVar

import numpy as np

from engine.core.defaults import floatx
from engine.core.number_check import is_whole_number
from engine.core.parameters import Shape
from engine.core.tensor import TensorShape
from engine.errors import ShapeError

_NUMBERS = count()
# What a network is built for where a length is not known: windows and poolings find room in it.
STAND_IN = 32


@dataclass(eq=False, slots=True)
class SymbolicTensor:
    """The outputs of a layer, or a network's inputs, known by their shape alone.

    Attributes:
        example_shape: without the batch axis.
        producer: the layer that gives it, or None for an input.
        parents: what the layer takes.
        dtype: name of the float type.
        name: of an input.
        training: whether the producer always works as in training or never does; None where it follows the network.
        network: whose outputs these are, where one was called as if it were a layer.
    """

    example_shape: Shape
    producer: Any = None
    parents: "tuple[SymbolicTensor, ...]" = ()
    dtype: str = "float32"
    name: str = ""
    # Axes of an example whose length is not known; the shape has a stand-in there.
    open_axes: tuple[int, ...] = ()
    training: bool | None = None
    network: Any = None
    number: int = field(default_factory=lambda: next(_NUMBERS))
    # Set by `engine.layers.operations`, which knows layers.
    operate: ClassVar[Callable[..., Any]]
    apply: ClassVar[Callable[..., Any]]

    def through(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """What a function of arrays gives for this placeholder and further arguments: a placeholder."""
        return SymbolicTensor.operate(function, self, *args, **kwargs)

    def applied(self, layer: Any, symbols: Any, again: Any) -> Any:  # noqa: ANN401
        """What a layer of one's own gives for placeholders, in the structure in which it gives it."""
        return SymbolicTensor.apply(layer, symbols, again)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **settings: Any) -> Any:  # noqa: ANN401
        """NumPy's operations on placeholders give placeholders."""
        return SymbolicTensor.operate(getattr(ufunc, method), *inputs, **settings)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:  # noqa: ANN401
        """NumPy's functions of placeholders give placeholders."""
        return SymbolicTensor.operate(function, *args, **kwargs)

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401 — as NumPy has it
        """A part of each example; the first index is the batch's."""
        return self.through(lambda values: values[index])

    @property
    def shape(self) -> TensorShape:
        """With the batch axis, whose length is not known: None."""
        sizes = (None if axis in self.open_axes else size for axis, size in enumerate(self.example_shape))
        return TensorShape((None, *sizes))

    @property
    def ndim(self) -> int:
        """How many axes, the batch axis included."""
        return len(self.example_shape) + 1

    def __repr__(self) -> str:
        return f"<SymbolicTensor shape={self.shape}, dtype={self.dtype}>"


def _operators() -> None:
    """Arithmetic on placeholders."""
    names = {
        "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.true_divide, "pow": np.power,
        "matmul": np.matmul,
    }  # fmt: skip
    for name, ufunc in names.items():
        setattr(SymbolicTensor, f"__{name}__", lambda one, other, u=ufunc: SymbolicTensor.operate(u, one, other))
        setattr(SymbolicTensor, f"__r{name}__", lambda one, other, u=ufunc: SymbolicTensor.operate(u, other, one))
    setattr(SymbolicTensor, "__neg__", lambda one: SymbolicTensor.operate(np.negative, one))  # noqa: B010


_operators()


def Input(
    shape: Sequence[int | None] | int | None = None,
    batch_size: int | None = None,
    dtype: str | None = None,
    name: str | None = None,
    *,
    input_shape: Sequence[int | None] | None = None,
    batch_shape: Sequence[int | None] | None = None,
    tensor: SymbolicTensor | None = None,
) -> SymbolicTensor:
    """Declares the shape of a network's inputs, without the batch axis; the first entry of a `Sequential`.

    Args:
        shape: of one example.
        batch_size: without effect: any number of examples is taken.
        dtype: name of the float type.
        name: of the input.
        input_shape: another name for `shape`, as `InputLayer` has it.
        batch_shape: the same with the batch axis in front.
        tensor: a placeholder that is there already, which is given back.

    Raises:
        ShapeError: the shape is none, or given twice.
    """
    if tensor is not None:
        return tensor
    given = input_shape if shape is None else shape
    if batch_shape is not None:
        given = batch_shape[1:]
    if given is None:
        raise ShapeError("An input needs its shape: Input(shape=(…)).")
    sizes = (given,) if isinstance(given, int) else tuple(given)
    if not sizes or not all(size is None or is_whole_number(size, 1) for size in sizes):
        raise ShapeError(f"An input shape is made of whole numbers of at least 1, unlike {sizes}.")
    return SymbolicTensor(
        tuple(STAND_IN if size is None else int(size) for size in sizes),
        dtype=dtype or floatx(),
        name=name or "input",
        open_axes=tuple(axis for axis, size in enumerate(sizes) if size is None),
    )
