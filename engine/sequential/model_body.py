"""A network that is a class of one's own: it holds layers as attributes, and `call` says how they belong together."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.core.parameters import Shape
from engine.layers.base import Layer
from engine.layers.by_call_weights import held
from engine.layers.structures import Rebuild, unpack


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
        given = [inputs] if len(self.shapes) == 1 else unpack(inputs, self.shapes)
        return self.network.called(self.again(given), training)

    def __deepcopy__(self, memo: Any) -> "ModelBody":  # noqa: ANN401
        """A copy for another network: the layers are the same ones."""
        twin = ModelBody(self.network, self.shapes, self.again)
        twin.build(self.input_shape, np.random.default_rng(), self.dtype)
        return twin


# What a network holds without owning it.
_NOT_OWN = ("layers", "stages", "history", "optimizer", "loss", "inputs", "outputs", "starts", "ends")


def own_layers(network: Any) -> list[Any]:  # noqa: ANN401 — a network that is a class of one's own
    """The layers and networks among its attributes, in the order in which it got them."""
    return held({name: value for name, value in vars(network).items() if name not in _NOT_OWN and name[0] != "_"})
