"""Objects as plain values and back: `serialize` and `deserialize` of layers, losses, metrics, optimizers, …"""

from collections.abc import Callable, Mapping
from typing import Any

from engine.errors import ConfigurationError
from engine.layer_support.own_classes import own_classes, registered


def serialize(obj: Any) -> Any:  # noqa: ANN401
    """{"module", "class_name", "config"} of an object with `get_config`; the name of a function."""
    if not hasattr(obj, "get_config"):
        return getattr(obj, "__name__", obj)
    module = next((name for name in type(obj).__module__.split(".")[1:2]), "")
    return {"module": f"keras.{module}", "class_name": type(obj).__name__, "config": obj.get_config()}


def deserializer(names: Callable[[], Mapping[str, Any]]) -> Callable[..., Any]:
    """The function that makes objects again of what `serialize` gave.

    Args:
        names: gives the classes and functions there are, by name; those that were registered come first.

    Raises:
        ConfigurationError: the function, for a name that there is not.
    """

    def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None, **settings: Any) -> Any:  # noqa: ANN401
        """The object that `serialize` described; `ConfigurationError` for a name that there is not."""
        with own_classes(custom_objects):
            known = {**names(), **registered()}
        name = config["class_name"] if isinstance(config, Mapping) else config
        if name not in known:
            raise ConfigurationError(f"There is no {name!r} here: name it in custom_objects.")
        return known[name].from_config(config["config"]) if isinstance(config, Mapping) else known[name]

    return deserialize
