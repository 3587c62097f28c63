"""The one path from ink to 20×20 features: pen strokes, images from anywhere and MNIST's own images.

The public names are those in `__init__.pyi`; each is loaded when it is first asked for.
"""

from engine.core.public_names import lazy_names

__getattr__, __dir__ = lazy_names(__name__, __file__)
