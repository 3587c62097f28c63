"""Keras' `models`: networks of layers, and networks read from files."""

import os

from engine.sequential.graph import Model
from engine.sequential.saving import load_into
from engine.sequential.sequential import Sequential


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
