"""One operator of an ONNX chain on its way to layers: what every translation asks about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelFileError
from engine.storage.importers.layer_chain import LayerChain
from engine.storage.importers.onnx_document import OnnxNode
from engine.storage.importers.onnx_patterns import OnnxGraphView


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """An operator, the file that it is in, and the layers so far.

    Attributes:
        node: the operator.
        view: of the file.
        chain: that grows.
    """

    node: OnnxNode
    view: OnnxGraphView
    chain: LayerChain

    @property
    def operator(self) -> str:
        """Its name."""
        return self.node.operator

    def has(self, place: int) -> bool:
        """Whether it has an input at this place."""
        return place < len(self.node.inputs) and bool(self.node.inputs[place])

    def array(self, place: int) -> NDArray[Any]:
        """The constant input at a place, of any shape.

        Raises:
            ModelFileError: it depends on the image, or holds anything but finite numbers.
        """
        array = self.view.constant(self.node.inputs[place]) if self.has(place) else None
        if array is None:
            raise self.refused("has weights that are not in the file")
        if array.dtype.kind != "f" or not np.isfinite(array).all():
            raise self.refused("has weights that are no finite numbers")
        return array

    def whole(self, place: int) -> list[int]:
        """The constant input at a place as a short list of whole numbers; raises `ModelFileError` for others."""
        array = self.view.constant(self.node.inputs[place]) if self.has(place) else None
        if array is None or array.dtype.kind not in "iu" or array.size > 16:
            raise self.refused("computes its shape")
        return [int(value) for value in array.reshape(-1)]

    def number(self, name: str, otherwise: float) -> float:
        """A setting that is one number."""
        return float(self.node.settings.get(name, otherwise))

    def refused(self, why: str) -> ModelFileError:
        """The error for what no layer does: raise it."""
        return ModelFileError(f"has the operator {self.operator} that {why}, which no layer here does.")


def each_axis(op: Operation, name: str, rank: int) -> list[int]:
    """A setting of one number from 1 to 100 an axis, 1 where it is missing; raises `ModelFileError` for others."""
    values: Sequence[int] | None = op.node.settings.get(name)
    sizes = [int(value) for value in values or [1] * rank]
    if len(sizes) != rank or min(sizes) < 1 or max(sizes) > 100:
        raise op.refused(f"has {name} of {sizes[:8]}")
    return sizes
