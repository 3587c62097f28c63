"""TensorFlow's `data`: `Dataset`, batches that are made anew in each pass."""

from engine.sequential.datasets import Dataset

AUTOTUNE = -1

__all__ = ["AUTOTUNE", "Dataset"]
