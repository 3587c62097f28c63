"""Keras' `preprocessing`: sequences of one length."""

from engine.keras.preprocessing import sequence

__all__ = ["sequence"]
