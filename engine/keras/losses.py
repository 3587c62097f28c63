"""Keras' `losses`: Losses, as classes and as functions, under all their names."""

from collections.abc import Callable
from typing import Any

from engine.keras.serializing import deserializer, serialize
from engine.losses import FURTHER_LOSSES, LOSS_FUNCTIONS, LOSSES, SHORT_NAMES, make_loss
from engine.losses import Loss as _Loss
from engine.losses import LossByCall as Loss


def get(identifier: Any) -> Any:  # noqa: ANN401 — a name, an object or None
    """The function of this name, as Keras gives it, the loss of a class's name, or an object as it is."""
    if identifier is None or callable(identifier):
        return identifier
    kind = SHORT_NAMES.get(str(identifier).lower(), identifier)
    return LOSS_FUNCTIONS[kind] if kind in LOSS_FUNCTIONS else make_loss(identifier)


KERAS_LOSSES: dict[str, type[_Loss]] = {
    made.__name__: made for made in (LOSSES | FURTHER_LOSSES).values() if made.kind != "open_set_crossentropy"
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {made.kind: LOSS_FUNCTIONS[made.kind] for made in KERAS_LOSSES.values()}
_SHORT = {short: LOSS_FUNCTIONS[kind] for short, kind in SHORT_NAMES.items()}
globals().update(KERAS_LOSSES | _FUNCTIONS | _SHORT | {name.upper(): function for name, function in _SHORT.items()})

deserialize = deserializer(lambda: KERAS_LOSSES | _FUNCTIONS)

__all__ = [
    "Loss", "deserialize", "get", "serialize", *KERAS_LOSSES, *_FUNCTIONS, *_SHORT, *(name.upper() for name in _SHORT),
]  # fmt: skip
