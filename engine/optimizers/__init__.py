"""Optimizers: how gradients become steps. To add one: a class in a file here, and a line in `OPTIMIZERS`."""

from collections.abc import Callable
from functools import partial
from typing import Any

from engine.errors import ConfigurationError
from engine.optimizers.adaptive import Adam, AdamW, RMSProp
from engine.optimizers.base import Optimizer
from engine.optimizers.clipping import clip_by_norm
from engine.optimizers.further import Adadelta, Ftrl, Lion
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

# Further ones for networks of one's own; presets offer the others.
FURTHER_OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {made.kind: made for made in (Adadelta, Ftrl, Lion)}

# The entries whose momentum is a setting.
WITH_MOMENTUM = ("momentum", "nesterov")


def optimizer_named(name: str, **settings: Any) -> Optimizer:  # noqa: ANN401 — each optimizer has its own settings
    """A new optimizer by its key in `OPTIMIZERS`, or by Keras' name "sgd"; unknown names raise `ConfigurationError`."""
    key = {"sgd": "gradient_descent"}.get(name.lower(), name.lower())
    known = OPTIMIZERS | FURTHER_OPTIMIZERS
    if key not in known:
        raise ConfigurationError(f"There is no optimizer {name!r}; choose one of {', '.join(known)}.", "optimizer")
    return known[key](**settings)


__all__ = [
    "FURTHER_OPTIMIZERS",
    "LBFGS",
    "LEARNING_RATES",
    "OPTIMIZERS",
    "SGD",
    "WITH_MOMENTUM",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "GradientDescent",
    "LearningRateSchedule",
    "Lion",
    "Nadam",
    "Optimizer",
    "RMSProp",
    "clip_by_norm",
    "optimizer_named",
]
