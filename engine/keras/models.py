"""Keras' `models`: networks of layers, and networks read from files."""

import json
import os
from typing import Any

from engine.errors import ConfigurationError
from engine.sequential.graph import Model
from engine.sequential.saving import described, load_into
from engine.sequential.sequential import Sequential


def load_model(
    filepath: str | os.PathLike[str], custom_objects: None = None, compile: bool = True, safe_mode: bool = True
) -> Sequential:
    """The network that `save` wrote, compiled as it was, the optimizer's memory aside.

    The last three are Keras' and without effect: files hold no code.
    """
    network = load_into(Sequential, filepath, Model.from_description)
    assert isinstance(network, Sequential)
    return network


def clone_model(model: Sequential) -> Sequential:
    """A network of the same layers with weights of its own, drawn anew."""
    if getattr(model, "graph", None) is not None:
        return Model.from_description({"name": model.name, **described(model)})
    shape = model.input_shape if model.built else None
    return Sequential.from_config(
        model.config(), input_shape=shape, name=model.name, seed=model.seed, dtype=model.dtype
    )


def model_from_json(json_string: str, custom_objects: None = None) -> Sequential:
    """The network that `to_json` described, with weights drawn anew; `ConfigurationError` for another text."""
    try:
        given: Any = json.loads(json_string)
        if "graph" in given:
            return Model.from_description(given)
        return Sequential.from_config(given["layers"], input_shape=given.get("input_shape"), name=given["name"])
    except (ValueError, TypeError, KeyError) as error:
        raise ConfigurationError("The text describes no network: it is what to_json gave.") from error


def save_model(model: Sequential, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
    """`model.save(filepath)`."""
    model.save(filepath, overwrite)


__all__ = ["Model", "Sequential", "clone_model", "load_model", "model_from_json", "save_model"]
