"""A network that is a class of one's own: it holds layers as attributes, and `call` says how they belong together."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.core.parameters import Shape
from engine.layer_support.added_losses import note
from engine.layer_support.by_call_weights import held
from engine.layer_support.structures import Rebuild, unpack
from engine.layer_support.variables import Variable
from engine.layers.base import Layer


class HoldsNetworks:
    """The part of a `Model` that is about the layers and networks that a class of one's own holds as attributes.

    Attributes:
        added: what the last call added to the loss.
    """

    layers: list[Layer]
    by_call: bool
    added: list[Any]
    adds_losses: bool

    @property
    def weights(self) -> list[Variable]:
        """The parameters in layer order; of a class that holds networks and has no `call`, theirs."""
        return [weight for part in self._holders() for weight in part.weights]

    @property
    def trainable_weights(self) -> list[Variable]:
        """Those that the optimizer changes."""
        return [weight for part in self._holders() for weight in part.trainable_weights]

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """Those that it leaves alone."""
        return [weight for part in self._holders() for weight in part.non_trainable_weights]

    variables, trainable_variables, non_trainable_variables = weights, trainable_weights, non_trainable_weights

    def _holders(self) -> list[Any]:
        return self.layers or own_layers(self)

    def add_loss(self, loss: Any) -> None:  # noqa: ANN401 — a number, or several
        """Add numbers to the loss of the batch, from within `call`."""
        self.adds_losses = True
        for one in loss if isinstance(loss, list | tuple) else [loss]:
            self.added.append(note(one))

    @property
    def losses(self) -> list[Any]:
        """The penalties on single parameters, and what the last call added."""
        parts = own_layers(self) if self.by_call or not self.layers else self.layers
        return [*(penalty for part in parts for penalty in part.losses), *self.added]


class ModelBody(Layer):
    """The one layer of such a network: it runs the network's `call`.

    Args:
        network: whose `call` it is.
        shapes: of the inputs, without the batch axis; several come side by side as rows (batch, numbers).
        again: puts them into the structure in which `call` takes them.
    """

    kind = "model_body"

    def __init__(self, network: Any, shapes: Sequence[Shape], again: Rebuild) -> None:  # noqa: ANN401
        super().__init__(name=network.name)
        self.network, self.shapes, self.again = network, tuple(shapes), again

    def parts(self) -> list[Any]:
        """The layers that the network holds."""
        return own_layers(self.network)

    def call(self, inputs: Any, training: bool = False) -> Any:  # noqa: ANN401 — tensors
        """What the network's `call` gives."""
        # Losses that the network adds are this layer's, as far as training is concerned.
        self.adds_losses = self.adds_losses or "add_loss" in self.network.call.__code__.co_names
        given = [inputs] if len(self.shapes) == 1 else unpack(inputs, self.shapes)
        return self.network.called(self.again(given), training)

    def __deepcopy__(self, memo: Any) -> "ModelBody":  # noqa: ANN401
        """A copy for another network: the layers are the same ones."""
        twin = ModelBody(self.network, self.shapes, self.again)
        twin.build(self.input_shape, np.random.default_rng(), self.dtype)
        return twin


class NetworkAsLayer(Layer):
    """A network of one's own within another one, where it is called with placeholders.

    Args:
        network: whose `call` it is; the weights stay its own.
    """

    kind = "network_as_layer"

    def __init__(self, network: Any) -> None:  # noqa: ANN401
        super().__init__(name=network.name)
        self.network = network

    def parts(self) -> list[Any]:
        """The layers that the network holds."""
        return own_layers(self.network)

    def call(self, inputs: Any, training: bool = False) -> Any:  # noqa: ANN401 — tensors
        """What the network's `call` gives."""
        return self.network.called(inputs, training)


# What a network holds without owning it.
_NOT_OWN = ("layers", "stages", "history", "optimizer", "loss", "inputs", "outputs", "starts", "ends", "added")


def own_layers(network: Any) -> list[Any]:  # noqa: ANN401 — a network that is a class of one's own
    """The layers and networks among its attributes, in the order in which it got them."""
    return held({name: value for name, value in vars(network).items() if name not in _NOT_OWN and name[0] != "_"})
