"""Initializers as Keras spells them: classes, and the same under the names of their kinds."""

from engine.core.initializer_choice import INITIALIZER_CLASSES, Initializer, InitializerObject
from engine.core.initializer_choice import get_initializer as get

KERAS_INITIALIZERS: dict[str, type[InitializerObject]] = {made.__name__: made for made in INITIALIZER_CLASSES.values()}
globals().update(
    KERAS_INITIALIZERS
    | INITIALIZER_CLASSES
    | {"IdentityInitializer": KERAS_INITIALIZERS["Identity"], "OrthogonalInitializer": KERAS_INITIALIZERS["Orthogonal"]}
)

__all__ = [
    "Initializer", "get", *KERAS_INITIALIZERS, *INITIALIZER_CLASSES,
]  # fmt: skip
