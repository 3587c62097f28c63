"""The layers of the textbook, one file a kind: `registry` is the closed list that model files may name.

The public names are those in `__init__.pyi`; each is loaded when it is first asked for.
"""

from engine.core.public_names import lazy_names

__getattr__, __dir__ = lazy_names(__name__, __file__)
