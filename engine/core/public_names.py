"""Public names of a package that are loaded when they are first asked for.

The names are written once, in the stub `__init__.pyi` beside the package's `__init__.py`, as imports that type checkers
understand: `from engine.layers import Dense as Dense`. The stub is read at the first such name, not at the import.
"""

import re
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path

_IMPORT = re.compile(r"^from ([\w.]+) import (?:\(([^)]*)\)|(.*))$", re.MULTILINE)
_NAME = re.compile(r"(\w+) as \1\b")


def lazy_names(package: str, file: str) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """The functions `__getattr__` and `__dir__` of a package, to be assigned in its `__init__.py`.

    Args:
        package: its `__name__`.
        file: its `__file__`, beside which the stub is.

    Raises:
        AttributeError: by the first of them, for a name that is not in the stub.
    """

    @cache
    def homes() -> dict[str, str]:
        stub = Path(file).with_suffix(".pyi").read_text(encoding="utf-8")
        return {name: match[1] for match in _IMPORT.finditer(stub) for name in _NAME.findall(match[2] or match[3])}

    def load(name: str) -> object:
        if name == "__all__":
            return sorted(homes())
        if name.startswith("__") or name not in homes():
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value: object = getattr(import_module(homes()[name]), name)
        # Later look-ups find it in the package itself.
        setattr(sys.modules[package], name, value)
        return value

    return load, lambda: sorted({*vars(sys.modules[package]), *homes()})
