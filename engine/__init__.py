"""The numerical engine of DigitLab: layers, losses, optimizers, training and the path from ink to features.

Everything public can be imported from here: `from engine import Sequential, Dense, Adam, BinaryCrossentropy`.
A name, of those in `__init__.pyi`, is loaded when it is first asked for, so that `import engine` costs next to nothing
and a program that only predicts never loads the training loop.
"""

from engine.core.public_names import lazy_names

__getattr__, __dir__ = lazy_names(__name__, __file__)
