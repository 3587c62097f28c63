"""Keras' names: networks that can be compiled, fitted, evaluated and asked, their metrics and callbacks."""

from engine.sequential.sequential import Sequential

__all__ = ["Sequential"]
