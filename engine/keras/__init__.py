"""Keras' own modules and names: a notebook changes one import line, `from engine import keras`.

`docs/keras.md` says name by name what is the same, what differs and what is not there.
"""

from engine.core.defaults import set_random_seed
from engine.keras import (
    activations,
    backend,
    callbacks,
    constraints,
    datasets,
    initializers,
    layers,
    losses,
    metrics,
    models,
    ops,
    optimizers,
    preprocessing,
    random,
    regularizers,
    saving,
    utils,
)
from engine.keras import backend as config
from engine.keras.models import Model, Sequential
from engine.layer_support.symbolic import Input

__version__ = "3"

__all__ = [
    "Input",
    "Model",
    "Sequential",
    "activations",
    "backend",
    "callbacks",
    "config",
    "constraints",
    "datasets",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "ops",
    "optimizers",
    "preprocessing",
    "random",
    "regularizers",
    "saving",
    "set_random_seed",
    "utils",
]
