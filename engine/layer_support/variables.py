"""A layer's weights as Keras shows them: arrays that know their name and take `assign`."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from engine.core.parameters import FloatArray
from engine.core.tensor import Tensor
from engine.errors import ShapeError


class Variable(Tensor):
    """A view of a parameter: reading sees the present values, `assign` writes them.

    Attributes:
        name: "kernel", "bias", …
        path: layer and name, "dense/kernel".
        trainable: whether the optimizer changes it.
    """

    is_variable = True
    name: str
    path: str
    trainable: bool

    def __array_finalize__(self, other: Any) -> None:  # noqa: ANN401 — NumPy's hook
        """Views inherit the names."""
        super().__array_finalize__(other)
        self.name = getattr(other, "name", "")
        self.path = getattr(other, "path", "")
        self.trainable = getattr(other, "trainable", False)

    def numpy(self) -> Any:  # noqa: ANN401 — an array, or one number
        """A copy of the present values: later training does not change it."""
        return np.array(self)[()]

    def read_value(self) -> Tensor:
        """A copy of the present values."""
        return self.value

    @property
    def value(self) -> Tensor:
        """A copy of the present values."""
        return np.array(self).view(Tensor)

    def assign(self, values: ArrayLike) -> "Variable":
        """Write values of the same shape; `ShapeError` for another one."""
        array = np.asarray(values)
        if array.shape != self.shape:
            raise ShapeError(f"The variable {self.path!r} has the shape {self.shape}, not {array.shape}.")
        self.view(np.ndarray)[...] = array
        return self

    def assign_add(self, values: ArrayLike) -> "Variable":
        """Add values of the same shape."""
        return self.assign(np.asarray(self) + values)

    def assign_sub(self, values: ArrayLike) -> "Variable":
        """Subtract values of the same shape."""
        return self.assign(np.asarray(self) - values)


def variable(values: FloatArray, name: str, layer: str = "", trainable: bool = True) -> Variable:
    """A view of a parameter's values, of any shape."""
    view = values.view(Variable)
    view.name, view.path, view.trainable = name, f"{layer}/{name}" if layer else name, trainable
    return view
