"""Optimizers: how gradients become steps. To add one: a class in a file here, and a line in `OPTIMIZERS`."""

from collections.abc import Callable
from functools import partial
from typing import Any

from engine.errors import ConfigurationError
from engine.optimizers.adaptive import Adam, AdamW, RMSProp
from engine.optimizers.base import Optimizer, clip_by_norm
from engine.optimizers.gradient_descent import SGD, GradientDescent
from engine.optimizers.lbfgs import LBFGS
from engine.optimizers.learning_rates import LEARNING_RATES, LearningRateSchedule
from engine.optimizers.older_adaptive import Adagrad, Adamax, Nadam

# Each entry makes an optimizer from keyword arguments, of which it knows at least `learning_rate` and `clip_norm`.
OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {
    "gradient_descent": GradientDescent,
    "momentum": partial(SGD, momentum=0.9),
    "nesterov": partial(SGD, momentum=0.9, nesterov=True),
    "rmsprop": RMSProp,
    "adam": Adam,
    "adamw": AdamW,
    "adagrad": Adagrad,
    "adamax": Adamax,
    "nadam": Nadam,
    "lbfgs": LBFGS,
}

# The entries whose momentum is a setting.
WITH_MOMENTUM = ("momentum", "nesterov")


def optimizer_named(name: str, **settings: Any) -> Optimizer:  # noqa: ANN401 — each optimizer has its own settings
    """A new optimizer by its key in `OPTIMIZERS`, or by Keras' name "sgd"; unknown names raise `ConfigurationError`."""
    key = {"sgd": "gradient_descent"}.get(name.lower(), name.lower())
    if key not in OPTIMIZERS:
        raise ConfigurationError(f"There is no optimizer {name!r}; choose one of {', '.join(OPTIMIZERS)}.", "optimizer")
    return OPTIMIZERS[key](**settings)


__all__ = [
    "LBFGS",
    "LEARNING_RATES",
    "OPTIMIZERS",
    "SGD",
    "WITH_MOMENTUM",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "GradientDescent",
    "LearningRateSchedule",
    "Nadam",
    "Optimizer",
    "RMSProp",
    "clip_by_norm",
    "optimizer_named",
]
