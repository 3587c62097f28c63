"""Classes of one's own that files may name: those that the program has given, never code from a file."""

import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from engine.errors import ConfigurationError

# What `register_keras_serializable` has been told, for the whole program, and what a block adds to it.
_registered: dict[str, Any] = {}


def register_class(package: str = "Custom", name: str | None = None) -> Callable[[Any], Any]:
    """A decorator: files may name this class or function, by its own name or another one."""

    def register(made: Any) -> Any:  # noqa: ANN401 — a class or a function
        _registered[name or made.__name__] = made
        return made

    return register


def registered() -> dict[str, Any]:
    """All that files may name at present."""
    return _registered


def usual_settings(made: type) -> dict[str, Any]:
    """The defaults of a class's constructor, those of the classes above it included."""
    usual: dict[str, Any] = {}
    for kind in reversed(made.__mro__[:-1]):
        arguments = inspect.signature(vars(kind).get("__init__", lambda: None)).parameters.values()
        usual |= {one.name: one.default for one in arguments if one.default is not one.empty}
    return {name: value for name, value in usual.items() if name not in ("input_shape", "input_dim")}


@contextmanager
def own_classes(objects: Mapping[str, Any] | None) -> Iterator[None]:
    """Within the block files may name these, too."""
    before = dict(_registered)
    _registered.update(objects or {})
    try:
        yield
    finally:
        _registered.clear()
        _registered.update(before)


def named_class(name: str) -> Any:  # noqa: ANN401 — a class or a function
    """The class of this name; `ConfigurationError` where the program has not given it."""
    if name not in _registered:
        raise ConfigurationError(
            f"The file names the class {name!r}, which is code of your own: load_model(…, custom_objects="
            f"{{{name!r}: {name}}})."
        )
    return _registered[name]


def own_description(part: Any) -> dict[str, Any] | None:  # noqa: ANN401 — a layer or a network of one's own
    """{"kind": "own", "class": …, "config": …}, which makes it again; None where its `get_config` does not suffice."""
    try:
        config = json.loads(json.dumps(part.get_config()))
        remade(type(part), config)
    except (TypeError, ValueError, KeyError, AttributeError, ConfigurationError):
        return None
    return {"kind": "own", "class": type(part).__name__, "config": config}


def remade(made: Any, config: Mapping[str, Any]) -> Any:  # noqa: ANN401 — a class
    """A new object of a class from its settings."""
    written = any("from_config" in vars(kind) for kind in made.__mro__ if not kind.__module__.startswith("engine."))
    return made.from_config(dict(config)) if written else made(**config)
