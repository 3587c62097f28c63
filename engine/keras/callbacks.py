"""Callbacks as Keras spells them."""

from engine.sequential.backup import BackupAndRestore
from engine.sequential.callbacks import (
    Callback,
    CallbackList,
    History,
    LambdaCallback,
)
from engine.sequential.event_files import TensorBoard
from engine.sequential.recording import CSVLogger, LearningRateScheduler, TerminateOnNaN
from engine.sequential.watching import (
    EarlyStopping,
    ModelCheckpoint,
    ReduceLROnPlateau,
)

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "ReduceLROnPlateau",
    "TensorBoard",
    "TerminateOnNaN",
]
