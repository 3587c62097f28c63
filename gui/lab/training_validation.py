"""Turns what stands in the form into settings, and refusals into sentences that fit below a field."""

from collections.abc import MutableMapping
from typing import Any

from engine.errors import ConfigurationError
from engine.training.config import TrainingConfig


def checked_config(
    values: MutableMapping[str, Any], messages: MutableMapping[str, str], defaults: TrainingConfig
) -> TrainingConfig:
    """Settings from the values.

    A value that is refused puts its sentence into `messages` and is replaced by the one in `defaults`, so that all
    wrong values are found at once.
    """
    while True:
        try:
            return TrainingConfig(**values)
        except ConfigurationError as error:
            if error.field not in values or values[error.field] == getattr(defaults, error.field):
                raise
            values[error.field] = getattr(defaults, error.field)
            messages[error.field] = rule_of(str(error))


def rule_of(message: str) -> str:
    """The rule alone: "Must be at least 1." from "Batch size must be at least 1, not 0.".

    The field's name stands above the sentence, and the value in the field.
    """
    start = message.find(" must ")
    if start < 0:
        return message
    rule = message[start + 1 :].rpartition(", not ")[0] or message[start + 1 :].rstrip(".")
    return f"{rule[:1].upper()}{rule[1:]}."
