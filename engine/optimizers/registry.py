"""The optimizers by key. A class is imported when it is first asked for."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.core.registry import Registry
from engine.errors import ConfigurationError

if TYPE_CHECKING:
    from engine.optimizers.base import Optimizer

# Each entry makes an optimizer from keyword arguments, of which it knows at least `learning_rate` and `clip_norm`.
OPTIMIZERS: "Registry[Callable[..., Optimizer]]" = Registry(
    "engine.optimizers",
    {
        "gradient_descent": "gradient_descent.GradientDescent",
        "momentum": "gradient_descent.with_momentum",
        "nesterov": "gradient_descent.with_nesterov_momentum",
        "rmsprop": "adaptive.RMSProp",
        "adam": "adaptive.Adam",
        "adamw": "adaptive.AdamW",
        "adagrad": "older_adaptive.Adagrad",
        "adamax": "older_adaptive.Adamax",
        "nadam": "older_adaptive.Nadam",
        "lbfgs": "lbfgs.LBFGS",
    },
)

# Further ones for networks of one's own; presets offer the others.
FURTHER_OPTIMIZERS: "Registry[Callable[..., Optimizer]]" = Registry(
    "engine.optimizers",
    {"adadelta": "further.Adadelta", "ftrl": "further.Ftrl", "lion": "further.Lion"},
)

# The entries whose momentum is a setting.
WITH_MOMENTUM = ("momentum", "nesterov")


def optimizer_named(name: str, **settings: Any) -> "Optimizer":  # noqa: ANN401 — each optimizer has its own settings
    """A new optimizer by its key in `OPTIMIZERS`, or by Keras' name "sgd"; unknown names raise `ConfigurationError`."""
    key = {"sgd": "gradient_descent"}.get(name.lower(), name.lower())
    known = OPTIMIZERS | FURTHER_OPTIMIZERS
    if key not in known:
        raise ConfigurationError(f"There is no optimizer {name!r}; choose one of {', '.join(known)}.", "optimizer")
    return known[key](**settings)
