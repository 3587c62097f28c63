"""Registries by key whose entries are imported when they are first asked for, so that a start pays for what it uses."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Generic, TypeVar, cast

T_co = TypeVar("T_co", covariant=True)


class Registry(Mapping[str, T_co], Generic[T_co]):
    """What stands under each key, in the order written: `registry[key]` imports the module that holds it.

    Args:
        package: where the modules are.
        homes: key → "module.Name".
    """

    def __init__(self, package: str, homes: Mapping[str, str]) -> None:
        self._package = package
        self._homes = dict(homes)
        self._loaded: dict[str, T_co] = {}

    def __getitem__(self, key: str) -> T_co:
        """The entry.

        Raises:
            KeyError: there is none of this key.
        """
        if key not in self._loaded:
            module, _, name = self._homes[key].rpartition(".")
            self._loaded[key] = cast(T_co, getattr(import_module(f"{self._package}.{module}"), name))
        return self._loaded[key]

    def __contains__(self, key: object) -> bool:
        """Whether there is such a key; nothing is imported for it."""
        return key in self._homes

    def __iter__(self) -> Iterator[str]:
        """The keys."""
        return iter(self._homes)

    def __len__(self) -> int:
        """How many entries there are."""
        return len(self._homes)

    def __or__(self, other: "Registry[T_co]") -> "Registry[T_co]":
        """Both together, of one package; the other's entry where both have the key."""
        return Registry(self._package, self._homes | other._homes)
