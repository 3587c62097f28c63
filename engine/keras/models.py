"""Keras' `models`: networks of layers, and networks read from files."""

import os
from collections.abc import Sequence

from engine.errors import ConfigurationError
from engine.layers.base import Layer
from engine.layers.symbolic import SymbolicTensor
from engine.sequential.saving import load_into
from engine.sequential.sequential import Sequential


class Model(Sequential):
    """A network given by its input and its output: `Model(inputs, outputs)`, a chain of layers in between.

    Args:
        inputs: what `Input` gave, alone or in a list.
        outputs: what the last layer gave for it.
        name: of the network.
    """

    def __init__(
        self,
        inputs: SymbolicTensor | Sequence[SymbolicTensor] | None = None,
        outputs: SymbolicTensor | Sequence[SymbolicTensor] | None = None,
        name: str | None = None,
        **settings: object,
    ) -> None:
        if inputs is None or outputs is None:
            # Copies of a network are made without them.
            super().__init__(name=name, **settings)  # type: ignore[arg-type]
            return
        start, end = _single(inputs, "inputs"), _single(outputs, "outputs")
        chain: list[Layer] = []
        while end is not start:
            if len(end.parents) != 1:
                raise ConfigurationError("A network is a chain of layers from its input to its output here.", "outputs")
            chain.append(end.producer)
            end = end.parents[0]
        super().__init__([start, *reversed(chain)], name=name or "functional")


def _single(given: SymbolicTensor | Sequence[SymbolicTensor], what: str) -> SymbolicTensor:
    tensors = [given] if isinstance(given, SymbolicTensor) else list(given)
    if len(tensors) != 1 or not isinstance(tensors[0], SymbolicTensor):
        raise ConfigurationError(
            f"A network has one input and one output here: {what} is what Input or a layer gave.", what
        )
    return tensors[0]


def load_model(filepath: str | os.PathLike[str]) -> Sequential:
    """The network that `save` wrote; it has to be compiled again before it is trained further."""
    network = load_into(Sequential, filepath)
    assert isinstance(network, Sequential)
    return network


def clone_model(model: Sequential) -> Sequential:
    """A network of the same layers with weights of its own, drawn anew."""
    shape = model.input_shape if model.built else None
    return Sequential.from_config(
        model.config(), input_shape=shape, name=model.name, seed=model.seed, dtype=model.dtype
    )


__all__ = ["Model", "Sequential", "clone_model", "load_model"]
