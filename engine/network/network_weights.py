"""A network's weights as people read and write them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from numpy.typing import ArrayLike

from engine.core.parameters import FloatArray, ParameterStore
from engine.errors import ConfigurationError, EngineError, ShapeError
from engine.layer_support.variables import Variable
from engine.layers.base import Layer


class NetworkWeights:
    """The part of a stack of layers that is about its parameters."""

    layers: list[Layer]
    stages: list[Layer]
    store: ParameterStore
    built: bool
    # Networks whose layers are in this one, by name.
    _taken_in: Mapping[str, Any] = MappingProxyType({})

    @property
    def weights(self) -> list[Variable]:
        """The parameters in layer order, trainable and not; reading sees the present values, `assign` writes them."""
        return [weight for layer in self.layers for weight in layer.weights]

    @property
    def trainable_weights(self) -> list[Variable]:
        """The parameters that the optimizer changes."""
        return [weight for layer in self.layers for weight in layer.trainable_weights]

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The parameters that the optimizer leaves alone."""
        return [weight for layer in self.layers for weight in layer.non_trainable_weights]

    variables = weights
    trainable_variables = trainable_weights
    non_trainable_variables = non_trainable_weights

    @property
    def trainable(self) -> bool:
        """Whether any layer may be trained; setting it sets all layers."""
        return any(layer.trainable for layer in self.layers)

    @trainable.setter
    def trainable(self, value: bool) -> None:
        for layer in self.layers:
            inner: Layer | None = layer
            while inner is not None:
                inner.trainable = bool(value)
                inner = inner.source

    def pull(self) -> None:
        """Take over the values of layers that are shared with other networks."""
        for layer in self.layers:
            if layer.source is not None:
                layer.pull()

    def push(self) -> None:
        """Give the values of shared layers back."""
        for layer in self.layers:
            layer.push()

    def get_weights(self) -> list[FloatArray]:
        """Copies of all parameters in layer order; within a layer Keras' order (kernel, bias)."""
        self.require_built()
        self.pull()
        return [parameter.value.copy() for parameter in self.store.parameters]

    def set_weights(self, weights: Sequence[ArrayLike]) -> None:
        """Write arrays of the same shapes and order as `get_weights`; a `ShapeError` leaves the network as it was."""
        self.require_built()
        if len(weights) != len(self.store.parameters):
            raise ShapeError(f"The network has {len(self.store.parameters)} arrays of weights, not {len(weights)}.")
        before = self.store.snapshot()
        try:
            start = 0
            for layer in self.layers:
                stop = start + len(layer.parameters)
                layer.set_weights(weights[start:stop])
                start = stop
        except ShapeError:
            self.store.restore(before)
            raise

    def count_params(self) -> int:
        """How many numbers the network holds, trainable or not."""
        self.require_built()
        return self.store.values.size + self.store.state.size

    def require_built(self) -> None:
        """Raise `EngineError` unless the network is built."""
        if not self.built:
            raise EngineError("The network has to be built first: call build(input_shape).")

    def take_in(self, network: Any) -> Any:  # noqa: ANN401 — another network
        """Remember a network whose layers are used, for `get_layer`, and give it back."""
        self._taken_in = {**self._taken_in, network.name: network}
        return network

    def get_layer(self, name: str | None = None, index: int | None = None) -> Any:  # noqa: ANN401 — a layer or a network
        """The layer of this name, or the network that was taken in; or the layer at this index.

        Raises:
            ConfigurationError: there is none.
        """
        if index is not None:
            if not -len(self.layers) <= index < len(self.layers):
                raise ConfigurationError(f"The network has {len(self.layers)} layers, and none at {index}.")
            return self.layers[index]
        for layer in self.layers:
            if layer.name == name:
                return layer
        if name is not None and name in self._taken_in:
            return self._taken_in[name]
        names = ", ".join(layer.name for layer in self.layers)
        raise ConfigurationError(f"The network has no layer {name!r}; its layers are {names}.")

    def release_buffers(self) -> None:
        """Forget every buffer and everything remembered for `backward`."""
        for layer in (*self.layers, *self.stages):
            layer.release_buffers()
