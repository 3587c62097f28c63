"""Keras' `metrics`: Metrics, as classes and as functions, under all their names."""

from collections.abc import Callable
from typing import Any

from engine.errors import ConfigurationError
from engine.evaluation.metric_choice import METRIC_CLASSES, METRIC_FUNCTIONS
from engine.evaluation.metric_objects import MeanMetricWrapper, Metric
from engine.keras.serializing import deserializer, serialize
from engine.losses import SHORT_NAMES


def get(identifier: Any) -> Any:  # noqa: ANN401 — a name or an object
    """The metric of this name, as an object, or a function where Keras has one; functions and objects themselves.

    Raises:
        ConfigurationError: there is no such metric.
    """
    if callable(identifier) or isinstance(identifier, Metric):
        return identifier
    name = SHORT_NAMES.get(str(identifier), str(identifier))
    if name in METRIC_FUNCTIONS or name in METRIC_CLASSES:
        return METRIC_FUNCTIONS.get(name) or METRIC_CLASSES[name]()
    raise ConfigurationError(f"There is no metric {identifier!r}.", "metrics")


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: function for name, function in METRIC_FUNCTIONS.items() if name != "open_set_crossentropy"
}
_SHORT = {short: METRIC_FUNCTIONS[kind] for short, kind in SHORT_NAMES.items()}
globals().update(METRIC_CLASSES | _FUNCTIONS | _SHORT | {name.upper(): function for name, function in _SHORT.items()})

deserialize = deserializer(lambda: METRIC_CLASSES | _FUNCTIONS)

__all__ = [
    "MeanMetricWrapper", "Metric", "deserialize", "get", "serialize", *METRIC_CLASSES, *_FUNCTIONS, *_SHORT,
    *map(str.upper, _SHORT),
]  # fmt: skip
