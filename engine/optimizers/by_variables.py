"""Steps of an optimizer on single variables, as training loops of one's own take them."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from engine.core.parameters import FloatArray, Shape
from engine.core.tensor import Tensor, as_tensor
from engine.errors import DataError
from engine.optimizers.clipping import clip_by_norm


class StepsByVariables:
    """The part of an optimizer that takes gradients and variables in pairs."""

    clipnorm: float | None
    iterations: Tensor
    shapes: list[Shape]
    slots: dict[str, FloatArray]
    rate: float

    @property
    def variables(self) -> list[Tensor]:
        """Copies of the steps done, the learning rate, and what the rule remembers of each parameter."""
        found = [self.iterations, as_tensor(np.array(self.rate))]
        for slot in self.slots.values():
            stops = np.cumsum([int(np.prod(shape)) for shape in self.shapes])[:-1]
            parts = zip(np.split(slot.copy(), stops), self.shapes, strict=True)
            found += [as_tensor(part.reshape(shape)) for part, shape in parts]
        return found

    def apply(self, values: Any, gradients: Any) -> None:  # noqa: ANN401 — flat vectors, or lists in Keras' order
        """One step on flat vectors (n,); or on lists, of gradients first and then of variables, as in Keras."""
        raise NotImplementedError

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Any]]) -> Any:  # noqa: ANN401
        """One step on variables; those without a gradient stay. Returns the steps done; raises `DataError` for none.

        The variables are the same ones in the same order in each call.
        """
        pairs = [(gradient, variable) for gradient, variable in grads_and_vars if gradient is not None]
        if not pairs:
            raise DataError("There is no gradient to apply: is anything computed from the variables on the tape?")
        self.apply_lists([pair[0] for pair in pairs], [pair[1] for pair in pairs])
        return self.iterations

    def apply_lists(self, gradients: Sequence[Any], variables: Sequence[Any]) -> None:
        """The same with two lists."""
        flat = [
            np.array(gradient, variable.dtype).reshape(-1)
            for gradient, variable in zip(gradients, variables, strict=True)
        ]
        self.shapes = [variable.shape for variable in variables]
        if self.clipnorm is not None:
            for gradient in flat:
                clip_by_norm(gradient, self.clipnorm)
        values = np.concatenate([np.asarray(variable).reshape(-1) for variable in variables])
        self.apply(values, np.concatenate(flat).astype(values.dtype))
        start = 0
        for variable in variables:
            stop = start + variable.size
            variable.assign(values[start:stop].reshape(variable.shape))
            start = stop
