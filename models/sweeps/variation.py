"""What a sweep varies: a field and its values, as they are typed."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Final, TypeAlias

import numpy as np

from engine.errors import ConfigurationError
from engine.optimizers import OPTIMIZERS
from engine.optimizers.schedules import SCHEDULES
from engine.training.config import TrainingConfig

Value: TypeAlias = "str | int | float | bool | None"

# What 0,05 and 1,000 leave behind their commas.
_AFTER_COMMA = re.compile(r"0\d+")
_RANGE = re.compile(r"(.+?)\.\.(.+?)[:*](\d+)(log)?")
MOST_VALUES = 1000


@dataclass(frozen=True, slots=True)
class Variation:
    """A field and the values that it takes.

    Attributes:
        field: one of `FIELDS`.
        values: each once, in the order in which they were given.
    """

    field: str
    values: tuple[Value, ...]

    @property
    def is_number(self) -> bool:
        """Whether all values are numbers."""
        return all(isinstance(value, int | float) and not isinstance(value, bool) for value in self.values)

    @property
    def is_logarithmic(self) -> bool:
        """Whether the values are rather powers than steps: an axis for them counts in powers of ten."""
        numbers = [float(value) for value in self.values if isinstance(value, int | float)]
        return self.is_number and min(numbers) > 0 and max(numbers) >= 20 * min(numbers)


def parse_variation(text: str) -> Variation:
    """Read `FIELD=V,V…`, `FIELD=low..high:count` for equal steps, or `FIELD=low..high:countlog` for equal factors.

    Raises:
        ConfigurationError: there is no such field, or it does not take such a value.
    """
    name, sign, values = text.partition("=")
    field = name.strip().replace("-", "_")
    if not sign or not values.strip():
        raise ConfigurationError(
            f"{text!r} does not say what to vary: write FIELD=V,V… or FIELD=low..high:count.", "vary"
        )
    return make_variation(field, values)


def make_variation(field: str, text: str) -> Variation:
    """The values of a field as they are typed, without its name; raises `ConfigurationError` as `parse_variation`."""
    read = FIELDS.get(field)
    if read is None:
        raise ConfigurationError(f"There is no field {field!r} to vary; choose from {', '.join(FIELDS)}.", field)
    found: list[Value] = []
    for part in text.split(","):
        whole = _RANGE.fullmatch(part.strip())
        found += _range(field, *whole.groups()) if whole else [read(field, part.strip())]
    return Variation(field, tuple(dict.fromkeys(found)))


def value_text(value: Value) -> str:
    """A value as it is typed."""
    if value is None:
        return "off"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _range(field: str, low_text: str, high_text: str, count_text: str, scale: str | None) -> list[Value]:
    low, high, count = _number(field, low_text), _number(field, high_text), int(count_text)
    if FIELDS[field] not in (_number, _whole, _optional_number, _optional_whole):
        raise ConfigurationError(f"{field} takes no range: give its values one by one, {field}=V,V….", field)
    if not 2 <= count <= MOST_VALUES:
        raise ConfigurationError(f"A range has from 2 to {MOST_VALUES:,} values, not {count}.", field)
    if scale and not (low > 0 and high > 0):
        raise ConfigurationError(f"A range of {field} in equal factors begins and ends above 0.", field)
    numbers = np.geomspace(low, high, count) if scale else np.linspace(low, high, count)
    # So many digits as anybody would type.
    rounded = [float(f"{number:.4g}") for number in numbers]
    rounded[0], rounded[-1] = low, high
    if FIELDS[field] in (_whole, _optional_whole):
        return [round(number) for number in rounded]
    return list(rounded)


def _number(field: str, text: str) -> float:
    if _AFTER_COMMA.fullmatch(text.strip()):
        raise ConfigurationError(
            f"{field} takes numbers, not {text.strip()!r}: commas stand between values, so write 0.05 or 1000.",
            field,
        )
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ConfigurationError(f"{field} takes numbers, not {text.strip()!r}.", field)
    return number


def _whole(field: str, text: str) -> int:
    number = _number(field, text)
    if number != int(number):
        raise ConfigurationError(f"{field} takes whole numbers, not {text.strip()!r}.", field)
    return int(number)


def _optional_number(field: str, text: str) -> float | None:
    return None if text in ("off", "none") else _number(field, text)


def _optional_whole(field: str, text: str) -> int | None:
    return None if text in ("off", "none") else _whole(field, text)


def _switch(field: str, text: str) -> bool:
    words = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}
    if text.lower() not in words:
        raise ConfigurationError(f"{field} takes yes or no, not {text!r}.", field)
    return words[text.lower()]


def _digits(field: str, text: str) -> str:
    if not re.fullmatch(r"[0-9]-[0-9]", text):
        raise ConfigurationError(f"{field} takes pairs such as 3-8, not {text!r}.", field)
    return text


def _word(_field: str, text: str) -> str:
    return text


def _one_of(names: tuple[str, ...]) -> Callable[[str, str], Value]:
    def read(field: str, text: str) -> Value:
        if text not in names:
            raise ConfigurationError(f"There is no {field} {text!r}; choose from {', '.join(names)}.", field)
        return text

    return read


_READERS: Final[dict[object, Callable[[str, str], Value]]] = {
    float: _number,
    int: _whole,
    bool: _switch,
    float | None: _optional_number,
    int | None: _optional_whole,
}
# How each field reads a value: the training's settings, and what a preset offers beside them.
FIELDS: Final[dict[str, Callable[[str, str], Value]]] = {
    # The user's own networks are known only when they are looked for.
    "preset": _word,
    "digits": _digits,
    "examples": _whole,
    "optimizer": _one_of(tuple(OPTIMIZERS)),
    "schedule": _one_of(tuple(SCHEDULES)),
    "schedule_settings": _word,
    "stopping_settings": _word,
    "metrics": _word,
    **{one.name: _READERS[one.type] for one in fields(TrainingConfig) if one.type in _READERS},
}
