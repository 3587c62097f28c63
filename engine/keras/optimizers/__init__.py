"""Optimizers as Keras spells them; `schedules` are learning rates that change with the steps."""

from typing import Any

from engine.keras.optimizers import schedules
from engine.keras.serializing import deserializer, serialize
from engine.optimizers import SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, Ftrl, Lion, Nadam, Optimizer, optimizer_named
from engine.optimizers import RMSProp as RMSprop


def get(identifier: Any) -> Any:  # noqa: ANN401 — a name or an optimizer
    """The optimizer of this name, or an optimizer as it is."""
    return identifier if isinstance(identifier, Optimizer) else optimizer_named(identifier)


_CLASSES = {made.__name__: made for made in (SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, Ftrl, Lion, Nadam)} | {
    "RMSprop": RMSprop,
    "RMSProp": RMSprop,
}
deserialize = deserializer(lambda: _CLASSES)

__all__ = [
    "SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "Ftrl", "Lion", "Nadam", "Optimizer", "RMSprop",
    "deserialize", "get", "schedules", "serialize",
]  # fmt: skip
