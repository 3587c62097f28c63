"""Keras' `models`: networks of layers, and networks read from files."""

import json
import os
from collections.abc import Mapping
from typing import Any

from engine.core.defaults import network_seed
from engine.errors import ConfigurationError
from engine.layer_support.own_classes import own_classes
from engine.sequential.graph import Model
from engine.sequential.saving import described, load_into
from engine.sequential.sequential import Sequential


def load_model(
    filepath: str | os.PathLike[str],
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool = True,
) -> Sequential:
    """The network that `save` wrote, compiled as it was, the optimizer's memory aside.

    Args:
        filepath: of the file, which holds no code.
        custom_objects: classes of one's own that the file names; those that are registered are known.
        compile: whether it is compiled as it was.
        safe_mode: without effect: it is always safe.
    """
    network = load_into(Sequential, filepath, Model.from_description, custom_objects, compile)
    assert isinstance(network, Sequential)
    return network


def clone_model(model: Sequential) -> Sequential:
    """A network of the same layers with weights of its own, drawn anew."""
    shape = model.example_shape if model.built else None
    with own_classes({type(layer).__name__: type(layer) for layer in model.layers if layer.by_call}):
        document = described(model)
        if isinstance(model, Model):
            branched: Sequential = Model.from_description({"name": model.name, **document})
            return branched
        return Sequential.from_config(
            document["layers"], input_shape=shape, name=model.name, seed=network_seed(), dtype=model.dtype
        )


def model_from_json(json_string: str, custom_objects: Mapping[str, Any] | None = None) -> Sequential:
    """The network that `to_json` described, with weights drawn anew; `ConfigurationError` for another text."""
    try:
        given: Any = json.loads(json_string)
        with own_classes(custom_objects):
            if "graph" in given or given["layers"][0]["kind"] == "input_layer":
                branched: Sequential = Model.from_description(given)
                return branched
            return Sequential.from_config(given)
    except (ValueError, TypeError, KeyError) as error:
        raise ConfigurationError("The text describes no network: it is what to_json gave.") from error


def save_model(model: Sequential, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
    """`model.save(filepath)`."""
    model.save(filepath, overwrite)


__all__ = ["Model", "Sequential", "clone_model", "load_model", "model_from_json", "save_model"]
