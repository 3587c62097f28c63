"""All parameters of a network: one flat vector of values, one of gradients.

Every layer's weights are views into the flat vectors, so that a snapshot, a save, an optimizer step or
an L-BFGS step is an operation on one array. The rule that keeps this sound: write *into* a view
(`parameter.value[...] = x`), never rebind it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from engine.errors import ShapeError

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]
Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """What a layer asks the store for.

    Attributes:
        name: "kernel", "bias", "gamma", "moving_mean", …
        shape: shape of the array.
        initial: the values to start from, of that shape.
        regularized: whether L1 and L2 penalties apply (kernels yes, biases no).
        trainable: False for state such as moving averages, which the optimizer never touches.
        frozen: whether a parameter that could be trained is kept as it is; its gradient is computed and not used.
        l1, l2: weights of this parameter's own penalties.
    """

    name: str
    shape: Shape
    initial: FloatArray
    regularized: bool = False
    trainable: bool = True
    frozen: bool = False
    l1: float = 0.0
    l2: float = 0.0

    @property
    def learns(self) -> bool:
        """Whether the optimizer changes it."""
        return self.trainable and not self.frozen

    def without_values(self) -> "ParameterSpec":
        """The same description without the initial values, to keep once they are in a store."""
        return replace(self, initial=np.empty(0))


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named array of a network: `value` and `gradient` are views into the store's flat vectors.

    The gradient of a parameter that is not trained lies outside the flat vectors: of size zero for state, an array of
    its own for a frozen parameter, whose layer computes it all the same.
    """

    name: str
    value: FloatArray
    gradient: FloatArray
    regularized: bool
    trainable: bool
    l1: float = 0.0
    l2: float = 0.0


class ParameterStore:
    """One flat vector of trainable values, one of their gradients, one of state that is not trained.

    Attributes:
        values: shape (trainable,), what the optimizer changes.
        gradients: shape (trainable,), what `backward` fills.
        state: shape (state,), moving averages and the like.
        parameters: the views, in the order in which they were asked for.
    """

    def __init__(self, specs: Sequence[ParameterSpec], dtype: DTypeLike = np.float32) -> None:
        trainable = sum(int(np.prod(spec.shape)) for spec in specs if spec.learns)
        untrained = sum(int(np.prod(spec.shape)) for spec in specs if not spec.learns)
        self._specs = tuple(spec.without_values() for spec in specs)
        self.values: FloatArray = np.zeros(trainable, dtype)
        self.gradients: FloatArray = np.zeros(trainable, dtype)
        self.state: FloatArray = np.zeros(untrained, dtype)
        self.parameters = self._make_views()
        for spec, parameter in zip(specs, self.parameters, strict=True):
            parameter.value[...] = spec.initial

    @property
    def dtype(self) -> np.dtype[Any]:
        """The floating-point type of every array in the store."""
        return self.values.dtype

    def _make_views(self) -> tuple[Parameter, ...]:
        views = []
        trainable = untrained = 0
        for spec in self._specs:
            size = int(np.prod(spec.shape))
            if spec.learns:
                part = slice(trainable, trainable + size)
                value = self.values[part].reshape(spec.shape)
                gradient = self.gradients[part].reshape(spec.shape)
                trainable += size
            else:
                value = self.state[untrained : untrained + size].reshape(spec.shape)
                gradient = np.zeros(spec.shape, self.dtype) if spec.frozen else self.gradients[:0]
                untrained += size
            views.append(Parameter(spec.name, value, gradient, spec.regularized, spec.learns, spec.l1, spec.l2))
        return tuple(views)

    def adopt(self, values: FloatArray, state: FloatArray, gradients: FloatArray) -> None:
        """Use these arrays, with what they hold, in place of the present ones; layers have to be bound anew."""
        self.values, self.state, self.gradients = values, state, gradients
        self.parameters = self._make_views()

    def share(self) -> "ParameterStore":
        """A store over the same values and state that owns its gradients: what a training replica needs."""
        twin = object.__new__(ParameterStore)
        twin._specs = self._specs
        twin.values, twin.gradients, twin.state = self.values, np.zeros_like(self.gradients), self.state
        twin.parameters = twin._make_views()
        return twin

    def snapshot(self) -> FloatArray:
        """A read-only copy of all values and all state, safe to hand to another thread."""
        copy = np.concatenate([self.values, self.state])
        copy.flags.writeable = False
        return copy

    def restore(self, snapshot: FloatArray) -> None:
        """Write a snapshot back into the values and the state; a wrong length raises `ShapeError`."""
        expected = self.values.size + self.state.size
        if snapshot.shape != (expected,):
            raise ShapeError(f"A snapshot of this network has shape ({expected},), not {snapshot.shape}.")
        self.values[...] = snapshot[: self.values.size]
        self.state[...] = snapshot[self.values.size :]
