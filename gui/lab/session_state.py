"""The states of a training session."""

from enum import Enum


class SessionState(Enum):
    """Where a `TrainingSession` is."""

    IDLE = "idle"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"
