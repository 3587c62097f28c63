"""The settings of a class as text, "factor=0.5 patience=3", and as a form: its constructor says which there are."""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from engine.errors import ConfigurationError

# Not a setting that a person chooses.
_LEFT_OUT = ("self", "name", "initial_learning_rate", "verbose")


SettingValue: TypeAlias = "float | int | bool | str | tuple[float, ...]"


@dataclass(frozen=True, slots=True)
class ClassSetting:
    """An argument of a constructor.

    Attributes:
        name: of the argument.
        usual: what it is where nothing is said, () for a list of numbers; None also where it has to be said.
    """

    name: str
    usual: "SettingValue | None"

    @property
    def label(self) -> str:
        """Such as "Warm up"."""
        return self.name.replace("_", " ").capitalize()


def settings_of(made: Callable[..., Any], usual: Mapping[str, Any] | None = None) -> tuple[ClassSetting, ...]:
    """What a class, or whatever makes its objects, can be told; `usual` values come before its own."""
    found = []
    for name, parameter in inspect.signature(made).parameters.items():
        value = (usual or {}).get(name, None if parameter.default is parameter.empty else parameter.default)
        if name not in _LEFT_OUT and (value is None or isinstance(value, int | float | str | tuple)):
            found.append(ClassSetting(name, value))
    return tuple(found)


def split_settings(text: str) -> dict[str, str]:
    """What is said of each setting, in text such as 'factor=0.5 filename="my table.csv"'."""
    parts = (part.partition("=") for part in re.findall(r'(?:[^\s"]|"[^"]*"?)+', text))
    return {name: said.replace('"', "") for name, _, said in parts}


def join_settings(said: Mapping[str, str]) -> str:
    """The text that `split_settings` reads; settings of which nothing is said are left out."""
    quoted = {name: f'"{value}"' if " " in value else value for name, value in said.items() if value}
    return " ".join(f"{name}={value}" for name, value in quoted.items())


def read_settings(offered: Sequence[ClassSetting], text: str, field: str) -> dict[str, Any]:
    """What `text` says, by the names of the constructor's arguments.

    Args:
        offered: what there is.
        text: such as "factor=0.5 patience=3"; "" for nothing.
        field: the setting that holds the text, for an error.

    Raises:
        ConfigurationError: a name that the class does not know, or something that is no number.
    """
    known = {setting.name: setting for setting in offered}
    values: dict[str, Any] = {}
    for name, said in split_settings(text).items():
        if name not in known:
            names = ", ".join(known) or "none"
            raise ConfigurationError(f"There is no setting {name!r} here; there are: {names}.", field)
        values[name] = _value(said, known[name], field)
    return values


def _value(text: str, setting: ClassSetting, field: str) -> SettingValue:
    if isinstance(setting.usual, str):
        return text
    if isinstance(setting.usual, tuple):
        return tuple(float(_number(part, setting, field)) for part in text.split(","))
    if isinstance(setting.usual, bool):
        if text not in ("yes", "no"):
            raise ConfigurationError(f"{setting.label} is yes or no, not {text!r}.", field)
        return text == "yes"
    return _number(text, setting, field)


def _number(text: str, setting: ClassSetting, field: str) -> float | int:
    try:
        number = float(text)
        # A whole number is both, and so fits what counts and what measures.
        return int(number) if number == int(number) and not isinstance(setting.usual, float) else number
    except (ValueError, OverflowError):
        raise ConfigurationError(f"{setting.label} is a number, not {text!r}.", field) from None
