"""A placeholder for what a layer will give: `layer(placeholder)` wires layers up before there is any data."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from engine.core.parameters import Shape

_NUMBERS = count()


@dataclass(eq=False, slots=True)
class SymbolicTensor:
    """The outputs of a layer, or a network's inputs, known by their shape alone.

    Attributes:
        example_shape: without the batch axis.
        producer: the layer that gives it, or None for an input.
        parents: what the layer takes.
        dtype: name of the float type.
        name: of an input.
    """

    example_shape: Shape
    producer: Any = None
    parents: "tuple[SymbolicTensor, ...]" = ()
    dtype: str = "float32"
    name: str = ""
    number: int = field(default_factory=lambda: next(_NUMBERS))

    @property
    def shape(self) -> tuple[int | None, ...]:
        """With the batch axis, whose length is not known: None."""
        return (None, *self.example_shape)

    @property
    def ndim(self) -> int:
        """How many axes, the batch axis included."""
        return len(self.example_shape) + 1

    def __repr__(self) -> str:
        return f"<SymbolicTensor shape={self.shape}, dtype={self.dtype}>"
