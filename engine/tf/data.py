"""TensorFlow's `data`: `Dataset`, batches that are made anew in each pass."""

from itertools import count
from types import SimpleNamespace

from engine.sequential.datasets import Dataset

AUTOTUNE = -1
experimental = SimpleNamespace(
    AUTOTUNE=AUTOTUNE,
    cardinality=Dataset.cardinality,
    Counter=lambda start=0, step=1: Dataset(lambda: count(start, step)),
)


class Options(SimpleNamespace):
    """Settings, without effect."""

    def __init__(self) -> None:
        super().__init__(threading=SimpleNamespace(), experimental_optimization=SimpleNamespace())


__all__ = ["AUTOTUNE", "Dataset", "Options", "experimental"]
