"""Optimizers as Keras spells them; `schedules` are learning rates that change with the steps."""

from engine.keras import schedules
from engine.optimizers import SGD, Adagrad, Adam, Adamax, AdamW, Nadam, Optimizer
from engine.optimizers import RMSProp as RMSprop
from engine.optimizers import optimizer_named as get

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Adamax", "Nadam", "Optimizer", "RMSprop", "get", "schedules"]
