"""Keras' `saving`: networks in files, and classes of one's own that files may name."""

from typing import Any

from engine.keras import layers, losses, metrics, models, optimizers, regularizers
from engine.keras.models import load_model, save_model
from engine.keras.serializing import deserializer
from engine.keras.serializing import serialize as serialize_keras_object
from engine.layer_support.own_classes import own_classes, register_class, registered

register_keras_serializable, custom_object_scope, CustomObjectScope = register_class, own_classes, own_classes
deserialize_keras_object = deserializer(
    lambda: {
        name: value
        for module in (metrics, losses, optimizers, regularizers, layers, models)
        for name, value in vars(module).items()
    }
)


def get_registered_object(name: str, custom_objects: Any = None, module_objects: Any = None) -> Any:  # noqa: ANN401
    """What was registered under this name, or None."""
    return {**registered(), **(module_objects or {}), **(custom_objects or {})}.get(name.rsplit(">", 1)[-1])


def get_registered_name(obj: Any) -> str:  # noqa: ANN401 — a class or a function
    """The name under which it was registered, or its own."""
    return next((name for name, made in registered().items() if made is obj), str(obj.__name__))


def get_custom_objects() -> Any:  # noqa: ANN401
    """All that was registered, by name."""
    return registered()


__all__ = [
    "CustomObjectScope", "custom_object_scope", "deserialize_keras_object", "get_custom_objects",
    "get_registered_name", "get_registered_object", "load_model", "register_keras_serializable", "save_model",
    "serialize_keras_object",
]  # fmt: skip
