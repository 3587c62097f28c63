"""A layer's weights as people read and write them."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from engine.core.parameters import FloatArray, Parameter, ParameterSpec, Shape
from engine.core.regularizers import L1L2
from engine.core.tensor import as_tensor
from engine.errors import ShapeError
from engine.layer_support.variables import Variable, variable


class NamedWeight:
    """The parameter of a name as an attribute, which a layer of one's own may set to something else."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, layer: Any, kind: type) -> Any:  # noqa: ANN401 — a `Variable`; of the class the descriptor
        return self if layer is None else layer.weight(self.name)


class LayerWeights:
    """The part of a layer that is about its parameters.

    A layer may follow another one, its `source`: the same weights in a second network. Values are pulled before they
    are read and pushed after they were written.
    """

    name: str
    _trainable: bool
    input_shape: Shape
    owner: object | None
    build: Any
    bind: Any
    refuse_call: Any
    release_buffers: Any
    dtype: np.dtype[Any]
    parameters: tuple[Parameter, ...]
    specs: list[ParameterSpec]
    source: Any
    own_penalties: Mapping[str, Any]
    by_call: ClassVar[bool]

    @property
    def trainable(self) -> bool:
        """Whether the optimizer may change the parameters: of a layer that follows another one, what that one says."""
        return self._trainable if self.source is None else self.source.trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)
        if self.source is not None:
            self.source.trainable = value

    def fit_length(self, shape: Shape) -> None:
        """Work on examples of another shape with the same weights: pictures of another size, longer sequences.

        Raises:
            ShapeError: the layer is part of a network, or its weights belong to the shape that it is built for.
        """
        before, parameters = self.input_shape, self.parameters
        refusal = self.refuse_call(shape)
        if self.owner is not None or len(shape) != len(before):
            raise refusal
        self.build(shape, None, self.dtype)
        fits = [spec.shape for spec in self.specs] == [parameter.value.shape for parameter in parameters]
        if not fits:
            self.build(before, None, self.dtype)
        self.bind(parameters)
        self.release_buffers()
        if not fits:
            raise refusal

    def pull(self) -> None:
        """Take over the values of the layer that this one follows, if it follows one."""
        if self.source is not None:
            self.source.pull()
            for own, other in zip(self.parameters, self.source.parameters, strict=False):
                own.value[...] = other.value

    def push(self) -> None:
        """Give the values back to the layer that this one follows."""
        if self.source is not None:
            for own, other in zip(self.parameters, self.source.parameters, strict=False):
                other.value[...] = own.value
            self.source.push()

    @property
    def weights(self) -> list[Variable]:
        """The parameters in Keras' order; empty before the layer is built."""
        first = self
        while first.source is not None:
            first = first.source
        # Those of the layer that this one follows, so that what is written there stays.
        own = zip(first.parameters, self.parameters or first.parameters, strict=False)
        return [variable(there.value, here.name, self.name, here.trainable) for there, here in own]

    @property
    def trainable_weights(self) -> list[Variable]:
        """The parameters that the optimizer changes."""
        trained = [spec.trainable and self.trainable for spec in self.specs]
        return [weight for weight, learns in zip(self.weights, trained, strict=False) if learns]

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The parameters that the optimizer leaves alone."""
        trained = [spec.trainable and self.trainable for spec in self.specs]
        return [weight for weight, learns in zip(self.weights, trained, strict=False) if not learns]

    # Keras' other names of the same lists.
    variables = weights
    trainable_variables = trainable_weights
    non_trainable_variables = non_trainable_weights

    def weight(self, name: str) -> Variable:
        """The parameter of this name; `AttributeError` while there is none, as for any attribute."""
        for weight in self.weights:
            if weight.name == name:
                return weight
        raise AttributeError(f"Layer {self.name!r} has no {name}; a layer gets its weights when it is built.")

    # The weights that multiply the inputs, and those that are added.
    kernel, bias = NamedWeight("kernel"), NamedWeight("bias")

    def get_weights(self) -> list[FloatArray]:
        """Copies of the layer's parameters, of any shape, in Keras' order."""
        if self.source is not None and not self.parameters:
            there: list[FloatArray] = self.source.get_weights()
            return there
        self.pull()
        return [parameter.value.copy() for parameter in self.parameters]

    def set_weights(self, weights: Sequence[ArrayLike]) -> None:
        """Write values of the same shapes in the order of `get_weights`; `ShapeError` leaves the layer as it was."""
        if len(weights) != len(self.parameters):
            raise ShapeError(f"Layer {self.name!r} has {len(self.parameters)} arrays of weights, not {len(weights)}.")
        arrays = [np.asarray(weight, self.dtype) for weight in weights]
        for parameter, array in zip(self.parameters, arrays, strict=True):
            if array.shape != parameter.value.shape:
                raise ShapeError(
                    f"Layer {self.name!r} expects its {parameter.name} in the shape {parameter.value.shape}, "
                    f"not {array.shape}."
                )
        for parameter, array in zip(self.parameters, arrays, strict=True):
            parameter.value[...] = array
        self.push()

    def weight_penalties(self) -> list[Any]:
        """Every penalty on a parameter by itself, recorded where somebody records."""
        found: list[Any] = []
        # Those of the layers within a layer of one's own are told by themselves.
        own_count = len(vars(self).get("_own", ())) if self.by_call else None
        for weight, parameter in list(zip(self.weights, self.parameters, strict=False))[:own_count]:
            own = self.own_penalties.get(parameter.name)
            if own is not None:
                found.append(as_tensor(own(weight)))
            elif parameter.l1 or parameter.l2:
                found.append(as_tensor(L1L2(parameter.l1, parameter.l2)(weight)))
        return found

    def count_params(self) -> int:
        """How many numbers the layer holds, trainable or not."""
        return sum(int(np.prod(spec.shape)) for spec in self.specs)
