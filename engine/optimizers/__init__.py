"""Optimizers: how gradients become steps. To add one: a class in a file here, and a line in `OPTIMIZERS` of `registry`.

The public names are those in `__init__.pyi`; each is loaded when it is first asked for.
"""

from engine.core.public_names import lazy_names

__getattr__, __dir__ = lazy_names(__name__, __file__)
