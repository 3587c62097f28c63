"""Callbacks as Keras spells them."""

from engine.sequential.callbacks import (
    Callback,
    History,
    LambdaCallback,
)
from engine.sequential.recording import CSVLogger, LearningRateScheduler, TerminateOnNaN
from engine.sequential.watching import (
    EarlyStopping,
    ModelCheckpoint,
    ReduceLROnPlateau,
)

__all__ = [
    "CSVLogger",
    "Callback",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "ReduceLROnPlateau",
    "TerminateOnNaN",
]
